/// Verifies, in text order, the checksum and length of lz4 frames that were decoded in parts.
struct FrameTextCheck: ~Copyable {
  private var checksum: LZ4Checksum
  private var isHashing = false
  private var frameBytes: UInt64 = 0

  init() throws(ArchiveError) { checksum = try LZ4Checksum() }

  /// Takes the next piece of text with what has to be checked about it.
  mutating func take(_ text: Span<UInt8>, _ checks: [FrameCheck]) throws(ArchiveError) {
    var done = 0
    for check in checks {
      add(text.extracting(done..<check.at))
      done = check.at
      switch check.event {
      case .begins(let hasChecksum):
        checksum.reset()
        isHashing = hasChecksum
        frameBytes = 0
      case .ends(let offset, let expected, let contentBytes):
        if let expected, expected != checksum.value {
          throw .corrupt(offset: offset, .contentChecksum)
        }
        if let contentBytes, contentBytes != frameBytes {
          throw .corrupt(offset: offset, .contentSize)
        }
        isHashing = false
      }
    }
    add(text.extracting(done..<text.count))
  }

  private mutating func add(_ text: Span<UInt8>) {
    frameBytes += UInt64(text.count)
    if isHashing { checksum.update(text) }
  }
}
