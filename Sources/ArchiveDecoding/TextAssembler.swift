package import ByteBlocks
import Glibc

/// A line of more than 1 MiB, which was left out of the text.
package struct OverlongLine: Sendable, Equatable {
  /// Offset of its first byte in the text.
  package let textOffset: UInt64
  /// Its length, without its newline.
  package let byteCount: UInt64

  /// A line of `byteCount` bytes at `textOffset`.
  package init(textOffset: UInt64, byteCount: UInt64) {
    self.textOffset = textOffset
    self.byteCount = byteCount
  }
}

/// A block of whole lines.
package struct AssembledBlock: ~Copyable {
  /// The text: starts and ends at a line end, never empty.
  package var block: Block
  /// Offset of its first byte in the decompressed text.
  package let textOffset: UInt64
  /// Place among the blocks of the archive, from 0.
  package let sequence: Int
  /// Lines left out between the block before and this one; each is to be counted as one reject.
  package let overlongLines: [OverlongLine]
  /// Whether the text ends with a newline; only the last line of an archive may have none.
  package let endsWithNewline: Bool

  /// The block, for another owner.
  package consuming func takeBlock() -> Block { block }
}

/// What is known of an archive's text once all of it has been seen.
package struct AssembledText: Sendable, Equatable {
  /// Hash of the whole text, overlong lines included.
  package let contentID: ContentID
  /// Bytes of text, overlong lines included.
  package let textBytes: UInt64
  /// Lines left out behind the last block.
  package let overlongLines: [OverlongLine]
}

