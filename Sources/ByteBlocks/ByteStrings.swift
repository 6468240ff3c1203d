internal import Glibc

/// Many byte strings in one piece of memory: string `i` is `bytes[offsets[i] ..< offsets[i + 1]]`.
///
/// What a table column, a dictionary and a batch of names are made of: no allocation a string.
public struct ByteStrings: Sendable, Equatable {
  /// All strings, one behind the other.
  public private(set) var bytes: [UInt8] = []
  /// Where each string starts, and where the last one ends: one more than there are strings.
  public private(set) var offsets: [Int] = [0]

  /// No strings.
  public init() {}

  /// The UTF-8 of `strings`.
  public init(_ strings: some Sequence<String>) {
    for string in strings { append(string) }
  }

  /// Strings whose bytes lie one behind the other, each up to where the next one starts.
  ///
  /// - Precondition: `offsets` are sorted, from 0 to the number of bytes.
  public init(bytes: [UInt8], offsets: [Int]) {
    precondition(offsets.first == 0 && offsets.last == bytes.count, "Offsets of other bytes.")
    self.bytes = bytes
    self.offsets = offsets
  }

  /// Number of strings.
  public var count: Int { offsets.count - 1 }

  /// Bytes of memory in use.
  public var byteCount: Int { bytes.capacity + offsets.capacity * MemoryLayout<Int>.stride }

  /// Where string `index` lies in `bytes`.
  public func range(_ index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  /// String `index`; shares memory with `self`.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(index)] }

  /// String `index`, borrowed.
  @_lifetime(borrow self)
  public func span(_ index: Int) -> Span<UInt8> { bytes.span.extracting(range(index)) }

  /// String `index` as Swift knows it; bad UTF-8 is repaired.
  public func string(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

  /// Adds the UTF-8 of `string`.
  public mutating func append(_ string: String) {
    bytes.append(contentsOf: string.utf8)
    offsets.append(bytes.count)
  }

  /// Adds a copy of `string`.
  public mutating func append(bytes string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    offsets.append(bytes.count)
  }

  /// Adds a copy of `string`.
  public mutating func append(bytes string: Span<UInt8>) {
    // SAFETY: the buffer lives for this call; `append` copies it.
    unsafe string.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    offsets.append(bytes.count)
  }

  /// Adds copies of strings that lie one behind the other from the start of `text` on.
  ///
  /// - Parameter ends: where in `text` each of them ends.
  public mutating func append(_ text: Span<UInt8>, ends: [Int]) {
    let start = bytes.count
    let all = text.extracting(0..<(ends.last ?? 0))
    // SAFETY: the buffer lives for this call; `append` copies it.
    unsafe all.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    offsets.append(contentsOf: ends.lazy.map { start + $0 })
  }

  /// Whether both are in the same memory, as copies are; others may be equal, too.
  public func isSame(as other: ByteStrings) -> Bool {
    // SAFETY: the addresses are compared, and nothing is read through them.
    unsafe count == other.count
      && offsets.withUnsafeBufferPointer { own in
        unsafe other.offsets.withUnsafeBufferPointer { unsafe own.baseAddress == $0.baseAddress }
      }
      && bytes.withUnsafeBufferPointer { own in
        unsafe other.bytes.withUnsafeBufferPointer { unsafe own.baseAddress == $0.baseAddress }
      }
  }

  /// Compares two strings by their bytes: negative, zero or positive.
  public func compare(_ a: Int, _ b: Int) -> Int { compareBytes(span(a), span(b)) }

  /// Compares a string with one of another list: negative, zero or positive.
  public func compare(_ a: Int, to other: ByteStrings, _ b: Int) -> Int {
    compareBytes(span(a), other.span(b))
  }

  /// Eight bytes of string `index` from byte `start` on as a number that sorts as they do; zeros
  /// stand behind the end.
  public func prefix(_ index: Int, from start: Int) -> UInt64 {
    let string = bytes.span.extracting(range(index))
    if start + 8 <= string.count {
      // SAFETY: eight bytes of the string lie there.
      return unsafe UInt64(
        bigEndian: string.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    }
    var value: UInt64 = 0
    for place in start..<start + 8 {
      value = value << 8 | (place < string.count ? UInt64(string[place]) : 0)
    }
    return value
  }

  /// Number of bytes that some strings all start with; 0 where there are none of them.
  public func sharedPrefix(of places: Range<Int>) -> Int {
    guard let first = places.first else { return 0 }
    let text = bytes.span
    let start = offsets[first]
    var shared = offsets[first + 1] - start
    for index in places.dropFirst() {
      let other = offsets[index]
      shared = min(shared, offsets[index + 1] - other)
      var place = 0
      while place < shared, text[start + place] == text[other + place] { place += 1 }
      shared = place
      if shared == 0 { break }
    }
    return shared
  }

  /// Bytes of the longest string.
  public var longest: Int {
    var longest = 0
    for index in 0..<count { longest = max(longest, offsets[index + 1] - offsets[index]) }
    return longest
  }

  /// Adds a copy of string `index` of `other`.
  public mutating func append(_ other: ByteStrings, _ index: Int) {
    let range = other.range(index)
    // SAFETY: the range lies in `other`, which lives for this call; `append` copies it.
    unsafe other.bytes.withUnsafeBufferPointer {
      unsafe bytes.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range]))
    }
    offsets.append(bytes.count)
  }

  /// Adds copies of `count` strings from `text[position ..< end]`, each behind its length in four
  /// bytes, little-endian.
  ///
  /// - Parameter position: afterwards where the last string ends.
  /// - Returns: `false` where a string does not fit; then some were added.
  public mutating func appendSized(
    _ text: Span<UInt8>, at position: inout Int, end: Int, count: Int
  ) -> Bool {
    precondition(0 <= position && end <= text.count && count >= 0, "There is no such text.")
    let room = end - position - 4 * count
    guard room >= 0 else { return false }
    var place = position
    var ends: [Int] = []
    swap(&ends, &offsets)  // The only reference, so that nothing is copied.
    let known = ends.count
    if known == 1 { ends.reserveCapacity(count + 1) }
    var last = bytes.count
    // No room at all has no place.
    bytes.append(addingCapacity: max(room, 1)) { copies in
      // SAFETY: a string is copied while it leaves room for the lengths of those behind it, so all
      // together are no longer than `room`; `text` lives for this call, and is no memory of `self`.
      unsafe copies.withUnsafeMutableBufferPointer { copies, filled in
        unsafe text.withUnsafeBytes { text in
          guard let target = copies.baseAddress, let source = text.baseAddress else { return }
          for others in (0..<count).reversed() {
            let length = unsafe Int(
              UInt32(littleEndian: source.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            guard length <= end - place - 4 - 4 * others else { return }
            unsafe memcpy(target + filled, source + place + 4, length)
            place += 4 + length
            filled += length
            last += length
            ends.append(last)
          }
        }
      }
    }
    let isWhole = ends.count == known + count
    swap(&ends, &offsets)
    position = place
    return isWhole
  }

  /// Adds copies of all strings of `other`.
  public mutating func append(contentsOf other: ByteStrings) {
    let start = bytes.count
    bytes.append(contentsOf: other.bytes)
    for end in other.offsets.dropFirst() { offsets.append(start + end) }
  }

  /// Removes all strings and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
  }

  /// Makes room for `strings` more strings of `bytes` bytes together.
  public mutating func reserve(strings: Int, bytes byteCount: Int) {
    offsets.reserveCapacity(offsets.count + strings)
    bytes.reserveCapacity(bytes.count + byteCount)
  }
}
