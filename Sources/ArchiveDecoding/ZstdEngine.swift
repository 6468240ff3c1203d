import CZstd

/// Decodes runs of zstd frames; frames to be skipped may stand between them.
struct ZstdEngine: UnitEngine {
  private enum Stage {
    case boundary
    case frame(start: UInt64)
  }

  private let unit: ArchiveUnit
  private let limits: DecodingLimits
  private let context: ZstdContext
  private var stage = Stage.boundary
  /// Whether the library has given out all the text it can without more input.
  private var wantsInput = true
  private var frameHadText = false
  private var emptyFrames: EmptyFrames
  private var meter: RatioMeter

  init(_ unit: ArchiveUnit, _ limits: DecodingLimits, _ bench: Workbench) throws(ArchiveError) {
    self.unit = unit
    self.limits = limits
    context = try bench.zstd()
    context.reset(windowLogMax: limits.windowLogMax)
    emptyFrames = EmptyFrames(limits)
    meter = RatioMeter(at: unit.start, limits: limits)
  }

  mutating func fill(
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) -> Filled {
    while true {
      switch stage {
      case .boundary:
        switch try input.frameBoundary(of: .zstd, unitEnd: unit.end) {
        case .archiveEnd: return .ended(following: nil)
        case .unitEnd: return .ended(following: unit.following(at: input.position))
        case .frame(let magic): try begin(magic, &input)
        }
      case .frame(let start):
        if output.free == 0 { return .full }
        try decode(&output, &input, frameStart: start)
      }
    }
  }

  private mutating func begin(
    _ magic: UInt32,
    _ input: inout StoredInput
  ) throws(ArchiveError) {
    let start = input.position
    if FrameMagic.isSkippable(magic) {
      try input.skipFrame()
      return try emptyFrames.note(hadText: false, at: input.position)
    }
    guard magic == FrameMagic.zstd else {
      if magic == FrameMagic.lz4 { throw .unsupported(offset: start, .mixedFrames) }
      if let format = FrameMagic.refusal(magic) { throw .unsupported(offset: start, format) }
      throw .trailingGarbage(offset: start)
    }
    try check(input.header(), at: start, input)
    stage = .frame(start: start)
    wantsInput = true
    frameHadText = false
  }

  private func check(
    _ reading: ZstdFrameHeader.Reading,
    at start: UInt64,
    _ input: borrowing StoredInput
  ) throws(ArchiveError) {
    switch reading {
    case .cutOff: throw input.truncated
    case .damaged: throw .corrupt(offset: start, .frameHeader)
    case .header(let header):
      if header.dictionaryID != 0 { throw .unsupported(offset: start, .zstdDictionary) }
      let windowBytesMax = UInt64(1) << UInt64(limits.windowLogMax)
      if header.windowBytes > windowBytesMax {
        throw .windowTooLarge(
          offset: start,
          windowBytes: header.windowBytes,
          windowBytesMax: windowBytesMax
        )
      }
    }
  }

  private mutating func decode(
    _ output: inout TextOutput,
    _ input: inout StoredInput,
    frameStart: UInt64
  ) throws(ArchiveError) {
    if wantsInput, input.count == 0, try !input.fetch(1) { throw input.truncated }
    // SAFETY: both buffers outlive the call and are as long as they say.
    var source = unsafe ZSTD_inBuffer(src: input.base, size: input.count, pos: 0)
    var target = unsafe ZSTD_outBuffer(dst: output.next, size: output.free, pos: 0)
    let result = unsafe ZSTD_decompressStream(context.raw, &target, &source)
    if ZSTD_isError(result) != 0 {
      output.advance(unsafe target.pos)
      throw Self.error(result, at: input.position)
    }
    let written = unsafe target.pos
    wantsInput = unsafe target.pos < target.size
    output.advance(written)
    input.consume(unsafe source.pos)
    frameHadText = frameHadText || written > 0
    try meter.note(written, at: input.position)
    if result == 0 {
      stage = .boundary
      try emptyFrames.note(hadText: frameHadText, at: input.position)
    }
  }

  private static func error(_ result: Int, at position: UInt64) -> ArchiveError {
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_checksum_wrong: .corrupt(offset: position, .contentChecksum)
    case ZSTD_error_memory_allocation: .outOfMemory
    default: .corrupt(offset: position, .block)
    }
  }
}

extension StoredInput {
  /// The header of the zstd frame that starts here; nothing is consumed.
  fileprivate mutating func header() throws(ArchiveError) -> ZstdFrameHeader.Reading {
    _ = try fetch(ZstdFrameHeader.bytesMax)
    return ZstdFrameHeader.read(bytes)
  }
}
