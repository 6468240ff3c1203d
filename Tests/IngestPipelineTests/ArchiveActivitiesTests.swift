import ArchiveDecoding
import ByteBlocks
import ByteKernels
import Testing
import UsageAggregation
import VeiledRecords

@testable import IngestPipeline

@Suite struct ArchiveActivitiesTests {
  private static let segment = ArchiveActivities.segmentTextBytes

  private func chunk(_ textOffset: Int) -> ActivityChunk {
    let columns = EventColumns(
      count: 1, status: Buffer(count: 1), users: Buffer(count: 1), hosts: Buffer(count: 1),
      addresses: Buffer(count: 1), devices: Buffer(count: 1), actions: Buffer(count: 1),
      times: Buffer(count: 1), uploaded: Buffer(count: 1), downloaded: Buffer(count: 1),
      totals: Buffer(count: 1))
    return ActivityChunk(
      VeiledBatch(events: columns, counts: LineCounts(), rejects: []), VeiledDetails(count: 1),
      worker: 0, textOffset: textOffset)
  }

  /// Blocks of a text with their lines; the second lies over the border of two segments.
  private static let blocks = [
    (range: 0..<segment - 10, lines: 5), (range: segment - 10..<segment + 10, lines: 7),
    (range: segment + 10..<segment + 90, lines: 3),
  ]

  private func flow() -> ArchiveFlow {
    ArchiveFlow(ArchiveReference(path: "a.log"), keepsActivities: true)
  }

  /// What follows when a block of a flow was parsed.
  private func end(
    _ block: (range: Range<Int>, lines: Int), _ segments: [Int], of flow: ArchiveFlow
  ) {
    flow.activities?.note(textOffset: block.range.lowerBound, lines: block.lines)
    flow.activities?.add(segments.map { ($0, chunk(block.range.lowerBound)) })
    flow.end(block.range.lowerBound)
    flow.handOutActivities()
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]])
  func segmentsAndLinesDoNotDependOnWhoIsFirst(order: [Int]) throws {
    let flow = flow()
    #expect(ArchiveActivities.cut(Self.blocks[0].range) == nil)
    #expect(ArchiveActivities.cut(Self.blocks[1].range) == Self.segment)
    for block in Self.blocks { flow.begin(block.range) }
    for place in order {
      let isReady = flow.activities?.ready.isEmpty == false
      #expect(!isReady || !order.prefix(while: { $0 != place }).isEmpty)
      end(Self.blocks[place], place == 0 ? [0] : place == 1 ? [0, 1] : [1], of: flow)
    }
    let first = try #require(flow.activities?.ready.first)
    #expect(flow.activities?.ready.count == 1 && first.number == 0)
    #expect(first.chunks.map(\.linesBefore) == [0, 5])
    let rest = flow.activities?.rest() ?? []
    #expect(rest.map(\.linesBefore) == [5, 12])
    #expect(rest.map(\.textOffset) == [Self.segment - 10, Self.segment + 10])
  }

  @Test func aSegmentWaitsForWhatIsUnderWay() {
    let flow = flow()
    for block in Self.blocks { flow.begin(block.range) }
    for place in [2, 1] {
      end(Self.blocks[place], [], of: flow)
      #expect(flow.activities?.ready.isEmpty == true)
    }
  }

  @Test func whatWasEncodedBeforeAnArchiveBeganAgainIsDropped() throws {
    func encoded(_ day: Int32) -> [EncodedActivities] {
      [EncodedActivities(day: day, isPrivate: false, rowCount: 1, columns: [])]
    }
    var activities = ArchiveActivities()
    for (round, day) in [Int32(1), 2].enumerated() {
      activities.add([(0, chunk(0))])
      activities.handOut(before: Self.segment)
      let ready = activities.ready.popLast()
      let segment = try #require(ready)
      activities.encoding += 1
      if round == 0 { activities.beginAgain() }
      #expect(activities.encoding == 1)
      activities.end(segment, encoded(day))
      #expect(activities.encoding == 0)
    }
    #expect(activities.encoded.map(\.day) == [2])
    #expect(activities.rest().isEmpty)
  }
}
