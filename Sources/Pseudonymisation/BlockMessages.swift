package import Sealing

/// Messages on their way through the cipher, in blocks of sixteen bytes.
///
/// ```
/// blocks │ tag │ text … │ tag │ text … text │ …     one message = one tag and its text
///        starts[0]      starts[1]           starts[2]
/// ```
/// The tag in front of its text is just the order in which RFC 5297 writes a sealed message. The
/// rest of a last block is zero. Sealing puts cipher text in the place of clear text.
@safe package struct BlockMessages {
  /// Tags and texts.
  package internal(set) var blocks: [CipherBlock] = []
  /// Where each message has its tag, and where the last one ends: one more than messages.
  package private(set) var starts: [Int] = [0]
  /// Bytes of text of each message.
  package private(set) var byteCounts: [Int] = []
  /// Blocks of text of the longest message.
  private(set) var blockCountMax = 0

  /// No messages.
  package init() {}

  /// Number of messages.
  package var count: Int { byteCounts.count }
  /// Blocks of text of all messages.
  var textBlockCount: Int { blocks.count - count }

  /// Where the blocks of the text of message `index` lie.
  func textBlocks(_ index: Int) -> Range<Int> { starts[index] + 1..<starts[index + 1] }

  /// Removes all messages, wipes what was left of them and keeps the memory.
  package mutating func removeAll() {
    for index in blocks.indices { blocks[index] = .zero }
    blocks.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
    starts.append(0)
    byteCounts.removeAll(keepingCapacity: true)
    blockCountMax = 0
  }

  /// Adds a message, at least one byte long.
  package mutating func append(_ text: Span<UInt8>) {
    precondition(!text.isEmpty, "An empty message has no pseudonym.")
    let tail = text.count % 16
    appendWholeBlocks(text)
    if tail > 0 { blocks.append(BlockMessages.tail(text)) }
    close(byteCount: text.count)
  }

  /// Adds a message with ISO/IEC 7816-4 padding: 0x80, then zeros up to a multiple of 16 bytes.
  package mutating func appendPadded(_ text: Span<UInt8>) {
    precondition(!text.isEmpty, "An empty message has no pseudonym.")
    let tail = text.count % 16
    appendWholeBlocks(text)
    let last = tail > 0 ? BlockMessages.tail(text) : .zero
    blocks.append(last ^ .byte(0x80, at: tail))
    close(byteCount: text.count - tail + 16)
  }

  /// Adds a sealed message as RFC 5297 writes it: the tag, then the text; at least 17 bytes.
  package mutating func appendSealed(_ sealed: Span<UInt8>) {
    precondition(sealed.count > 16, "A sealed message has a tag of 16 bytes and a text.")
    append(sealed.extracting(16...))
    blocks[starts[count - 1]] = BlockMessages.block(sealed, at: 0)
  }

  /// The text of message `index`.
  package func text(_ index: Int) -> [UInt8] {
    bytes(of: textBlocks(index)).dropLast(textBlocks(index).count * 16 - byteCounts[index])
  }

  /// The tag of message `index`, then its text: a sealed message as RFC 5297 writes it.
  package func sealed(_ index: Int) -> [UInt8] {
    bytes(of: starts[index]..<starts[index] + 1) + text(index)
  }

  private mutating func appendWholeBlocks(_ text: Span<UInt8>) {
    blocks.append(.zero)
    var offset = 0
    while offset + 16 <= text.count {
      blocks.append(BlockMessages.block(text, at: offset))
      offset += 16
    }
  }

  private mutating func close(byteCount: Int) {
    blockCountMax = max(blockCountMax, blocks.count - starts[count] - 1)
    starts.append(blocks.count)
    byteCounts.append(byteCount)
  }

  private func bytes(of range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count * 16)
    for index in range {
      for byte in 0..<16 {
        bytes.append(UInt8(truncatingIfNeeded: blocks[index][byte / 8] >> UInt64(byte % 8 * 8)))
      }
    }
    return bytes
  }
}

extension BlockMessages {
  /// The sixteen bytes from `offset` on.
  @inline(__always)
  private static func block(_ text: Span<UInt8>, at offset: Int) -> CipherBlock {
    CipherBlock(word(text, at: offset), word(text, at: offset + 8))
  }

  /// The bytes behind the last whole block, zeros behind them. Reads no byte outside of `text`:
  /// loads overlap instead, and are shifted into their place.
  @inline(__always)
  private static func tail(_ text: Span<UInt8>) -> CipherBlock {
    let count = text.count % 16
    let start = text.count - count
    if count >= 8 {
      // For eight bytes the shift is 64, which `>>` takes as "all out".
      let high = word(text, at: start + count - 8) >> UInt64(8 * (16 - count))
      return CipherBlock(word(text, at: start), high)
    }
    if count >= 4 {
      let low = UInt64(halfWord(text, at: start))
      let high = UInt64(halfWord(text, at: start + count - 4)) << UInt64(8 * (count - 4))
      return CipherBlock(low | high, 0)
    }
    var word: UInt64 = 0
    for index in 0..<count { word |= UInt64(text[start + index]) << UInt64(8 * index) }
    return CipherBlock(word, 0)
  }

  @inline(__always)
  private static func word(_ text: Span<UInt8>, at offset: Int) -> UInt64 {
    // SAFETY: any eight bytes are a word; the load itself checks its bounds.
    unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  @inline(__always)
  private static func halfWord(_ text: Span<UInt8>, at offset: Int) -> UInt32 {
    // SAFETY: any four bytes are a half word; the load itself checks its bounds.
    unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
  }
}
