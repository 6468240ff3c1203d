internal import VeiledRecords

/// Refused lines of archives that joined, on their way into a file.
struct PendingRejects: Sendable {
  /// From here on they are written, with the next archive's or not.
  static let rowsMin = 1 << 18

  private(set) var parts: [(archive: String, lines: [RejectedLine])] = []
  private(set) var rowCount = 0

  var isFull: Bool { rowCount >= Self.rowsMin }

  /// Takes over the lines of an archive.
  mutating func take(from report: ArchiveReport) {
    guard !report.rejects.isEmpty else { return }
    parts.append((report.contentID, report.rejects))
    rowCount += report.rejects.count
    report.rejects = []
  }

  /// Hands all out.
  mutating func take() -> PendingRejects {
    defer { self = PendingRejects() }
    return self
  }
}
