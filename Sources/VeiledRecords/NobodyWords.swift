/// What programs write in place of a user whom they do not know, in lower case.
///
/// Words that can be somebody's name or account (`guest`, `system`, `nobody`, `root`) are not
/// among them.
package enum NobodyWords {
  /// All of them, each of at most 32 bytes.
  package static let all = [
    "n/a", "#n/a", "n.a.", "n\\a", "null", "(null)", "<null>", "[null]", "nil", "<nil>", "(nil)",
    "none", "(none)", "<none>", "[none]", "undefined", "(undefined)", "<undefined>", "unknown",
    "(unknown)", "<unknown>", "[unknown]", "unknown user", "unknown_user", "(empty)", "<empty>",
    "(blank)", "<blank>", "anonymous", "(anonymous)", "<anonymous>", "anonymous user",
    "anonymous logon", "unauthenticated", "unauthenticated user", "not authenticated",
    "not-authenticated", "no authentication", "no authentication required", "no auth", "no user",
    "no username", "not available", "notavailable", "(not available)", "not found",
    "user not found", "not applicable", "not set", "(not set)", "no value", "missing",
  ]
}
