import ByteBlocks
import Testing

@testable import ByteKernels

@Suite struct EventSumsTests {
  /// Events, some of which are none, with counts of bytes that are not there.
  private static func columns(_ count: Int, seed: UInt64) -> EventColumns {
    var random = seed
    func next(_ limit: UInt64) -> UInt64 {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (random >> 33) % limit
    }
    var events = EventColumns(
      count: count, status: Buffer(count: count), users: Buffer(count: count),
      hosts: Buffer(count: count), addresses: Buffer(count: count), devices: Buffer(count: count),
      actions: Buffer(count: count), times: Buffer(count: count), uploaded: Buffer(count: count),
      downloaded: Buffer(count: count), totals: Buffer(count: count))
    for event in 0..<count {
      events.status[event] = next(3) == 0 ? UInt8(next(255) + 1) : 0
      events.times[event] = Int64(next(1 << 31)) - (1 << 30)
      events.uploaded[event] = next(4) == 0 ? FieldKernels.null : Int64(next(1 << 31)) << 9
      events.downloaded[event] = next(4) == 0 ? FieldKernels.null : Int64(next(1 << 31)) << 9
    }
    return events
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 1000], KernelLevel.supported)
  func sumsAreThoseOfEachEvent(count: Int, level: KernelLevel) {
    for seed in UInt64(1)...8 {
      let events = Self.columns(count, seed: seed)
      let places = (0..<count).filter { events.status[$0] == 0 }
      let times = places.map { events.times[$0] }
      let sums = EventSums(events, level: level)
      #expect(sums.seen?.lowerBound == times.min() && sums.seen?.upperBound == times.max())
      #expect(sums.uploaded == places.reduce(0) { $0 + max(0, events.uploaded[$1]) })
      #expect(sums.downloaded == places.reduce(0) { $0 + max(0, events.downloaded[$1]) })
    }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 8, 9, 17, 100]) func oneLargeNumberIsSeen(count: Int) {
    let most: Int64 = 1 << 40
    for place in 0..<count {
      for (number, isSmall) in [
        (most, true), (most + 1, false), (.max, false), (0, true), (-1, true),
        (FieldKernels.null, true),
      ] {
        var numbers = Buffer<Int64>(count: count + 1)
        numbers[count] = .max
        numbers[place] = number
        #expect(EventSums.areAll(numbers, count, atMost: most) == isSmall)
      }
    }
  }
}
