public import ByteBlocks
internal import CKernels

/// Short words, of which a log has few, and a code for each.
public struct WordTable: ~Copyable {
  /// The longest word that is kept.
  public static let wordBytesMax = Int(CK_WORD_MAX)
  /// Words that are kept. Behind them each occurrence is new, so that hostile logs fill no memory.
  public static let wordsMax = 512

  /// Number of words.
  public private(set) var count = 0
  /// Which words of the column that was looked up last are not here, in order.
  private var absent = Buffer<UInt32>(count: 0)
  /// One free place, until there is a word.
  private var table = Buffer<ck_word>(count: 1)

  /// No words.
  public init() {}

  /// Raises `codes`, from `base` on, to the codes of the words, where they are known.
  ///
  /// - Returns: how many are not; `absentPlace` says which.
  public mutating func find(
    _ words: Span<FieldRange>, in block: borrowing Block, raising codes: inout Buffer<UInt8>,
    at base: Int = 0
  ) -> Int {
    precondition(base >= 0 && codes.count >= base + words.count, "Fewer codes than words.")
    if absent.count < words.count { absent = Buffer(count: words.count) }
    // SAFETY: both targets have a place for every word; a block is padded; some places of the table
    // are free.
    return unsafe words.withKernelRanges { words, count in
      unsafe ck_words_find(
        block.bytes, words, count, table.address, table.count - 1, codes.address + base,
        absent.address)
    }
  }

  /// The code of a word; `nil` where it is not here.
  public func code(of word: FieldRange, in block: borrowing Block) -> UInt8? {
    precondition(Int(word.end) <= block.end, "A word of another block.")
    var range = ck_range(start: word.start, end: word.end)
    var (code, absent): (UInt8, UInt32) = (0, 0)
    // SAFETY: as in `find`, for a column of one word.
    let absentCount = unsafe ck_words_find(
      block.bytes, &range, 1, table.address, table.count - 1, &code, &absent)
    return absentCount == 0 ? code : nil
  }

  /// The place in its column of absent word `number`.
  public func absentPlace(_ number: Int) -> Int { Int(absent[number]) }

  /// Keeps a word of `block`, if it is short and there is room.
  public mutating func put(_ word: FieldRange, in block: borrowing Block, code: UInt8) {
    guard word.count <= Self.wordBytesMax, count < Self.wordsMax else { return }
    precondition(Int(word.end) <= block.end, "A word of another block.")
    if count == 0 { table = Buffer(count: 2 * Self.wordsMax) }
    // SAFETY: the word lies in the block, and half of the table is free.
    count += unsafe Int(
      ck_words_put(
        block.bytes, ck_range(start: word.start, end: word.end), code, table.address,
        table.count - 1))
  }
}
