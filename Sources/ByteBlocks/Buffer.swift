public import Glibc

/// A fixed number of plain values in memory of its own, zero at first.
///
/// What kernels work on: pages that nobody touches cost nothing, so scratch may be as long as the
/// worst case. There are 64 bytes of padding behind the last element.
@frozen @safe public struct Buffer<Element: BitwiseCopyable>: ~Copyable {
  @usableFromInline var elementCount: Int
  @usableFromInline var elements: UnsafeMutablePointer<Element>

  /// Where the elements are: for the Swift face of the kernels, while the buffer is borrowed.
  @unsafe @inlinable public var address: UnsafeMutablePointer<Element> { unsafe elements }

  /// Number of elements.
  @inlinable public var count: Int { elementCount }

  /// `count` elements of zero bytes.
  ///
  /// - Parameter isDense: whether all of them will be written soon; scratch for the worst case is
  ///   not.
  /// - Precondition: `Element` is valid as all zero bytes. Without memory the process ends.
  @inlinable public init(count: Int, isDense: Bool = false) {
    precondition(count >= 0, "A buffer cannot have a negative length.")
    elementCount = count
    unsafe elements = Self.allocate(count, isDense: isDense)
  }

  @inlinable deinit { unsafe ZeroMemory.free(address, Self.memoryBytes(count)) }

  @usableFromInline static func memoryBytes(_ count: Int) -> Int {
    count * MemoryLayout<Element>.stride + Block.paddingBytes
  }

  @usableFromInline static func allocate(
    _ count: Int, isDense: Bool
  ) -> UnsafeMutablePointer<Element> {
    // SAFETY: the memory is aligned for every plain type of at most 16 bytes' alignment.
    guard let memory = unsafe ZeroMemory.allocate(memoryBytes(count), isDense: isDense) else {
      preconditionFailure("Out of memory for a buffer.")
    }
    return unsafe memory.bindMemory(to: Element.self, capacity: count)
  }

  /// The elements.
  @inlinable public var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let span = unsafe Span(
        _unsafeElements: UnsafeBufferPointer(start: address, count: count))
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The elements, to be changed.
  @inlinable public var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableSpan(
        _unsafeElements: UnsafeMutableBufferPointer(start: address, count: count))
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// One element.
  @inlinable public subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "Buffer index out of range.")
      return unsafe address[index]
    }
    set {
      precondition(index >= 0 && index < count, "Buffer index out of range.")
      unsafe address[index] = newValue
    }
  }

  /// Makes the buffer longer; the new elements are zero bytes.
  ///
  /// - Parameter wiping: whether the memory it leaves is wiped.
  public mutating func grow(to count: Int, wiping: Bool = false) {
    guard count > self.count else { return }
    let (bytes, longer) = (Self.memoryBytes(self.count), Self.memoryBytes(count))
    // SAFETY: the padding behind the last element is moved into the longer buffer's elements, and
    // nobody writes to padding.
    if let memory = unsafe ZeroMemory.extend(address, bytes, to: longer) {
      unsafe elements = memory.bindMemory(to: Element.self, capacity: count)
      elementCount = count
      return
    }
    let copy = Buffer(count: count)
    unsafe memcpy(copy.address, address, byteCount)
    if wiping { wipe(first: self.count) }
    self = copy
  }

  /// Has the pages of `elements` at once, which will all be written soon: in a fraction of the time
  /// that having them one by one takes.
  public borrowing func prepare(_ elements: Range<Int>) {
    precondition(
      elements.lowerBound >= 0 && elements.upperBound <= count, "Buffer index out of range.")
    let stride = MemoryLayout<Element>.stride
    unsafe ZeroMemory.prepare(
      address, Self.memoryBytes(count),
      bytes: elements.lowerBound * stride..<elements.upperBound * stride)
  }

  /// Copies `elements` to place `start` and behind it.
  @inlinable public mutating func copy(_ elements: Span<Element>, at start: Int = 0) {
    precondition(
      start >= 0 && elements.count <= count - start,
      "A buffer is shorter than what is copied into it.")
    // SAFETY: the source belongs to somebody else, and fits.
    unsafe elements.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      unsafe memcpy(address + start, base, source.count)
    }
  }

  /// Sets every byte to `byte`.
  @inlinable public mutating func fill(byte: UInt8) {
    unsafe memset(address, Int32(byte), byteCount)
  }

  /// Sets the bytes of the first `count` elements to zero, also where nobody reads them again.
  @inlinable public borrowing func wipe(first count: Int) {
    precondition(count >= 0 && count <= self.count, "Buffer index out of range.")
    unsafe explicit_bzero(address, count * MemoryLayout<Element>.stride)
  }

  /// Bytes that the elements take.
  @inlinable public var byteCount: Int { count * MemoryLayout<Element>.stride }
}

// SAFETY: a buffer has one owner, and reading it from several threads changes nothing.
extension Buffer: @unchecked Sendable where Element: Sendable {}
