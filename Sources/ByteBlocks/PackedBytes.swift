internal import Glibc

/// Puts plain values and strings one behind the other, for bytes that leave memory for a while.
///
/// What is written is read back by the same program on the same machine: the layout is its own.
public struct PackedWriter: Sendable {
  /// All that was written.
  public private(set) var bytes: [UInt8] = []

  /// Nothing yet.
  public init() {}

  /// Adds values, and how many they are.
  public mutating func append<Value: BitwiseCopyable>(_ values: [Value]) {
    append(count: values.count)
    // SAFETY: plain values are read as bytes.
    unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Adds strings.
  public mutating func append(_ strings: ByteStrings) {
    append(strings.offsets)
    append(strings.bytes)
  }

  private mutating func append(count: Int) {
    unsafe withUnsafeBytes(of: count) { unsafe bytes.append(contentsOf: $0) }
  }
}

/// Reads back what a `PackedWriter` has written, in the same order.
public struct PackedReader: Sendable {
  private let bytes: [UInt8]
  private var position = 0

  /// Reads `bytes` from their start.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next values.
  ///
  /// - Precondition: values of this type were written here.
  public mutating func values<Value: BitwiseCopyable>(of type: Value.Type) -> [Value] {
    let count = count()
    let byteCount = count * MemoryLayout<Value>.stride
    precondition(count >= 0 && byteCount <= bytes.count - position, "Fewer bytes than written.")
    defer { position += byteCount }
    // SAFETY: as many bytes as the values take lie there, and any bytes are a plain value.
    return unsafe [Value](unsafeUninitializedCapacity: count) { values, filled in
      unsafe bytes.withUnsafeBytes { bytes in
        guard let target = values.baseAddress, let source = bytes.baseAddress else { return }
        unsafe memcpy(target, source + position, byteCount)
      }
      filled = count
    }
  }

  /// The next strings.
  public mutating func strings() -> ByteStrings {
    let offsets = values(of: Int.self)
    return ByteStrings(bytes: values(of: UInt8.self), offsets: offsets)
  }

  private mutating func count() -> Int {
    precondition(bytes.count - position >= MemoryLayout<Int>.size, "Fewer bytes than written.")
    defer { position += MemoryLayout<Int>.size }
    // SAFETY: eight bytes lie there.
    return unsafe bytes.withUnsafeBytes {
      unsafe $0.loadUnaligned(fromByteOffset: position, as: Int.self)
    }
  }
}
