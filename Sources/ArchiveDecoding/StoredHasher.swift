/// Hashes the stored bytes of a file in steps, so that a scheduler can spread the work.
///
/// The id of a plain file equals the content id of its text.
package struct StoredHasher: ~Copyable {
  private let source: any StoredBytes
  private var hasher: ContentHasher
  private var buffer = [UInt8](repeating: 0, count: 256 << 10)
  /// Bytes hashed so far.
  package private(set) var position: UInt64 = 0

  /// Starts at the first byte of `source`, which must be a file: a stream hashes itself.
  package init(_ source: any StoredBytes) throws(ArchiveError) {
    precondition(source.byteCount != nil, "A stream hashes its bytes as it is read.")
    self.source = source
    hasher = try ContentHasher()
  }

  /// Hashes up to about `bytesMax` more bytes.
  ///
  /// - Returns: whether all bytes are hashed.
  package mutating func step(bytesMax: Int = 8 << 20) throws(ArchiveError) -> Bool {
    var hashed = 0
    // Taken out, so that it can be written to while the rest of `self` is used.
    var buffer = exchange(&self.buffer, with: [])
    defer { self.buffer = buffer }
    while hashed < bytesMax {
      var span = buffer.mutableSpan
      let received = try source.read(at: position, into: &span)
      if received == 0 { return true }
      hasher.update(buffer.span.extracting(0..<received))
      hashed += received
      position += UInt64(received)
    }
    return false
  }

  /// The id of the bytes hashed so far.
  package var id: ContentID { hasher.id }
}
