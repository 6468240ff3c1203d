import ByteBlocks
import Testing

@Suite struct BlockTests {
  @Test func textIsCarriedInFront() throws {
    let pool = BlockPool(blocksMax: 2, textBytesMax: 16)
    var block = try take(pool)
    block.append { free in
      for index in 0..<4 { free[index] = UInt8(ascii: "b") }
      return 4
    }
    let carried: [UInt8] = Array("aa".utf8)
    block.prepend(carried.span)
    #expect(text(block) == "aabbbb")
    block.dropFirst(1)
    block.dropLast(2)
    #expect(text(block) == "abb")
  }

  @Test func poolIsBoundedAndBlocksReturnWiped() throws {
    let pool = BlockPool(blocksMax: 1, textBytesMax: 8)
    do {
      var block = try take(pool)
      block.append { free in
        for index in 0..<8 { free[index] = 7 }
        return 8
      }
      #expect(pool.freeCount == 0)
      #expect(throws: PoolEmpty.self) { _ = try take(pool) }
    }
    #expect(pool.freeCount == 1)
    var again = try take(pool)
    again.append { free in
      for index in 0..<8 { #expect(free[index] == 0) }
      return 0
    }
  }

  @Test func overfillingTraps() async {
    await #expect(processExitsWith: .failure) {
      let pool = BlockPool(blocksMax: 1, textBytesMax: 8)
      if var block = pool.take() { block.append { _ in 9 } }
    }
  }

  private struct PoolEmpty: Error {}

  private func take(_ pool: BlockPool) throws -> Block {
    guard let block = pool.take() else { throw PoolEmpty() }
    return block
  }

  private func text(_ block: borrowing Block) -> String {
    var bytes: [UInt8] = []
    let span = block.text
    for index in span.indices { bytes.append(span[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