/// The ordered side of one archive: makes blocks of whole lines out of blocks cut anywhere.
///
/// Takes the blocks in text order, hashes them, verifies checksums of frames that were decoded in
/// parts, and copies the unfinished last line of each block in front of the next one; where records
/// go over several lines, the lines of the unfinished record too. Syslog messages that say how long
/// they are become lines where they are none. A line of more than 1 MiB is
/// dropped piece by piece; nothing grows with it.
package struct TextAssembler: ~Copyable {
  /// Bytes of a line without its newline, at most.
  package static let lineBytesMax = Block.headroomBytes
  /// Bytes of an unfinished record that are kept for the next block; a longer one is cut.
  static let recordBytesMax = lineBytesMax / 2

  /// `nil`: somebody else hashes the text.
  private var hasher: ContentHasher?
  private var frameCheck: FrameTextCheck
  private var carry = CarriedLine()
  private var frames: OctetFrames
  private var overlongLines: [OverlongLine] = []
  /// Bytes of text taken so far.
  private var textBytes: UInt64
  private var sequence = 0
  private var isComplete = false

  /// Whether the text may be a tar; elsewhere one is refused, as its headers are no lines.
  private let isContainer: Bool

  /// Starts before the first byte of the text.
  package init(isContainer: Bool = false) throws(ArchiveError) {
    try self.init(isContainer: isContainer, at: 0, hasher: ContentHasher())
  }

  /// Starts at a line of a text that is hashed elsewhere.
  init(atLine textOffset: UInt64) throws(ArchiveError) {
    try self.init(isContainer: false, at: textOffset, hasher: nil)
  }

  private init(
    isContainer: Bool, at textOffset: UInt64, hasher: consuming ContentHasher?
  ) throws(ArchiveError) {
    self.isContainer = isContainer
    textBytes = textOffset
    // Where a frame starts in the middle of a text, nobody knows.
    frames = OctetFrames(isPossible: hasher != nil)
    let frameCheck = try FrameTextCheck()
    self.hasher = hasher
    self.frameCheck = frameCheck
  }

  /// Takes the next block.
  ///
  /// - Parameters:
  ///   - decoded: the next piece of the text, of at most 1 MiB; may be empty.
  ///   - isLast: whether the text ends with it. Exactly one block of an archive is the last.
  ///   - unfinishedBytes: how many bytes at the end of whole lines belong to a record that goes on
  ///     behind them.
  /// - Returns: whole lines, or `nil` when there are none yet.
  /// - Throws: `corrupt` when a frame's text does not match its checksum or length; `wideText`.
  package mutating func accept(
    _ decoded: consuming DecodedBlock,
    isLast: Bool = false,
    unfinishedBytes: (Span<UInt8>) -> Int = { _ in 0 }
  ) throws(ArchiveError) -> AssembledBlock? {
    precondition(!isComplete, "The text has ended already.")
    precondition(
      decoded.block.count <= Self.lineBytesMax,
      "A block is longer than the longest line."
    )
    isComplete = isLast
    let checks = decoded.checks
    var block = decoded.takeBlock()
    if textBytes == 0, Self.isWide(block.text) { throw .wideText }
    if textBytes == 0, !isContainer, TarHeader.begins(block.text) {
      throw .unsupported(offset: 0, .tar)
    }
    hasher?.update(block.text)
    try frameCheck.take(block.text, checks)
    frames.separate(&block)
    let start = textBytes
    textBytes += UInt64(block.count)

    guard let newline = Self.firstNewline(block.text) else {
      try carry.append(block.text, at: start)
      return isLast ? lastLine(in: block) : nil
    }
    let textOffset: UInt64
    if carry.byteCount + UInt64(newline) > UInt64(Self.lineBytesMax) {
      try carry.append(block.text.extracting(0..<newline), at: start)
      noteOverlong()
      block.dropFirst(newline + 1)
      textOffset = start + UInt64(newline) + 1
    } else {
      textOffset = carry.byteCount > 0 ? carry.textOffset : start
      carry.move(inFrontOf: &block)
    }
    if !isLast {
      var tail = tailCount(block.text)
      let record = unfinishedBytes(block.text.extracting(droppingLast: tail))
      if record + tail <= Self.recordBytesMax { tail += record }
      try carry.append(block.text.extracting(last: tail), at: textBytes - UInt64(tail))
      block.dropLast(tail)
    }
    return assembled(block, at: textOffset)
  }

  /// Whether newlines were put between messages of which each says how long it is.
  var hasJoinedFrames: Bool { frames.areJoined }

  /// Ends the text; the last block must have been taken.
  package consuming func finish() -> AssembledText {
    precondition(isComplete, "The last block of the text was not taken.")
    guard let hasher = hasher.take() else { preconditionFailure("The text was not hashed.") }
    return AssembledText(
      contentID: hasher.id,
      textBytes: textBytes,
      overlongLines: overlongLines
    )
  }

  /// Ends a part of a text that is hashed elsewhere; gives the lines left out behind its last
  /// block.
  consuming func finishPart() -> [OverlongLine] {
    precondition(isComplete, "The last block of the text was not taken.")
    return overlongLines
  }

  /// The line that no newline ends, in the last block's memory.
  private mutating func lastLine(in block: consuming Block) -> AssembledBlock? {
    guard carry.byteCount <= UInt64(Self.lineBytesMax) else {
      noteOverlong()
      return nil
    }
    let textOffset = carry.textOffset
    // All of the text is in the carried line by now.
    block.dropFirst(block.count)
    carry.move(inFrontOf: &block)
    return assembled(block, at: textOffset)
  }

  private mutating func assembled(
    _ block: consuming Block,
    at textOffset: UInt64
  ) -> AssembledBlock? {
    guard block.count > 0 else { return nil }
    let endsWithNewline = block.text[block.count - 1] == UInt8(ascii: "\n")
    let result = AssembledBlock(
      block: block,
      textOffset: textOffset,
      sequence: sequence,
      overlongLines: overlongLines,
      endsWithNewline: endsWithNewline
    )
    sequence += 1
    overlongLines = []
    return result
  }

  private mutating func noteOverlong() {
    overlongLines += carry.lines
    carry.clear()
  }

  /// Whether a text starts with the byte order mark of UTF-16, of either order.
  private static func isWide(_ text: Span<UInt8>) -> Bool {
    text.count > 1 && (text[0], text[1]) == (0xff, 0xfe)
      || text.count > 1 && (text[0], text[1]) == (0xfe, 0xff)
  }

  /// Bytes behind the last newline.
  private func tailCount(_ text: Span<UInt8>) -> Int {
    var end = text.count
    while end > 0, text[end - 1] != UInt8(ascii: "\n") { end -= 1 }
    return text.count - end
  }

  /// Where the first newline of a text is.
  static func firstNewline(_ text: Span<UInt8>) -> Int? {
    // SAFETY: the search stays inside the buffer, which lives for this call.
    unsafe text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, buffer.count > 0 else { return nil }
      guard let found = unsafe memchr(base, Int32(UInt8(ascii: "\n")), buffer.count) else {
        return nil
      }
      return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
  }
}
