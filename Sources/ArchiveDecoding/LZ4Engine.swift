import CLZ4
import Glibc

/// Decodes runs of lz4 frames, or of independent blocks inside one.
///
/// The frame format is read here, so that blocks go straight from the input into the text and each
/// error has its offset; the blocks themselves are decoded by liblz4. The content checksum of a
/// frame with linked blocks is verified here, right behind the decoder; that of a frame with
/// independent blocks, whose parts may be decoded by several threads, by the `TextAssembler`.
struct LZ4Engine: UnitEngine {
  private enum Stage {
    case boundary
    case block(LZ4Frame)
    /// Text of a block waits in the history's room.
    case waiting(LZ4Frame, Range<Int>)
  }

  private let unit: ArchiveUnit
  private let bench: Workbench
  private var stage: Stage
  private var history: LZ4History
  private var frameBytes: UInt64 = 0
  private var emptyFrames: EmptyFrames
  private var meter: RatioMeter

  init(_ unit: ArchiveUnit, _ limits: DecodingLimits, _ bench: Workbench) throws(ArchiveError) {
    self.unit = unit
    self.bench = bench
    // SAFETY: the bench is held by `self` and asked for this much memory only.
    history = try unsafe LZ4History(bench.scratch(LZ4History.bytesMax + (4 << 20)))
    stage = unit.frame.map { .block($0) } ?? .boundary
    // What an earlier unit decoded of the frame is not known here: it counts as one with text.
    frameBytes = unit.frame == nil ? 0 : 1
    emptyFrames = EmptyFrames(limits)
    meter = RatioMeter(at: unit.start, limits: limits)
  }

  mutating func fill(
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) -> Filled {
    defer {
      if history.save(from: output) { bench.noteScratch(LZ4History.bytesMax) }
    }
    while true {
      switch stage {
      case .boundary:
        switch try input.frameBoundary(of: .lz4, unitEnd: unit.end) {
        case .archiveEnd: return .ended(following: nil)
        case .unitEnd: return .ended(following: unit.following(at: input.position))
        case .frame(let magic): try begin(magic, &output, &input)
        }
      case .block(let frame):
        let block = try input.blockHeader()
        if block.isEndMark {
          try end(frame, &output, &input)
        } else if frame.isIndependent, input.position >= unit.end {
          return .ended(following: unit.following(at: input.position, frame: frame))
        } else if try !decode(block, of: frame, &output, &input) {
          return .full
        }
      case .waiting(let frame, let rest):
        if output.free == 0 { return .full }
        hand(rest, of: frame, to: &output)
      }
    }
  }

  private mutating func begin(
    _ magic: UInt32,
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) {
    let start = input.position
    if FrameMagic.isSkippable(magic) {
      try input.skipFrame()
      return try emptyFrames.note(hadText: false, at: input.position)
    }
    guard magic == FrameMagic.lz4 else {
      if magic == FrameMagic.zstd { throw .unsupported(offset: start, .mixedFrames) }
      if let format = FrameMagic.refusal(magic) { throw .unsupported(offset: start, format) }
      throw .trailingGarbage(offset: start)
    }
    _ = try input.fetch(LZ4FrameHeader.bytesMax)
    switch LZ4FrameHeader.read(input.bytes, at: start) {
    case .cutOff: throw input.truncated
    case .damaged(let damage): throw .corrupt(offset: start, damage)
    case .header(let header):
      if header.hasDictionary { throw .unsupported(offset: start, .lz4Dictionary) }
      input.consume(header.byteCount)
      stage = .block(header.frame)
      frameBytes = 0
      history.clear()
      if header.frame.isCheckedInOrder {
        let event = FrameCheck.Event.begins(hasChecksum: header.frame.hasContentChecksum)
        output.checks.append(FrameCheck(at: output.count, event: event))
      } else if header.frame.hasContentChecksum {
        try bench.checksum().checksum.reset()
      }
    }
  }

  /// Decodes one block.
  ///
  /// - Returns: `false` when the output has not enough room for it.
  private mutating func decode(
    _ block: LZ4BlockHeader,
    of frame: LZ4Frame,
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) -> Bool {
    let stored = block.storedBytes
    if stored > frame.blockBytesMax { throw .corrupt(offset: input.position, .block) }
    // An lz4 block grows at most 255-fold.
    let textMax = block.isStored ? stored : min(frame.blockBytesMax, stored * 255)
    let isDirect = textMax <= output.free
    // Better a block that is half full than text that is copied twice.
    if !isDirect, textMax <= output.blockBytesMax, output.free <= output.blockBytesMax / 2 {
      return false
    }
    let total = LZ4BlockHeader.byteCount + stored + (frame.hasBlockChecksums ? 4 : 0)
    guard try input.fetch(total) else { throw input.truncated }
    let written = try inflate(block, frame, input, isDirect ? textMax : nil, &output)
    input.consume(total)
    frameBytes += UInt64(written)
    try meter.note(written, at: input.position)
    return true
  }

