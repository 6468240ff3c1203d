package import ByteBlocks
internal import Foundation

/// A pool that should have had a block gave none.
package struct NoBlock: Error {}

/// Where short texts get their blocks: mapping fresh memory for each of many would take long.
private let smallPool = BlockPool(blocksMax: 1 << 16, textBytesMax: 1 << 13)

/// A block with `text`; `behind` stands behind it and must not matter.
///
/// The first `carried` bytes come in front, as those of a line carried over do.
package func makeBlock(
  _ text: [UInt8],
  carried: Int = 0,
  behind: UInt8 = UInt8(ascii: "\"")
) throws -> Block {
  let needed = text.count + 2 * Block.paddingBytes
  let pool =
    needed <= smallPool.textBytesMax ? smallPool : BlockPool(blocksMax: 1, textBytesMax: needed)
  guard var block = pool.take() else { throw NoBlock() }
  let own = text[carried...]
  block.append { free in
    for (place, byte) in own.enumerated() { free[place] = byte }
    for place in own.count..<own.count + Block.paddingBytes { free[place] = behind }
    return own.count
  }
  let front = Array(text[..<carried])
  block.prepend(front.span)
  return block
}

/// A block with the UTF-8 of `text`.
package func makeBlock(_ text: String) throws -> Block { try makeBlock(Array(text.utf8)) }

extension Span<UInt8> {
  /// A copy.
  package var array: [UInt8] { indices.map { self[$0] } }
}

extension Block {
  /// A copy of a field.
  package borrowing func bytes(of range: FieldRange) -> [UInt8] {
    memoryBytes.extracting(Int(range.start)..<Int(range.end)).array
  }
}

extension Buffer {
  /// A copy of the first `count` elements.
  package borrowing func first(_ count: Int) -> [Element] { (0..<count).map { self[$0] } }
}

/// Several fields side by side in one block, with bytes between them that must not matter.
package struct FieldColumn: ~Copyable {
  package let block: Block
  package let ranges: [FieldRange]

  /// `fields` in one block; `between` stands before and behind every one.
  package init(_ fields: [[UInt8]], between: [UInt8] = [0x39, 0x20]) throws {
    var text = between
    var ranges: [FieldRange] = []
    for field in fields {
      let start = Block.headroomBytes + text.count
      ranges.append(FieldRange(start: UInt32(start), end: UInt32(start + field.count)))
      text += field + between
    }
    block = try makeBlock(text)
    self.ranges = ranges
  }

  /// The fields with the UTF-8 of `fields`.
  package init(_ fields: [String]) throws { try self.init(fields.map { Array($0.utf8) }) }
}

/// The bytes of a file of the repository.
package func repositoryFile(_ path: String) throws -> [UInt8] {
  var root = URL(filePath: #filePath)
  for _ in 0..<4 { root.deleteLastPathComponent() }
  return Array(try Data(contentsOf: root.appending(path: path)))
}
