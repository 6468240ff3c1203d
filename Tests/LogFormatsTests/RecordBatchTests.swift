import ByteBlocks
import ByteKernels
import ClearRecords
import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// What later stages do to a batch: events leave it by day, by refusal, and lose their names.
@Suite struct RecordBatchTests {
  static let text = """
    #Fields: date time cs-host cs-username
    2026-11-01 23:59:59 a.example anna
    2026-11-02 00:00:00 b.example bert
    2026-11-02 08:00:00 - carla
    2026-11-03 23:59:59 d.example dario
    2026-11-04 00:00:00 e.example elif

    """
  static let firstDay: Int64 = 20_758  // 2026-11-01.

  static func batch(textOffset: Int = 0) throws -> RecordBatch {
    let block = try makeBlock(text)
    var header = HeaderReader(.w3cExtended)
    let parser = FormatProfile.w3cExtended.parser()
    let plan = header.read(block)
    return parser.parse(block, header: plan, textOffset: textOffset)
  }

  static func status(_ batch: borrowing RecordBatch) -> [RejectReason?] {
    batch.status.first(batch.count).map { RecordStatus(rawValue: $0).reason }
  }

  @Test func otherDaysAreExcluded() throws {
    var batch = try Self.batch()
    batch.keepOnly(days: Self.firstDay + 1...Self.firstDay + 2)
    let excluded = batch.status.first(batch.count).map { $0 == RecordStatus.excluded.rawValue }
    #expect(excluded == [true, false, false, false, true])
    #expect(batch.counts.events == 2 && batch.counts.excluded == 2 && batch.counts.rejected == 1)
    #expect(batch.counts.addUp)
    batch.keepOnly(days: 0...1)
    #expect(batch.counts.events == 0 && batch.counts.excluded == 4 && batch.counts.addUp)
  }

  @Test func refusedEventsNameTheirLine() throws {
    var batch = try Self.batch(textOffset: 1000)
    batch.refuse(3, .foreignPseudonym, in: .user)
    batch.refuse(3, .badAddress, in: .sourceAddress)
    batch.refuse(2, .badHost, in: .host)
    #expect(Self.status(batch) == [nil, nil, .missingHost, .foreignPseudonym, nil])
    #expect(batch.counts.events == 3 && batch.counts.rejected == 2 && batch.counts.addUp)
    let lines = Self.text.split(separator: "\n")
    let offset = 1000 + lines[..<4].reduce(0) { $0 + $1.utf8.count + 1 }
    let status = RecordStatus(.foreignPseudonym, in: .user)
    #expect(batch.rejects.last == RejectedLine(line: 4, offset: offset, status: status))
    #expect(batch.rejects.count == 2)
  }

  @Test func usersThatAreNoPeopleAreCounted() throws {
    let text = """
      #Fields: date time cs-host cs-username
      2026-11-01 08:00:00 a.example anna
      2026-11-01 08:00:00 a.example 10.0.0.7
      2026-11-01 08:00:00 a.example Anonymous
      2026-11-01 08:00:00 a.example -
      2026-11-01 08:00:00 a.example "No Authentication Required"
      2026-11-01 08:00:00 - anonymous
      2026-11-05 08:00:00 a.example anonymous
      #Fields: date time cs-host
      2026-11-01 08:00:00 a.example

      """
    let block = try makeBlock(text)
    var header = HeaderReader(.w3cExtended)
    let plan = header.read(block)
    var batch = FormatProfile.w3cExtended.parser().parse(block, header: plan, textOffset: 0)
    #expect(batch.nullUserCount == 4)
    batch.keepOnly(days: 0...Self.firstDay + 1)
    let count = batch.count
    let veiled = batch.veiled(
      users: Buffer(count: count), hosts: Buffer(count: count), addresses: Buffer(count: count),
      devices: Buffer(count: count))
    #expect(veiled.counts.nullUsers == 3)
    #expect(veiled.counts.events == 6 && veiled.counts.addUp)
  }

  @Test func veiledBatchKeepsAllButNames() throws {
    let batch = try Self.batch()
    let (count, counts) = (batch.count, batch.counts)
    var users = Buffer<UInt32>(count: count)
    for record in 0..<count { users[record] = UInt32(record + 1) }
    let veiled = batch.veiled(
      users: users, hosts: Buffer(count: count), addresses: Buffer(count: count),
      devices: Buffer(count: count))
    #expect(veiled.events.count == count && veiled.counts == counts)
    #expect(veiled.events.users.first(count) == [1, 2, 3, 4, 5])
    #expect(veiled.events.times[1] == (Self.firstDay + 1) * 86_400_000_000)
    #expect(veiled.rejects.map(\.line) == [3])
  }
}