  /// Decodes the block whose header stands at the start of `input`.
  ///
  /// It goes into `directMax` bytes of the output, or, if that is `nil`, into the history's room.
  private mutating func inflate(
    _ block: LZ4BlockHeader,
    _ frame: LZ4Frame,
    _ input: borrowing StoredInput,
    _ directMax: Int?,
    _ output: inout TextOutput
  ) throws(ArchiveError) -> Int {
    let dataEnd = LZ4BlockHeader.byteCount + block.storedBytes
    let data = input.bytes.extracting(LZ4BlockHeader.byteCount..<dataEnd)
    if frame.hasBlockChecksums,
      LZ4Checksum.of(data) != input.bytes.littleEndian32(at: dataEnd)
    {
      throw .corrupt(offset: input.position, .blockChecksum)
    }
    var dictionary = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    if !frame.isIndependent {
      if directMax == nil { _ = history.save(from: output) }
      unsafe dictionary = directMax == nil ? history.saved : history.dictionary(for: output)
    }
    let target = unsafe directMax == nil ? history.room : output.next
    let targetMax = directMax ?? frame.blockBytesMax
    // SAFETY: the source is the window of the input, the target is free for `targetMax` bytes, the
    // dictionary is text that stays in place during this call.
    let written = unsafe data.withUnsafeBufferPointer { source in
      if block.isStored {
        if let base = source.baseAddress { unsafe memcpy(target, base, source.count) }
        return source.count
      }
      return unsafe Int(
        LZ4_decompress_safe_usingDict(
          source.baseAddress,
          target,
          Int32(source.count),
          Int32(targetMax),
          dictionary.baseAddress,
          Int32(dictionary.count)
        )
      )
    }
    if written < 0 {
      if directMax == nil { bench.noteScratch(LZ4History.bytesMax + targetMax) }
      throw .corrupt(offset: input.position, .block)
    }
    let text = unsafe UnsafeRawBufferPointer(start: target, count: written)
    if !frame.isIndependent, frame.hasContentChecksum {
      unsafe try bench.checksum().checksum.update(text)
    }
    if directMax == nil {
      bench.noteScratch(LZ4History.bytesMax + written)
      if !frame.isIndependent { unsafe history.push(text) }
      stage = .waiting(frame, 0..<written)
    } else {
      output.advance(written)
      if !frame.isIndependent { history.grow(written) }
    }
    return written
  }

  /// Copies text that did not fit into an earlier output.
  private mutating func hand(
    _ rest: Range<Int>,
    of frame: LZ4Frame,
    to output: inout TextOutput
  ) {
    let count = min(rest.count, output.free)
    // SAFETY: `rest` lies in the room, `count` bytes are free in the output.
    unsafe memcpy(output.next, history.room + rest.lowerBound, count)
    output.advance(count)
    let left = rest.dropFirst(count)
    stage = left.isEmpty ? .block(frame) : .waiting(frame, left)
  }

  /// Reads the end mark and the content checksum behind it.
  private mutating func end(
    _ frame: LZ4Frame,
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) {
    let position = input.position
    let byteCount = LZ4BlockHeader.byteCount + (frame.hasContentChecksum ? 4 : 0)
    guard try input.fetch(byteCount) else { throw input.truncated }
    let checksum = frame.hasContentChecksum ? input.bytes.littleEndian32(at: 4) : nil
    input.consume(byteCount)
    if frame.isCheckedInOrder {
      let event = FrameCheck.Event.ends(
        offset: position,
        checksum: checksum,
        contentBytes: frame.contentBytes
      )
      output.checks.append(FrameCheck(at: output.count, event: event))
    } else {
      if let checksum, try bench.checksum().checksum.value != checksum {
        throw .corrupt(offset: position, .contentChecksum)
      }
      if let contentBytes = frame.contentBytes, contentBytes != frameBytes {
        throw .corrupt(offset: position, .contentSize)
      }
    }
    history.clear()
    stage = .boundary
    try emptyFrames.note(hadText: frameBytes > 0, at: input.position)
  }
}

extension StoredInput {
  /// The header of the lz4 block that starts here; nothing is consumed.
  fileprivate mutating func blockHeader() throws(ArchiveError) -> LZ4BlockHeader {
    guard try fetch(LZ4BlockHeader.byteCount) else { throw truncated }
    return LZ4BlockHeader(bytes.littleEndian32(at: 0))
  }
}

extension LZ4Frame {
  /// Whether the ordered side has something to check about the frame's text.
  var isCheckedInOrder: Bool { isIndependent && (hasContentChecksum || contentBytes != nil) }
}
