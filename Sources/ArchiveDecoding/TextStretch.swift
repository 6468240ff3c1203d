package import ByteBlocks
internal import ByteKernels

/// A stretch of a plain text in a file, which a worker reads by itself.
///
/// The events of one person in one app stand near each other. A worker that has a stretch of many
/// blocks adds most of them to groups that it knows, where workers that take turns at blocks would
/// each have all groups.
package struct TextStretch: Sendable, Equatable {
  /// How a text is cut into stretches.
  package struct Lengths: Sendable {
    /// Shorter texts are not cut.
    package var textBytesMin: UInt64 = 32 << 20
    /// The longest and the shortest stretch, in bytes; all but the last are whole blocks of the
    /// hash.
    package var longest: UInt64 = 64 << 20
    package var shortest: UInt64 = 4 << 20
    /// Of the text that is left, which part a stretch has: towards the end they become shorter, so
    /// that all workers end together.
    package var share: UInt64 = 8

    package init() {}
  }

  /// Offsets of its first byte, and behind its last.
  package let start, end: UInt64
  /// Bytes of the whole text.
  package let textBytes: UInt64

  /// Stretches of a text, in order; they follow from its length alone.
  package static func cut(_ textBytes: UInt64, _ lengths: Lengths) -> [TextStretch] {
    var stretches: [TextStretch] = []
    var start: UInt64 = 0
    while start < textBytes {
      let left = textBytes - start
      var length = min(lengths.longest, max(lengths.shortest, left / lengths.share))
      length = max(1, length / StretchReader.hashBlock) * StretchReader.hashBlock
      if left < length + max(lengths.shortest, 2 * StretchReader.hashBlock) { length = left }
      stretches.append(TextStretch(start: start, end: start + length, textBytes: textBytes))
      start += length
    }
    return stretches
  }
}

/// What a stretch leaves behind for the archive.
package struct StretchEnd: Sendable {
  /// Of the blocks of the hash that lie in it.
  let sums: [UInt64]
  /// The end of the text, which is hashed as it is.
  let tail: [UInt8]
  /// Lines left out behind its last block.
  package let overlongLines: [OverlongLine]
}

/// Reads the lines of a stretch: those whose first byte lies behind its first one, up to the first
/// byte of the next stretch; of the first stretch also the first line.
///
/// So it skips the line that it starts in, and reads on behind its end until the last line is
/// whole. Hashed are the bytes of the stretch itself.
package struct StretchReader: ~Copyable {
  static let hashBlock = UInt64(ContentHashKernel.blockBytes)

  /// Whether stretches can be hashed on this processor.
  package static var isSupported: Bool { ContentHashKernel.canSum() }

  private let source: any StoredBytes
  private let stretch: TextStretch
  /// Offset behind the last byte that was read.
  package private(set) var position: UInt64
  /// `nil` until the first line begins.
  private var assembler: TextAssembler?
  private var sums: [UInt64] = []
  private var tail: [UInt8] = []
  /// Whether all lines were read.
  package private(set) var hasEnded = false

  /// A reader of `stretch` of `source`, which is no stream.
  package init(_ source: any StoredBytes, _ stretch: TextStretch) throws(ArchiveError) {
    self.source = source
    self.stretch = stretch
    position = stretch.start
    assembler = stretch.start == 0 ? try TextAssembler(atLine: 0) : nil
    let blocks = Int((stretch.end - stretch.start) / Self.hashBlock)
    sums.reserveCapacity(blocks * ContentHashKernel.lanes)
  }

  /// Reads into an empty block.
  ///
  /// - Returns: whole lines, or `nil` when there are none in it.
  package mutating func next(_ block: consuming Block) throws(ArchiveError) -> AssembledBlock? {
    precondition(!hasEnded, "The stretch has ended already.")
    precondition(
      UInt64(block.textBytesMax).isMultiple(of: Self.hashBlock), "A block cannot be hashed.")
    var block = consume block
    let start = position
    try fill(&block)
    add(block.text, at: start)
    var textStart = start
    if assembler == nil {
      guard let newline = TextAssembler.firstNewline(block.text) else {
        hasEnded = position >= stretch.textBytes
        return nil
      }
      block.dropFirst(newline + 1)
      textStart += UInt64(newline) + 1
      if textStart > stretch.end || textStart == stretch.textBytes {
        hasEnded = true
        return nil
      }
      assembler = try TextAssembler(atLine: textStart)
    }
    var isLast = position == stretch.textBytes
    if position > stretch.end, stretch.end < stretch.textBytes {
      let behind = Int(position - max(stretch.end, textStart))
      if let newline = TextAssembler.firstNewline(block.text.extracting(last: behind)) {
        block.dropLast(behind - newline - 1)
        isLast = true
      }
    }
    hasEnded = isLast
    return try assembler?.accept(DecodedBlock(block), isLast: isLast)
  }

  /// What is left for the archive, once all lines were read.
  package consuming func finish() -> StretchEnd {
    precondition(hasEnded, "The stretch was not read to its end.")
    return StretchEnd(
      sums: sums, tail: tail, overlongLines: assembler.take()?.finishPart() ?? [])
  }

  private mutating func fill(_ block: inout Block) throws(ArchiveError) {
    var failure: ArchiveError?
    let (source, from) = (self.source, position)
    block.append { free in
      var filled = 0
      do throws(ArchiveError) {
        while filled < free.count {
          var rest = free._mutatingExtracting(filled..<free.count)
          let received = try source.read(at: from + UInt64(filled), into: &rest)
          if received == 0 { break }
          filled += received
        }
      } catch { failure = error }
      return filled
    }
    if let failure { throw failure }
    position += UInt64(block.count)
  }

  /// Hashes what of `text`, which stands at `offset`, lies in the stretch.
  private mutating func add(_ text: Span<UInt8>, at offset: UInt64) {
    guard offset < stretch.end else { return }
    let own = text.extracting(first: Int(min(UInt64(text.count), stretch.end - offset)))
    // The hash wants more than a block of the text's end as it is.
    let block = Self.hashBlock
    let tailStart = stretch.textBytes > block ? (stretch.textBytes - block - 1) / block * block : 0
    let summed = tailStart > offset ? Int(min(UInt64(own.count), tailStart - offset)) : 0
    ContentHashKernel.appendSums(of: own.extracting(first: summed), to: &sums)
    for place in summed..<own.count { tail.append(own[place]) }
  }
}

/// Puts together what stretches leave behind.
package struct StretchedText: ~Copyable {
  private let textBytes: UInt64
  private var hasher: ContentHasher

  /// Of a text of so many bytes.
  package init(_ textBytes: UInt64) throws(ArchiveError) {
    self.textBytes = textBytes
    hasher = try ContentHasher()
  }

  /// Takes the next stretch, in the order of the text.
  package mutating func take(_ end: StretchEnd) {
    if !end.sums.isEmpty { hasher.fold(end.sums) }
    if !end.tail.isEmpty { hasher.update(end.tail.span) }
  }

  /// What is known of the text, once all stretches were taken.
  package consuming func finish() -> AssembledText {
    AssembledText(contentID: hasher.id, textBytes: textBytes, overlongLines: [])
  }
}
