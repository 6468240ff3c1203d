package import ByteBlocks

/// Reads one archive from start to end on one thread: the plain twin of decoding units side by
/// side.
package struct ArchiveReader: ~Copyable {
  /// How the archive is stored.
  package let codec: Codec
  private let source: any StoredBytes
  private let limits: DecodingLimits
  private let decoders: DecoderPool
  private let blocks: BlockPool
  private var decoder: UnitDecoder
  private var assembler: TextAssembler
  private var isOver = false

  /// Tells the codec of `source` and gets ready to read its text.
  ///
  /// - Parameters:
  ///   - blocks: must have a free block whenever the next one is asked for.
  ///   - isContainer: whether the text may be a tar.
  package init(
    _ source: any StoredBytes,
    limits: DecodingLimits = DecodingLimits(),
    decoders: DecoderPool,
    blocks: BlockPool,
    isContainer: Bool = false
  ) throws(ArchiveError) {
    let codec = try Codec.detect(source)
    let decoder = try UnitDecoder(
      source,
      codec: codec,
      unit: .first(of: source, codec: codec),
      limits: limits,
      pool: decoders
    )
    let assembler = try TextAssembler(isContainer: isContainer)
    self.codec = codec
    self.source = source
    self.limits = limits
    self.decoders = decoders
    self.blocks = blocks
    self.decoder = decoder
    self.assembler = assembler
  }

  /// Offset behind the stored bytes that are decoded.
  package var position: UInt64 { decoder.position }

  /// Whether messages of which each says how long it is were made lines: only in order the text
  /// shows where they start.
  package var hasJoinedFrames: Bool { assembler.hasJoinedFrames }

  /// The next whole lines, or `nil` when there are no more.
  ///
  /// - Parameter unfinishedBytes: as of `TextAssembler.accept`.
  package mutating func next(
    unfinishedBytes: (Span<UInt8>) -> Int = { _ in 0 }
  ) throws(ArchiveError) -> AssembledBlock? {
    while !isOver {
      guard let block = blocks.take() else { throw .outOfMemory }
      var decoded = DecodedBlock(block)
      isOver = try fill(&decoded)
      let assembled = try assembler.accept(
        decoded, isLast: isOver, unfinishedBytes: unfinishedBytes)
      if let assembled = consume assembled { return assembled }
    }
    return nil
  }

  /// Whether the text, of which nothing was read yet, starts as a tar does.
  consuming func beginsTar() throws(ArchiveError) -> Bool {
    guard let block = blocks.take() else { throw .outOfMemory }
    var decoded = DecodedBlock(block)
    _ = try fill(&decoded)
    return TarHeader.begins(decoded.block.text)
  }

  /// What is known of the text once `next` has given `nil`.
  package consuming func finish() -> AssembledText { assembler.finish() }

  /// Decodes until the block is full, across units; says whether the archive has ended.
  private mutating func fill(_ decoded: inout DecodedBlock) throws(ArchiveError) -> Bool {
    while try decoder.fill(&decoded) {
      guard let unit = decoder.following else { return true }
      decoder = try UnitDecoder(source, codec: codec, unit: unit, limits: limits, pool: decoders)
    }
    return false
  }
}
