/// Where a field lies in its block: a half-open range of byte offsets.
///
/// An empty range at offset 0 stands for a field that the record does not have.
@frozen public struct FieldRange: Equatable, Sendable {
  /// Offset of the first byte, from the start of the block's memory.
  public var start: UInt32
  /// Offset behind the last byte.
  public var end: UInt32

  /// A range from `start` up to, not including, `end`.
  @inlinable public init(start: UInt32, end: UInt32) {
    self.start = start
    self.end = end
  }

  /// The field that is not there.
  @inlinable public static var missing: FieldRange { FieldRange(start: 0, end: 0) }

  /// Number of bytes.
  @inlinable public var count: Int { Int(end) - Int(start) }
  /// Whether there are no bytes.
  @inlinable public var isEmpty: Bool { start == end }
}
