import Glibc

/// Bytes in the making: owned memory that grows by doubling.
///
/// Kernels write whole machine words, so there is always slack behind the last byte.
@safe struct OutputBytes: ~Copyable {
  /// Bytes that a kernel may write past the room it asked for: two machine words.
  static let slackBytes = 16

  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int = 1 << 16) {
    self.capacity = capacity
    unsafe memory = .allocate(byteCount: capacity + Self.slackBytes, alignment: 16)
  }

  deinit { unsafe memory.deallocate() }

  /// All bytes written so far.
  var span: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: the first `count` bytes are initialised and live as long as `self`.
      let buffer = unsafe UnsafeBufferPointer(
        start: memory.assumingMemoryBound(to: UInt8.self),
        count: count
      )
      return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
    }
  }

  /// A copy of all bytes.
  func array() -> [UInt8] {
    unsafe Array(UnsafeRawBufferPointer(start: memory, count: count))
  }

  mutating func removeAll() { count = 0 }

  /// Makes room for `more` bytes and the slack.
  mutating func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    let grown = max(capacity * 2, count + more)
    let target = UnsafeMutableRawPointer.allocate(
      byteCount: grown + Self.slackBytes,
      alignment: 16
    )
    unsafe memcpy(target, memory, count)
    unsafe memory.deallocate()
    unsafe memory = target
    capacity = grown
  }

  /// Lets a kernel write up to `bytesMax` bytes (and into the slack) behind the last one.
  ///
  /// - Parameter write: returns how many bytes it wrote.
  @inline(__always)
  mutating func append(bytesMax: Int, _ write: (UnsafeMutableRawPointer) -> Int) {
    reserve(bytesMax)
    let written = unsafe write(memory + count)
    precondition(written >= 0 && written <= bytesMax, "A kernel wrote past its room.")
    count += written
  }

  mutating func append(_ byte: UInt8) {
    unsafe append(bytesMax: 1) { target in
      unsafe target.storeBytes(of: byte, as: UInt8.self)
      return 1
    }
  }

  mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(littleEndian number: Number) {
    let size = MemoryLayout<Number>.size
    unsafe append(bytesMax: size) { target in
      unsafe target.storeBytes(of: number.littleEndian, as: Number.self)
      return size
    }
  }

  /// Appends `number` as ULEB128: seven bits a byte, low ones first.
  mutating func append(varint number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  /// Appends `number` so that small ones of both signs are short.
  mutating func append(zigzag number: Int64) {
    append(varint: UInt64(bitPattern: (number &<< 1) ^ (number &>> 63)))
  }

  mutating func append(_ bytes: Span<UInt8>) {
    // SAFETY: the source belongs to somebody else and lives for this call; the room is reserved.
    unsafe bytes.withUnsafeBufferPointer { source in
      unsafe append(bytesMax: source.count) { target in
        if let base = source.baseAddress { unsafe memcpy(target, base, source.count) }
        return source.count
      }
    }
  }

  /// Appends `values` as they lie in memory (little-endian machines only, as all of ours).
  mutating func append<Value: BitwiseCopyable>(rawValues values: Span<Value>) {
    // SAFETY: as above.
    unsafe values.withUnsafeBytes { source in
      unsafe append(bytesMax: source.count) { target in
        if let base = source.baseAddress { unsafe memcpy(target, base, source.count) }
        return source.count
      }
    }
  }

  /// Replaces the four bytes at `offset`.
  mutating func overwrite(at offset: Int, with number: UInt32) {
    precondition(offset >= 0 && offset + 4 <= count, "Overwriting bytes that were not written.")
    unsafe memory.storeBytes(of: number.littleEndian, toByteOffset: offset, as: UInt32.self)
  }
}
