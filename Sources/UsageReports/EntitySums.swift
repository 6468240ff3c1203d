internal import ByteKernels
internal import ReportFigures

/// Sums by the number of a name, for all names of a column.
struct EntitySums: Sendable {
  private(set) var entries: [NameSums] = []

  /// Makes room for numbers up to `number`.
  mutating func grow(toHold number: Int) {
    guard number >= entries.count else { return }
    let more = max(number + 1 - entries.count, entries.count / 2)
    entries.append(contentsOf: repeatElement(NameSums(), count: more))
  }

  /// Adds rows, whose numbers fit.
  mutating func add(_ numbers: Span<UInt32>, _ rows: UsageRows, _ range: Range<Int>) {
    NameSums.add(
      numbers.extracting(range),
      NameSums.Rows(
        events: rows.events.span.extracting(range), blocked: rows.blocked.span.extracting(range),
        uploaded: rows.uploaded.span.extracting(range),
        downloaded: rows.downloaded.span.extracting(range),
        total: rows.total.span.extracting(range), seen: rows.seen.span.extracting(range)),
      into: &entries)
  }

  mutating func merge(_ other: EntitySums) {
    grow(toHold: other.entries.count - 1)
    for (number, more) in other.entries.enumerated() where more.events > 0 {
      entries[number] += more
    }
  }

  /// The numbers that have events, without the null.
  var numbers: [UInt32] {
    entries.indices.dropFirst().filter { entries[$0].events > 0 }.map { UInt32($0) }
  }

  subscript(number: UInt32) -> (sums: Sums, lastSeen: Int64) {
    let entry = entries[Int(number)]
    let sums = Sums(
      events: entry.events, blocked: entry.blocked, uploaded: entry.uploaded,
      downloaded: entry.downloaded, total: entry.total)
    return (sums, entry.lastSeen)
  }
}
