import ArchiveDecoding
import ByteBlocks
import Testing

/// Blocks start and end at line ends, whatever the lines and blocks are.
@Suite struct LineTests {
  static let blockBytes = 64 << 10

  /// Lengths of lines, without newlines.
  static let lineLengths: [[Int]] = [
    [], [0], [0, 0, 0], [1], [blockBytes - 1], [blockBytes], [blockBytes + 1],
    [blockBytes - 2, 0, 1], [blockBytes - 1, 0], [10, blockBytes - 12, 5],
    [1 << 20], [(1 << 20) + 1], [5 << 20], [5, 1 << 20, 5], [5, (1 << 20) + 1, 5],
    [5, 5 << 20, 7, 5 << 20, 9], [5 << 20, 5 << 20, 1], [(1 << 20) - 1, 1 << 20, (1 << 20) + 1],
    [3, 70_000, 140_000, 0, 300_000, 1_048_570, 12],
  ]

  @Test(arguments: lineLengths, [true, false]) func linesAreWhole(
    lengths: [Int],
    endsWithNewline: Bool
  ) throws {
    var text: [UInt8] = []
    for (index, length) in lengths.enumerated() {
      text += [UInt8](repeating: UInt8(97 + index), count: length)
      if index < lengths.count - 1 || endsWithNewline { text.append(10) }
    }
    let expected = expectedText(text).summary
    for blockBytes in [1000, Self.blockBytes, 1 << 20] where blockBytes > 1000 || text.count < 5000
    {
      let got = try decode(MemoryArchive(text), blockBytes: blockBytes)
      #expect(got == expected, "blocks of \(blockBytes)")
    }
    let pieces = try decodeByUnits(MemoryArchive(text, readMax: 10_007), seed: 9).0
    #expect(pieces == expected)
  }

  @Test func randomLinesAndBlocks() throws {
    for seed in 0..<60 as Range<UInt64> {
      var random = SeededNumbers(state: seed)
      var text: [UInt8] = []
      for _ in 0..<random.next() % 40 {
        let length = Int(random.next() % (random.next() % 4 == 0 ? 9000 : 60))
        text += [UInt8](repeating: UInt8(97 + random.next() % 26), count: length)
        if random.next() % 8 > 0 { text.append(10) }
      }
      let got = try decode(
        MemoryArchive(text, readMax: 1234),
        blockBytes: 1 + Int(random.next() % 5000)
      )
      #expect(got == expectedText(text).summary, "seed \(seed)")
    }
  }

  @Test func onlyTheLastBlockMayEndInsideALine() throws {
    let blocks = BlockPool(blocksMax: 2, textBytesMax: 4)
    var reader = try ArchiveReader(
      MemoryArchive(Array("ab\ncd\nefghij".utf8)),
      decoders: DecoderPool(),
      blocks: blocks
    )
    var ends: [Bool] = []
    while let assembled = try reader.next() { ends.append(assembled.endsWithNewline) }
    #expect(ends == [true, true, false])
  }

  @Test func blocksGoBackToTheirPool() throws {
    let blocks = BlockPool(blocksMax: 1, textBytesMax: 1 << 16)
    let decoders = DecoderPool()
    for _ in 0..<20 {
      var reader = try ArchiveReader(
        MemoryArchive(seededText(200_000)),
        decoders: decoders,
        blocks: blocks
      )
      while let assembled = try reader.next() { _ = assembled.block.count }
      _ = reader.finish()
    }
    #expect(blocks.freeCount == 1)
    #expect(decoders.idleCount == 1)
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) {
      let assembler = try TextAssembler()
      _ = assembler.finish()
    }
    await #expect(processExitsWith: .failure) {
      let pool = BlockPool(blocksMax: 2, textBytesMax: 8)
      guard let first = pool.take(), let second = pool.take() else { return }
      var assembler = try TextAssembler()
      _ = try assembler.accept(DecodedBlock(first), isLast: true)
      _ = try assembler.accept(DecodedBlock(second))
    }
    await #expect(processExitsWith: .failure) {
      let pool = BlockPool(blocksMax: 2, textBytesMax: 8)
      let source = MemoryArchive([10])
      let unit = ArchiveUnit.first(of: source, codec: .plain)
      var decoder = try UnitDecoder(source, codec: .plain, unit: unit, pool: DecoderPool())
      guard let block = pool.take() else { return }
      var decoded = DecodedBlock(block)
      _ = try decoder.fill(&decoded)
      _ = try decoder.fill(&decoded)
    }
    await #expect(processExitsWith: .failure) {
      _ = try StoredHasher(MemoryArchive([], isStream: true))
    }
  }
}

/// What is left of a text in memory that goes back to a pool.
@Suite struct WipingTests {
  @Test(arguments: [
    ("zstd", ["-c"]), ("lz4", ["-c", "-BI"]), ("lz4", ["-c", "-BD"]), ("gzip", ["-c"]),
  ])
  func failedBlocksAreWipedToo(tool: String, options: [String]) throws {
    let text = seededText(30_000)
    var stored = try #require(try run(tool, options, input: text))
    for index in stored.count / 2..<stored.count / 2 + 40 { stored[index] ^= 0x5A }
    let blocks = BlockPool(blocksMax: 1, textBytesMax: 1 << 20)
    #expect(throws: ArchiveError.self) {
      var reader = try ArchiveReader(
        MemoryArchive(stored),
        decoders: DecoderPool(),
        blocks: blocks
      )
      while let assembled = try reader.next() { _ = assembled.block.count }
    }
    var block = try taken(from: blocks)
    var left = 0
    block.append { free in
      for index in free.indices where free[index] != 0 { left += 1 }
      return 0
    }
    #expect(left == 0)
  }

  private struct PoolEmpty: Error {}

  private func taken(from pool: BlockPool) throws -> Block {
    guard let block = pool.take() else { throw PoolEmpty() }
    return block
  }
}
