/// Finds the units of an archive ahead of its decoding, so that several can be decoded at once.
///
/// It reads only the headers of frames and blocks, and of gzip archives the bytes once, in
/// search of
/// what looks like the start of a member. What it finds is a guess, and it never fails: where the
/// stored bytes make no sense it finds nothing more. A unit counts only if it equals what the
/// decoder of the unit before it names as `following`. Otherwise throw away all units found ahead
/// with all they gave, errors included, and call `restart(at:)` with that unit: then text and
/// errors
/// are those of decoding the archive from start to end.
package struct UnitScanner: ~Copyable {
  /// What a step of the search gave.
  package enum Found: Equatable, Sendable {
    /// The next unit.
    case unit(ArchiveUnit)
    /// Nothing up to the limit. Ask again with a higher one.
    case nothingYet
    /// There are no more units.
    case end
  }

  private let source: any StoredBytes
  private let codec: Codec
  /// The next unit to give out, where it is known.
  private var ready: ArchiveUnit?
  /// The unit given out last.
  private var last: ArchiveUnit
  private var walk: Walk
  private var window: [UInt8] = []

  /// Where the search stands.
  private struct Walk {
    var position: UInt64
    var frame = Frame.none
    var isOver = false

    enum Frame {
      case none
      case zstd(hasChecksum: Bool)
      case lz4(LZ4Frame)
    }
  }

  /// Starts at the first byte of `source`.
  package init(_ source: any StoredBytes, codec: Codec) {
    self.source = source
    self.codec = codec
    let first = ArchiveUnit.first(of: source, codec: codec)
    ready = first
    last = first
    walk = Walk(position: 0)
  }

  /// Goes on behind `unit`, whatever was found before; `unit` itself is given out first.
  package mutating func restart(at unit: ArchiveUnit) { ready = unit }

  /// Looks for the next unit.
  ///
  /// - Parameter limit: offset to stop at, so that a long frame is not read far ahead of its
  ///   decoder. The search goes on from there when asked again.
  /// - Returns: the next unit, or why there is none.
  package mutating func next(lookingUpTo limit: UInt64 = .max) -> Found {
    while true {
      if let unit = ready ?? unitHere() {
        give(unit)
        return .unit(unit)
      }
      if walk.isOver { return .end }
      if walk.position >= limit { return .nothingYet }
      do throws(ArchiveError) {
        try step()
      } catch {
        walk.isOver = true
      }
    }
  }

  /// Makes `unit` the last one given out; the search goes on behind its start.
  private mutating func give(_ unit: ArchiveUnit) {
    ready = nil
    last = unit
    walk = Walk(position: unit.start, frame: unit.frame.map { .lz4($0) } ?? .none)
    walk.isOver = unit.end == .max
    if codec == .gzip, !walk.isOver { walk.position = unit.end }
  }

  /// The unit that starts where the search stands, if one may.
  private func unitHere() -> ArchiveUnit? {
    guard codec != .gzip, !walk.isOver, walk.position >= last.end, let byteCount = source.byteCount,
      walk.position < byteCount
    else { return nil }
    guard case .none = walk.frame else { return nil }
    return last.following(at: walk.position)
  }

  private mutating func step() throws(ArchiveError) {
    switch (codec, walk.frame) {
    case (.plain, _): walk.isOver = true
    case (.gzip, _): try searchMember()
    case (_, .none): try enterFrame()
    case (_, .zstd(let hasChecksum)): try passZstdBlock(hasChecksum)
    case (_, .lz4(let frame)): try passLZ4Block(frame)
    }
  }

  private mutating func enterFrame() throws(ArchiveError) {
    let bytes = try source.bytes(at: walk.position, count: LZ4FrameHeader.bytesMax)
    walk.isOver = true  // Unless a frame is found.
    guard bytes.count >= 7 else { return }
    let magic = bytes.span.littleEndian32(at: 0)
    if FrameMagic.isSkippable(magic), bytes.count >= 8 {
      move(by: 8 + UInt64(bytes.span.littleEndian32(at: 4)), in: .none)
    } else if magic == FrameMagic.zstd, codec == .zstd {
      guard case .header(let header) = ZstdFrameHeader.read(bytes.span) else { return }
      move(by: UInt64(header.byteCount), in: .zstd(hasChecksum: header.hasChecksum))
    } else if magic == FrameMagic.lz4, codec == .lz4 {
      let reading = LZ4FrameHeader.read(bytes.span, at: walk.position)
      guard case .header(let header) = reading else { return }
      move(by: UInt64(header.byteCount), in: .lz4(header.frame))
    }
  }

  private mutating func passZstdBlock(_ hasChecksum: Bool) throws(ArchiveError) {
    let bytes = try source.bytes(at: walk.position, count: 3)
    walk.isOver = true
    guard bytes.count == 3 else { return }
    let header = bytes.span.littleEndian(at: 0, count: 3)
    let type = header >> 1 & 3
    if type == 3 { return }  // Reserved.
    let stored = type == 1 ? 1 : header >> 3  // A run is stored as one byte.
    let isLast = header & 1 == 1
    move(
      by: 3 + stored + (isLast && hasChecksum ? 4 : 0),
      in: isLast ? .none : .zstd(hasChecksum: hasChecksum)
    )
  }

  private mutating func passLZ4Block(_ frame: LZ4Frame) throws(ArchiveError) {
    let bytes = try source.bytes(at: walk.position, count: LZ4BlockHeader.byteCount)
    guard bytes.count == LZ4BlockHeader.byteCount else { return walk.isOver = true }
    let block = LZ4BlockHeader(bytes.span.littleEndian32(at: 0))
    if frame.isIndependent, !block.isEndMark, walk.position >= last.end {
      return ready = last.following(at: walk.position, frame: frame)
    }
    if block.isEndMark {
      return move(by: frame.hasContentChecksum ? 8 : 4, in: .none)
    }
    move(by: UInt64(4 + block.storedBytes + (frame.hasBlockChecksums ? 4 : 0)), in: .lz4(frame))
  }

  private mutating func move(by count: UInt64, in frame: Walk.Frame) {
    walk.position += count
    walk.frame = frame
    walk.isOver = walk.position >= source.byteCount ?? 0
  }

  private func read(into window: inout [UInt8]) throws(ArchiveError) -> Int {
    var span = window.mutableSpan
    return try source.read(at: walk.position, into: &span)
  }

  /// Looks through the next piece of a gzip archive.
  private mutating func searchMember() throws(ArchiveError) {
    if window.isEmpty { window = [UInt8](repeating: 0, count: StoredInput.chunkBytes) }
    // Taken out, so that it can be written to while the rest of `self` is used.
    var window = exchange(&self.window, with: [])
    defer { self.window = window }
    let received = try read(into: &window)
    if let found = GzipMemberSearch.first(in: window.span.extracting(0..<received)) {
      walk.position += UInt64(found)
      ready = last.following(at: walk.position)
    } else if received < GzipMemberSearch.headerBytes {
      walk.isOver = true
    } else {
      // The start of a header may hide in the last bytes.
      walk.position += UInt64(received - GzipMemberSearch.headerBytes + 1)
    }
  }
}
