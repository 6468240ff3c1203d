internal import ByteBlocks
internal import CKernels

/// Groups of one share that one thread looks at.
struct GroupChunk: Sendable {
  private static let groupsMax = 1 << 15

  let share: Int
  let places: Range<Int>
  /// Where its items start.
  let start: Int

  /// All groups of all shares.
  static func all(of shares: [GroupShare]) -> [GroupChunk] {
    var chunks: [GroupChunk] = []
    var start = 0
    for (number, share) in shares.enumerated() {
      for first in stride(from: 0, to: share.count, by: groupsMax) {
        let places = first..<min(share.count, first + groupsMax)
        chunks.append(GroupChunk(share: number, places: places, start: start))
        start += places.count
      }
    }
    return chunks
  }
}

/// The keys of all groups and where these are: first as they come, then range by range.
///
/// Threads write to it at once, each to places of its own.
// SAFETY: `GroupMerge`, which alone has one, hands chunks and ranges out that are apart.
final class GroupItems: @unchecked Sendable {
  private static let sampleMax = 2048
  private static let itemsOfRangeMin = 4096
  /// Few enough for the first-level cache.
  private static let sumsAtOnce = 128

  private let layout: KeyLayout
  private let itemBytes: Int
  private let count: Int
  /// As they come; scratch once they are scattered.
  private let items: Buffer<UInt8>
  private let scattered: Buffer<UInt8>
  /// The range of each item.
  private let ranges: Buffer<UInt8>

  init(count: Int, _ layout: KeyLayout) {
    var kernelLayout = layout.layout
    // SAFETY: the layout is read only.
    itemBytes = unsafe ck_group_item_bytes(&kernelLayout)
    self.layout = layout
    self.count = count
    items = Buffer(count: count * itemBytes)
    scattered = Buffer(count: count * itemBytes)
    ranges = Buffer(count: count)
  }

  /// Writes the items of a chunk.
  @unsafe func writeKeys(of shares: [GroupShare], _ chunk: GroupChunk, _ ranks: [GroupRanks]) {
    let ranks = ranks[chunk.share]
    var layout = layout.layout
    // SAFETY: the ranks are as many as the share's numbers, and the chunk's items lie in `items`.
    unsafe ranks.users.withUnsafeBufferPointer { users in
      unsafe ranks.hosts.withUnsafeBufferPointer { hosts in
        unsafe ranks.addresses.withUnsafeBufferPointer { addresses in
          unsafe ranks.devices.withUnsafeBufferPointer { devices in
            var ranks = unsafe ck_ranks(
              users: users.baseAddress, hosts: hosts.baseAddress,
              addresses: addresses.baseAddress, devices: devices.baseAddress)
            unsafe ck_group_keys(
              shares[chunk.share].kernelGroups + chunk.places.lowerBound, chunk.places.count,
              UInt32(chunk.share), UInt32(chunk.places.lowerBound), &ranks, &layout,
              item(chunk.start))
          }
        }
      }
    }
  }

  /// Keys that cut the items into ranges of about the same length.
  func splitters() -> Splitters {
    let ranges = max(1, min(Int(CK_RANGES_MAX), count / Self.itemsOfRangeMin))
    let step = max(1, count / Self.sampleMax)
    let sampled = ranges > 1 ? Array(stride(from: 0, to: count, by: step)) : []
    let sample = Buffer<UInt8>(count: sampled.count * itemBytes)
    let spare = Buffer<UInt8>(count: sampled.count * itemBytes)
    let splitters = Splitters(count: ranges - 1, itemBytes: itemBytes)
    var layout = layout.layout
    // SAFETY: all copies are of whole items, within their buffers.
    for (place, index) in sampled.enumerated() {
      unsafe (sample.address + place * itemBytes).update(
        from: items.address + index * itemBytes, count: itemBytes)
    }
    unsafe ck_group_sort(sample.address, spare.address, sampled.count, &layout)
    for splitter in 0..<splitters.count {
      let place = (splitter + 1) * sampled.count / ranges
      unsafe (splitters.items.address + splitter * itemBytes).update(
        from: sample.address + place * itemBytes, count: itemBytes)
    }
    return splitters
  }

  /// Finds the ranges of a chunk's items; returns how many each range has.
  @unsafe func findRanges(_ chunk: GroupChunk, _ splitters: Splitters) -> [Int] {
    var counts = [Int](repeating: 0, count: splitters.count + 1)
    var layout = layout.layout
    // SAFETY: the chunk's items lie in `items` and have a byte each in `ranges`; there is a count
    // for every range.
    unsafe counts.withUnsafeMutableBytes { counts in
      unsafe ck_group_ranges(
        item(chunk.start), chunk.places.count, splitters.items.address, splitters.count, &layout,
        ranges.address + chunk.start, counts.baseAddress?.assumingMemoryBound(to: Int.self))
    }
    return counts
  }

  /// Moves a chunk's items to where their ranges' next ones go.
  @unsafe func scatter(_ chunk: GroupChunk, to places: [Int]) {
    var next = places
    var layout = layout.layout
    // SAFETY: `places` come from the counts of all chunks, so that every item has its place.
    unsafe next.withUnsafeMutableBytes { next in
      unsafe ck_group_scatter(
        item(chunk.start), chunk.places.count, ranges.address + chunk.start, &layout,
        scattered.address, next.baseAddress?.assumingMemoryBound(to: Int.self))
    }
  }

  /// Sorts the items of a range, and hands out the sums of their groups.
  @unsafe func addUp(
    _ places: Range<Int>, of shares: [GroupShare], _ body: (Span<Group>) -> Void
  ) throws(SumOverflow) {
    let first = unsafe scattered.address + places.lowerBound * itemBytes
    var layout = layout.layout
    // SAFETY: the range lies in both buffers, and `items` is scratch by now.
    unsafe ck_group_sort(first, item(places.lowerBound), places.count, &layout)
    let lists: [UnsafePointer<ck_group>?] = unsafe shares.map { unsafe $0.kernelGroups }
    let sums = Buffer<Group>(count: Self.sumsAtOnce)
    var done = 0
    while done < places.count {
      // SAFETY: the shares hold the groups that the items stand for.
      let count = unsafe lists.withUnsafeBufferPointer { lists in
        unsafe ck_group_add_up(
          first, places.count, &done, lists.baseAddress, &layout, sums.kernelAddress, sums.count)
      }
      guard count != Int(bitPattern: UInt.max) else { throw SumOverflow() }
      body(sums.span.extracting(0..<count))
    }
  }

  private func item(_ place: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe items.address + place * itemBytes
  }
}

/// Items that lie at the borders of ranges, sorted.
final class Splitters: Sendable {
  let count: Int
  let items: Buffer<UInt8>

  init(count: Int, itemBytes: Int) {
    self.count = count
    items = Buffer(count: count * itemBytes)
  }
}
