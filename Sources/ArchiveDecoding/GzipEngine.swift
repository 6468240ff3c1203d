import CISAL
import Glibc

/// Decodes runs of gzip members (RFC 1952).
///
/// Header and trailer are read here, the deflate data between them by ISA-L. Zero bytes up to the
/// end of the archive are padding, as `gzip` takes them; anything else behind a member is not.
struct GzipEngine: UnitEngine {
  private enum Stage {
    case boundary
    case extraField(flags: UInt8)
    case strings(count: Int, flags: UInt8)
    case headerChecksum(flags: UInt8)
    case body
    case trailer
  }

  private let unit: ArchiveUnit
  private let context: InflateContext
  private var stage = Stage.boundary
  /// Whether ISA-L has given out all the text it can without more input.
  private var wantsInput = true
  /// Bytes of text of the current member.
  private var memberBytes: UInt64 = 0
  private var emptyFrames: EmptyFrames
  private var meter: RatioMeter

  init(_ unit: ArchiveUnit, _ limits: DecodingLimits, _ bench: Workbench) throws(ArchiveError) {
    self.unit = unit
    context = try bench.inflate()
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
        guard try input.fetch(1) else { return .ended(following: nil) }
        if input.position >= unit.end {
          return .ended(following: unit.following(at: input.position))
        }
        if input.position > 0, input.bytes[0] == 0 {
          try skipPadding(&input)
          return .ended(following: nil)
        }
        try begin(&input)
      case .body:
        if output.free == 0 { return .full }
        try inflate(&output, &input)
      case .trailer: try checkTrailer(&input)
      default: try readHeader(&input)
      }
    }
  }

  private func skipPadding(_ input: inout StoredInput) throws(ArchiveError) {
    let start = input.position
    while try input.fetch(1) {
      guard input.bytes.count(of: 0) == input.count else { throw .trailingGarbage(offset: start) }
      input.consume(input.count)
    }
  }

  private mutating func begin(_ input: inout StoredInput) throws(ArchiveError) {
    let isWhole = try input.fetch(10)
    let start = input.position
    guard input.bytes[0] == 0x1f, input.count < 2 || input.bytes[1] == 0x8b else {
      throw .trailingGarbage(offset: start)
    }
    if input.count > 2, input.bytes[2] != 8 { throw .unsupported(offset: start, .gzipMethod) }
    guard isWhole else { throw input.truncated }
    let flags = input.bytes[3]
    if flags & 0xE0 != 0 { throw .corrupt(offset: start, .frameHeader) }
    input.consume(10)
    stage = .extraField(flags: flags)
  }

  private mutating func readHeader(_ input: inout StoredInput) throws(ArchiveError) {
    switch stage {
    case .extraField(let flags):
      if flags & 4 != 0 {
        guard try input.fetch(2) else { throw input.truncated }
        try input.skip(2 + input.bytes.littleEndian(at: 0, count: 2))
      }
      stage = .strings(count: (flags & 0x18).nonzeroBitCount, flags: flags)
    case .strings(let count, let flags):
      if count > 0 { try skipString(&input) }
      stage = count > 1 ? .strings(count: count - 1, flags: flags) : .headerChecksum(flags: flags)
    case .headerChecksum(let flags):
      if flags & 2 != 0 { try input.skip(2) }
      context.reset()
      stage = .body
      wantsInput = true
      memberBytes = 0
    default: break
    }
  }

  /// Moves past a file name or comment and the zero byte that ends it.
  private func skipString(_ input: inout StoredInput) throws(ArchiveError) {
    while true {
      guard try input.fetch(1) else { throw input.truncated }
      let length = input.bytes.countBefore(0)
      if length < input.count { return input.consume(length + 1) }
      input.consume(length)
    }
  }

  private mutating func inflate(
    _ output: inout TextOutput,
    _ input: inout StoredInput
  ) throws(ArchiveError) {
    if wantsInput, input.count == 0, try !input.fetch(1) { throw input.truncated }
    let offered = input.count
    let room = min(output.free, Int(Int32.max))
    let state = unsafe context.raw
    // SAFETY: both buffers outlive the call and are as long as they say; ISA-L only reads
    // `next_in`.
    unsafe state.pointee.next_in = UnsafeMutablePointer(mutating: input.base)
    unsafe state.pointee.avail_in = UInt32(offered)
    unsafe state.pointee.next_out = output.next.assumingMemoryBound(to: UInt8.self)
    unsafe state.pointee.avail_out = UInt32(room)
    let result = unsafe isal_inflate(state)
    let written = room - Int(unsafe state.pointee.avail_out)
    output.advance(written)
    if result != ISAL_DECOMP_OK { throw .corrupt(offset: input.position, .block) }
    input.consume(offered - Int(unsafe state.pointee.avail_in))
    wantsInput = unsafe state.pointee.avail_out > 0
    memberBytes += UInt64(written)
    try meter.note(written, at: input.position)
    if unsafe state.pointee.block_state == ISAL_BLOCK_FINISH {
      // Whole bytes that ISA-L took from the input and did not need.
      input.unread(Int(unsafe state.pointee.read_in_length) / 8)
      stage = .trailer
    }
  }

  private mutating func checkTrailer(_ input: inout StoredInput) throws(ArchiveError) {
    let position = input.position
    guard try input.fetch(8) else { throw input.truncated }
    let checksum = input.bytes.littleEndian32(at: 0)
    let size = input.bytes.littleEndian32(at: 4)
    let expected = unsafe context.raw.pointee.crc
    if checksum != expected {
      throw .corrupt(offset: position, .contentChecksum)
    }
    if size != UInt32(truncatingIfNeeded: memberBytes) {
      throw .corrupt(offset: position + 4, .contentSize)
    }
    input.consume(8)
    stage = .boundary
    try emptyFrames.note(hadText: memberBytes > 0, at: input.position)
  }
}

extension Span<UInt8> {
  /// How many of the bytes are `byte`.
  fileprivate func count(of byte: UInt8) -> Int {
    var count = 0
    for index in indices where self[index] == byte { count += 1 }
    return count
  }

  /// Bytes in front of the first `byte`, or all.
  fileprivate func countBefore(_ byte: UInt8) -> Int {
    var count = 0
    while count < self.count, self[count] != byte { count += 1 }
    return count
  }
}
