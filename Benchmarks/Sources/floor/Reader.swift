import ByteBlocks
import Glibc

/// Reads a part of a log into blocks that end at a line end.
struct Reader: ~Copyable {
  /// The size of the product's own blocks.
  private static let blockBytes = 512 << 10

  private let log: LogFile
  private let end: Int
  private let pool = BlockPool(blocksMax: 1, textBytesMax: Reader.blockBytes)
  private var offset: Int
  private var carried: [UInt8] = []

  /// A reader of the bytes of `range`, which starts and ends at line starts.
  init(_ log: LogFile, range: Range<Int>) {
    self.log = log
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next block, or `nil` at the end.
  mutating func next() throws(FloorError) -> Block? {
    guard offset < end, var block = pool.take() else { return nil }
    let (descriptor, start, room) = (log.descriptor, offset, end - offset)
    var code: Int32 = 0
    block.append { target in
      // SAFETY: pread writes at most as many bytes as there is room for.
      let got = unsafe target.withUnsafeMutableBufferPointer { target in
        unsafe pread(descriptor, target.baseAddress, min(target.count, room), start)
      }
      if got <= 0 { code = got < 0 ? errno : EIO }
      return max(0, got)
    }
    if code != 0 { throw .cannotRead(offset: start, code: code) }
    offset += block.count
    block.prepend(carried.span)
    try carry(from: &block)
    return block
  }

  /// Keeps the unfinished last line for the next block.
  private mutating func carry(from block: inout Block) throws(FloorError) {
    carried.removeAll(keepingCapacity: true)
    guard offset < end else { return }
    let last = Self.behindLastLine(block)
    if last == block.start { throw .longLine(offset: offset - block.count) }
    for place in last..<block.end { carried.append(block.memoryBytes[place]) }
    block.dropLast(carried.count)
  }

  private static func behindLastLine(_ block: borrowing Block) -> Int {
    let memory = block.memoryBytes
    var last = block.end
    while last > block.start, memory[last - 1] != UInt8(ascii: "\n") { last -= 1 }
    return last
  }
}
