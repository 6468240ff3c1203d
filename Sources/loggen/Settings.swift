/// What a log is to look like; the same settings give the same bytes.
struct Settings: Sendable {
  /// Bytes of text at most.
  var textBytesMax: Int
  var seed: UInt64 = 1
  var users = 50_000
  var hosts = 20_000
  var days = 1
  /// Days since 1970-01-01.
  var firstDay: Int
  /// Share of lines that continue a session.
  var locality = 0.94
  /// Share of lines that are broken on purpose.
  var badLineRatio = 0.0
  /// Names have two backslashes where people write one.
  var doublesBackslashes = false
}
