package import ByteBlocks
package import Sealing

/// Messages on their way through the cipher, in blocks of sixteen bytes.
///
/// ```
/// blocks │ tag │ text … │ tag │ text … text │ …     one message = one tag and its text
///        starts[0]      starts[1]           starts[2]
/// ```
/// The tag in front of its text is just the order in which RFC 5297 writes a sealed message. The
/// rest of a last block is zero. Sealing puts cipher text in the place of clear text.
package struct BlockMessages {
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
    open(byteCount: text.count, textBlocks: (text.count + 15) / 16)
    extendBlocks()
    let first = starts[count - 1] + 1
    var target = blocks.mutableSpan
    _ = BlockMessages.fill(&target, first, text, 0..<text.count, padding: 0)
  }

  /// Adds a message with ISO/IEC 7816-4 padding: 0x80, then zeros up to a multiple of 16 bytes.
  package mutating func appendPadded(_ text: Span<UInt8>) {
    openPadded(byteCount: text.count)
    extendBlocks()
    let first = starts[count - 1] + 1
    var target = blocks.mutableSpan
    _ = BlockMessages.fill(&target, first, text, 0..<text.count, padding: 0x80)
  }

  /// Adds names with that padding until there are `countMax` messages or `blocksMax` blocks.
  ///
  /// - Parameters:
  ///   - names: names of at least one byte each.
  ///   - start: index of the first name to add.
  ///   - countMax: the most messages there may be then.
  ///   - blocksMax: once there are so many blocks, no name is added any more.
  /// - Returns: the index behind the last name that was added.
  package mutating func appendPadded(
    _ names: ByteStrings,
    from start: Int,
    countMax: Int,
    blocksMax: Int
  ) -> Int {
    let offsets = names.offsets.span
    let bytes = names.bytes.span
    var next = start
    var block = starts[count] + 1
    let countLeft = min(offsets.count - 1 - start, countMax - count)
    reserve(countLeft)
    while next < start + countLeft, starts[count] < blocksMax {
      openPadded(byteCount: offsets[next + 1] - offsets[next])
      next += 1
    }
    extendBlocks()
    var target = blocks.mutableSpan
    for index in start..<next {
      let range = offsets[index]..<offsets[index + 1]
      // 1: the place of the next message's tag.
      block = 1 + BlockMessages.fill(&target, block, bytes, range, padding: 0x80)
    }
    return next
  }

  /// Adds a sealed message as RFC 5297 writes it: the tag, then the text; at least 17 bytes.
  package mutating func appendSealed(_ sealed: Span<UInt8>) {
    precondition(sealed.count > 16, "A sealed message has a tag of 16 bytes and a text.")
    append(sealed.extracting(16...))
    blocks[starts[count - 1]] = BlockMessages.block(sealed, at: 0)
  }

  /// The text of message `index`.
  package func text(_ index: Int) -> [UInt8] {
    Array(bytes(of: textBlocks(index)).prefix(byteCounts[index]))
  }

  /// The tag of message `index`, then its text: a sealed message as RFC 5297 writes it.
  package func sealed(_ index: Int) -> [UInt8] {
    bytes(of: starts[index]..<starts[index] + 1) + text(index)
  }

  private func bytes(of range: Range<Int>) -> [UInt8] {
    range.flatMap { index in
      (0..<16).map { UInt8(truncatingIfNeeded: blocks[index][$0 / 8] >> UInt64($0 % 8 * 8)) }
    }
  }
}

extension BlockMessages {
  private mutating func openPadded(byteCount: Int) {
    precondition(byteCount > 0, "An empty message has no pseudonym.")
    open(byteCount: (byteCount / 16 + 1) * 16, textBlocks: byteCount / 16 + 1)
  }

  /// Plans a place for a message; `extendBlocks` then makes it.
  private mutating func open(byteCount: Int, textBlocks: Int) {
    precondition(byteCount > 0, "An empty message has no pseudonym.")
    blockCountMax = max(blockCountMax, textBlocks)
    byteCounts.append(byteCount)
    starts.append(starts[count - 1] + 1 + textBlocks)
  }

  private mutating func reserve(_ messages: Int) {
    starts.reserveCapacity(starts.count + messages)
    byteCounts.reserveCapacity(byteCounts.count + messages)
  }

  private mutating func extendBlocks() {
    blocks.append(contentsOf: repeatElement(.zero, count: starts[count] - blocks.count))
  }

  /// Writes the bytes of `source` in `range` into the blocks of `target` from `first` on, and
  /// behind them, where it is not zero, `padding`.
  ///
  /// - Returns: the index behind the last block that was written.
  @inline(__always)
  private static func fill(
    _ target: inout MutableSpan<CipherBlock>,
    _ first: Int,
    _ source: Span<UInt8>,
    _ range: Range<Int>,
    padding: UInt8
  ) -> Int {
    var block = first
    var offset = range.lowerBound
    while offset + 16 <= range.upperBound {
      target[block] = BlockMessages.block(source, at: offset)
      block += 1
      offset += 16
    }
    let tailCount = range.upperBound - offset
    if tailCount == 0, padding == 0 { return block }
    var tail = CipherBlock.zero
    if offset + 16 <= source.count {
      tail = BlockMessages.block(source, at: offset).prefix(tailCount)
    } else {
      for byte in 0..<tailCount { tail |= .byte(source[offset + byte], at: byte) }
    }
    target[block] = tail | .byte(padding, at: tailCount)
    return block + 1
  }

  /// The sixteen bytes from `offset` on.
  @inline(__always)
  private static func block(_ source: Span<UInt8>, at offset: Int) -> CipherBlock {
    // SAFETY: any eight bytes are a word; the loads check their bounds.
    unsafe CipherBlock(
      source.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self),
      source.bytes.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
    )
  }
}
