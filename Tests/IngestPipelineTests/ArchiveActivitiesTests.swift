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

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]])
  func segmentsAndLinesDoNotDependOnWhoIsFirst(order: [Int]) throws {
    var activities = ArchiveActivities()
    #expect(ArchiveActivities.cut(Self.blocks[0].range) == nil)
    #expect(ArchiveActivities.cut(Self.blocks[1].range) == Self.segment)
    for block in Self.blocks { activities.begin(block.range) }
    for place in order {
      let (range, lines) = Self.blocks[place]
      activities.note(textOffset: range.lowerBound, lines: lines)
      let segments = place == 0 ? [0] : place == 1 ? [0, 1] : [1]
      #expect(activities.ready.isEmpty || !order.prefix(while: { $0 != place }).isEmpty)
      activities.end(range.lowerBound, segments.map { ($0, chunk(range.lowerBound)) })
    }
    let first = try #require(activities.ready.first)
    #expect(activities.ready.count == 1 && first.number == 0)
    #expect(first.chunks.map(\.linesBefore) == [0, 5])
    let rest = activities.rest()
    #expect(rest.map(\.linesBefore) == [5, 12])
    #expect(rest.map(\.textOffset) == [Self.segment - 10, Self.segment + 10])
  }

  @Test func aSegmentWaitsForWhatIsUnderWay() {
    var activities = ArchiveActivities()
    for block in Self.blocks { activities.begin(block.range) }
    for place in [2, 1] {
      activities.note(textOffset: Self.blocks[place].range.lowerBound, lines: 1)
      activities.end(Self.blocks[place].range.lowerBound, [])
      #expect(activities.ready.isEmpty)
    }
  }
}
