import ByteBlocks
import ByteKernels
import ColumnTables
import Testing
import VeiledRecords

@testable import UsageAggregation

@Suite struct ActivityRowsTests {
  /// An event: user, time, line.
  private typealias Event = (user: String, time: Int64, line: Int)

  /// Events of one block, read by a worker with these users.
  private func chunk(
    _ events: [Event], users: [String], worker: Int, textOffset: Int, archive: UInt32 = 0
  ) -> ActivityChunk {
    let count = events.count
    var numbers = Buffer<UInt32>(count: count)
    var times = Buffer<Int64>(count: count)
    var details = VeiledDetails(count: count)
    for (place, event) in events.enumerated() {
      numbers[place] = UInt32(users.firstIndex(of: event.user) ?? 0)
      times[place] = event.time
      details.lines[place] = UInt32(event.line)
    }
    let columns = EventColumns(
      count: count, status: Buffer(count: count), users: numbers, hosts: Buffer(count: count),
      addresses: Buffer(count: count), devices: Buffer(count: count),
      actions: Buffer(count: count), times: times, uploaded: Buffer(count: count),
      downloaded: Buffer(count: count), totals: Buffer(count: count))
    let batch = VeiledBatch(events: columns, counts: LineCounts(), rejects: [])
    var chunk = ActivityChunk(batch, details, worker: worker, textOffset: textOffset)
    chunk.archive = archive
    return chunk
  }

  private func names(_ users: [String]) -> ActivityNames {
    var names = VeiledNames()
    names.users = ByteStrings(users)
    return ActivityNames(names: names, details: DetailNames())
  }

  private func rows(_ chunks: [ActivityChunk], _ users: [[String]]) -> ActivityRows {
    ActivityRows(
      chunks, names: users.map(names), apps: users.map { _ in [0] }, appNames: [],
      archives: ["a"]
    ) { count, body in for turn in 0..<count { body(turn) } }
  }

  private func lines(_ rows: ActivityRows) -> [[Int64]] {
    var lines: [[Int64]] = []
    let place = ActivitySchema.fileSchema.index(of: "line") ?? 0
    rows.forEachPart(column: place, batch: "b", source: "s") { _, column in
      if case .int64s(let values) = column.values { lines.append(values) }
    }
    return lines
  }

  private static let day: Int64 = 86_400_000_000
  private static let secret = "p1-" + String(repeating: "a", count: 52)

  @Test func sortedByDayPrivacyUserAndTimeWhoeverReadThem() {
    let first: [Event] = [("u-b", 5, 0), ("u-a", 9, 1), (Self.secret, 1, 2), ("u-a", 3, 3)]
    let second: [Event] = [("u-a", 3, 4), ("", 1, 5), ("u-b", Self.day + 1, 6), ("u-b", 4, 7)]
    let one = ["", "u-b", "u-a", Self.secret]
    let two = ["", "u-a", "u-b"]
    let alone = rows(
      [
        chunk(first, users: one, worker: 0, textOffset: 0),
        chunk(second, users: one, worker: 0, textOffset: 100),
      ], [one])
    let together = rows(
      [
        chunk(first, users: one, worker: 0, textOffset: 0),
        chunk(second, users: two, worker: 1, textOffset: 100),
      ], [one, two])
    #expect(lines(alone) == [[6, 4, 5, 2, 8, 1], [3], [7]])
    #expect(lines(together) == lines(alone))
    #expect(alone.parts.map(\.isPrivate) == [false, true, false])
    #expect(alone.parts.map(\.day) == [0, 0, 1])
  }

  @Test func recordsOfABlockComeByTheirLines() {
    let users = ["", "u-a"]
    let events: [Event] = [("u-a", 1, 7), ("u-a", 1, 2), ("u-a", 1, 4)]
    let sorted = rows([chunk(events, users: users, worker: 0, textOffset: 0)], [users])
    #expect(lines(sorted) == [[3, 5, 8]])
  }
}
