public import ByteBlocks
internal import CKernels

/// How the fields of delimited text are told apart.
public struct Dialect: Equatable, Sendable {
  /// Stands between fields.
  public var separator: UInt8
  /// Toggles quoting; separators inside of quotes are text.
  public var quote: UInt8?
  /// Whether a run of separators is one.
  public var collapses: Bool

  /// A dialect; without a quote no byte is special but the separator.
  public init(separator: UInt8, quote: UInt8? = nil, collapses: Bool = false) {
    self.separator = separator
    self.quote = quote
    self.collapses = collapses
  }

  var kernel: ck_dialect {
    ck_dialect(separator: separator, quote: quote ?? separator, collapses: collapses ? 1 : 0)
  }
}

/// Where the separators and the line ends of a block are.
///
/// Made once per worker and filled again for every block; its memory is as long as the worst
/// block needs and costs what the longest one so far touched.
public struct TextIndex: ~Copyable {
  /// Set in an entry of `lineEnds` whose line has an odd number of quotes.
  public static let oddQuotes: UInt32 = CK_ODD_QUOTES

  /// For every line the place of its newline among the positions.
  public private(set) var lineEnds: Buffer<UInt32>
  /// Number of positions.
  public private(set) var positionCount = 0
  /// Entries of `lineEnds` in use: lines in the block.
  public private(set) var lineCount = 0
  /// Whether the text holds a NUL byte, which no log has.
  public private(set) var hasNUL = false

  /// The positions, behind one that stands for a newline before the text.
  private var entries: Buffer<UInt32>
  private let level: KernelLevel

  /// An index that is filled by the kernels of `level`.
  public init(level: KernelLevel = .best) {
    self.level = level
    entries = Buffer(count: 0)
    lineEnds = Buffer(count: 0)
  }

  /// Finds the structure of `block`'s text.
  ///
  /// - Complexity: one pass over the text; no allocation once the index has grown.
  public mutating func fill(from block: borrowing Block, dialect: Dialect) {
    let needed = block.count + Block.paddingBytes + 1
    if entries.count < needed {
      entries = Buffer(count: needed)
      lineEnds = Buffer(count: needed)
    }
    // SAFETY: both targets have an entry for every byte of text and 64 more, the positions one in
    // front of them, and a block is padded as the kernel asks.
    let counts = unsafe ck_index_delimited(
      level.kernel, block.bytes, UInt32(block.start), UInt32(block.end), dialect.kernel,
      entries.address + 1, lineEnds.address)
    positionCount = counts.positions
    lineCount = counts.lines
    hasNUL = counts.has_nul != 0
  }

  /// Offset of a separator outside of quotes, or of a newline; in order.
  public func position(_ place: Int) -> Int { Int(entries[place + 1]) }

  /// Offset of the newline of line `line`, or of the end of the text where it has none.
  public func lineEnd(_ line: Int) -> Int {
    position(Int(lineEnds[line] & ~Self.oddQuotes))
  }

  /// Offset of the first byte of line `line` of the block that this index was filled from.
  public func lineStart(_ line: Int, blockStart: Int) -> Int {
    line == 0 ? blockStart : lineEnd(line - 1) + 1
  }

  /// The index as the kernels know it.
  var kernel: ck_index {
    unsafe ck_index(positions: entries.address + 1, line_ends: lineEnds.address)
  }
}

extension Block {
  /// The memory as the kernels know it.
  var bytes: UnsafePointer<UInt8> {
    unsafe UnsafePointer(memory.assumingMemoryBound(to: UInt8.self))
  }

  /// Offsets of the lines that start with `first`, at most `room`.
  ///
  /// - Complexity: one pass over the text.
  public borrowing func linesStarting(
    with first: UInt8, room: Int, level: KernelLevel = .best
  ) -> [Int] {
    let found = unsafe [UInt32](unsafeUninitializedCapacity: room) { target, count in
      // SAFETY: the kernel stops at `room`; a block is padded.
      count = unsafe ck_lines_starting_with(
        level.kernel, bytes, UInt32(start), UInt32(end), first, target.baseAddress, room)
    }
    return found.map(Int.init)
  }
}
