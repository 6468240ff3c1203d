import ByteBlocks

/// Decodes one unit of an archive into blocks.
///
/// Belongs to one thread at a time and may move between them, from one `fill` to the next. Reading
/// may block on the source, nothing else does.
@safe package struct UnitDecoder: ~Copyable, @unchecked Sendable {
  // SAFETY: the workbench and the engine are in nobody else's hands as long as `self` lives.

  /// The unit being decoded.
  package let unit: ArchiveUnit
  /// Whether the unit's text is complete.
  package private(set) var hasEnded = false
  /// The unit that comes next in the archive, once this one has ended; `nil` at the archive's end.
  ///
  /// This is the truth about where the next text starts. What a `UnitScanner` says is a guess that
  /// holds only if it is equal to this.
  package private(set) var following: ArchiveUnit?

  private var engine: any UnitEngine
  private var input: StoredInput
  private let pool: DecoderPool

  /// A decoder for `unit` of `source`, with contexts and buffers lent by `pool`.
  package init(
    _ source: any StoredBytes,
    codec: Codec,
    unit: ArchiveUnit,
    limits: DecodingLimits = DecodingLimits(),
    pool: DecoderPool
  ) throws(ArchiveError) {
    let bench = try pool.take()
    let engine: any UnitEngine =
      switch codec {
      case .plain: PlainEngine()
      case .zstd: try ZstdEngine(unit, limits, bench)
      case .lz4: try LZ4Engine(unit, limits, bench)
      case .gzip: try GzipEngine(unit, limits, bench)
      }
    self.unit = unit
    self.pool = pool
    self.engine = engine
    input = StoredInput(source, at: unit.start, bench: bench)
  }

  deinit { pool.giveBack(input.bench) }

  /// Offset behind the stored bytes that are decoded, for progress and errors.
  package var position: UInt64 { input.position }

  /// Decodes into the free part of `decoded` until it is as good as full or the unit has ended.
  ///
  /// After an error the decoder must not be used again.
  ///
  /// - Returns: whether the unit has ended.
  package mutating func fill(_ decoded: inout DecodedBlock) throws(ArchiveError) -> Bool {
    precondition(!hasEnded, "The unit has ended already.")
    var failure: ArchiveError?
    var checks: [FrameCheck] = []
    let blockBytesMax = decoded.block.textBytesMax
    let before = decoded.block.count
    decoded.block.append { free in
      // SAFETY: the buffer is the block's free part, used during this call only.
      unsafe free.withUnsafeMutableBufferPointer { memory in
        var output = unsafe TextOutput(memory, blockBytesMax: blockBytesMax)
        do throws(ArchiveError) {
          try engineFill(&output)
        } catch {
          failure = error
        }
        output.wipeOverrun(hasFailed: failure != nil)
        checks = output.checks
        return output.count
      }
    }
    if let failure { throw failure }
    for check in checks {
      decoded.checks.append(FrameCheck(at: before + check.at, event: check.event))
    }
    return hasEnded
  }

  private mutating func engineFill(_ output: inout TextOutput) throws(ArchiveError) {
    switch try engine.fill(&output, &input) {
    case .full: break
    case .ended(let following):
      hasEnded = true
      self.following = following
    }
  }
}

/// What decodes the units of one codec.
protocol UnitEngine {
  /// Writes text until `output` is as good as full or the unit has ended.
  mutating func fill(
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) -> Filled
}

/// How far an engine came.
enum Filled {
  /// There may be more text.
  case full
  /// The unit has ended; `following` is the next one, `nil` at the end of the archive.
  case ended(following: ArchiveUnit?)
}

/// Plain text: no codec.
struct PlainEngine: UnitEngine {
  mutating func fill(
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) -> Filled {
    while output.free > 0 {
      let received = try unsafe input.pass(into: output.next, count: output.free)
      if received == 0 { return .ended(following: nil) }
      output.advance(received)
    }
    return .full
  }
}
