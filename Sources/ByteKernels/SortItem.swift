public import ByteBlocks
internal import CKernels

/// What is sorted: a key, and where that is which it stands for. Its layout is the kernels'
/// `ck_item`.
@frozen public struct SortItem: BitwiseCopyable, Equatable, Sendable {
  /// What it is sorted by.
  public var key: UInt64
  /// The list, and the place in it.
  public var list, place: UInt32

  /// An item.
  public init(key: UInt64, list: UInt32, place: UInt32) {
    self.key = key
    self.list = list
    self.place = place
  }
}

extension Buffer<SortItem> {
  /// Sorts the items at `range` by their keys; stable.
  ///
  /// - Parameter spare: scratch, at least as long as this buffer.
  public mutating func sort(_ range: Range<Int>, spare: inout Buffer<SortItem>) {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count && spare.count >= count
        && range.count < Int(UInt32.max), "There are no such items, or too many.")
    // SAFETY: SortItem has the layout of ck_item, and the range lies in both buffers.
    unsafe ck_sort(
      UnsafeMutableRawPointer(address + range.lowerBound).assumingMemoryBound(to: ck_item.self),
      UnsafeMutableRawPointer(spare.address + range.lowerBound)
        .assumingMemoryBound(to: ck_item.self),
      range.count, 64)
  }
}

extension ByteStrings {
  /// The strings that items stand for, in their order.
  ///
  /// - Precondition: every item stands for a string of one of the lists.
  public static func gathered(
    _ items: borrowing Buffer<SortItem>, from lists: [ByteStrings]
  ) -> ByteStrings {
    var byteCount = 0
    for index in 0..<items.count {
      let item = items[index]
      byteCount += lists[Int(item.list)].range(Int(item.place)).count
    }
    var offsets: [Int] = []
    // SAFETY: the lists live for this call, and every item's string was found in its list; the
    // result is as long as all of them together.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { bytes, count in
      unsafe offsets = [Int](unsafeUninitializedCapacity: items.count + 1) { ends, endCount in
        let texts = unsafe lists.map { list in
          unsafe list.bytes.withUnsafeBufferPointer { bytes in
            unsafe list.offsets.withUnsafeBufferPointer { offsets in
              unsafe ck_strings(bytes: bytes.baseAddress, offsets: offsets.baseAddress)
            }
          }
        }
        unsafe texts.withUnsafeBufferPointer { texts in
          unsafe ck_gather(
            texts.baseAddress,
            UnsafeMutableRawPointer(items.address).assumingMemoryBound(to: ck_item.self),
            items.count, bytes.baseAddress, ends.baseAddress)
        }
        endCount = items.count + 1
        unsafe count = ends[items.count]
      }
    }
    return ByteStrings(bytes: bytes, offsets: offsets)
  }
}
