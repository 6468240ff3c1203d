import Governance

/// Records of the governance log as JSON and CSV.
enum GovernanceWords {
  static let columns = [
    "sequence", "time", "action", "target", "initiator", "tenant", "status", "justification",
    "error", "hash",
  ]

  static func object(_ entry: GovernanceEntry) -> JSONValue {
    .object([
      ("sequence", .integer(entry.sequence)), ("time", .text(entry.time)),
      ("action", .text(entry.action)), ("target", .optional(entry.target)),
      ("initiator", .text(entry.initiator)), ("tenant", .optional(entry.tenant)),
      ("status", .text(entry.status)), ("justification", .optional(entry.justification)),
      ("error", .optional(entry.error)), ("hash", .text(entry.hash)),
    ])
  }

  /// One line of CSV, in the order of `columns`.
  static func row(_ entry: GovernanceEntry) -> String {
    [
      String(entry.sequence), entry.time, entry.action, entry.target ?? "", entry.initiator,
      entry.tenant ?? "", entry.status, entry.justification ?? "", entry.error ?? "", entry.hash,
    ].map(cell).joined(separator: ",")
  }

  /// A cell that a spreadsheet shows and does not compute: what could begin a formula gets an
  /// apostrophe in front.
  private static func cell(_ text: String) -> String {
    let first = text.unicodeScalars.first { !" \u{feff}".unicodeScalars.contains($0) }
    let isFormula = first.map { "=+-@\t\r\n|%".unicodeScalars.contains($0) } ?? false
    let safe = isFormula ? "'" + text : text
    guard safe.unicodeScalars.contains(where: { "\",\n\r;\t".unicodeScalars.contains($0) }) else {
      return safe
    }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
