internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// What the words of action fields mean, each word judged once.
struct ActionWords: ~Copyable {
  private let blocked: [[UInt8]]
  private var table = DictionaryTable()
  private var codes = Buffer<UInt32>(count: 0)

  /// Words that are kept; behind them each occurrence is judged anew, so that hostile logs do not
  /// fill memory.
  private static let wordsMax = 1 << 12

  init(blocked: [String] = []) {
    self.blocked = blocked.map { Array($0.utf8) }
  }

  /// Reads a column of words: `blocked` wins over `allowed`, which wins over what was unknown.
  mutating func read(
    _ words: Span<FieldRange>, in block: borrowing Block, into actions: inout Buffer<UInt8>,
    at base: Int
  ) {
    if codes.count < words.count { codes = Buffer(count: words.count) }
    if table.find(words, in: block, values: &codes) > 0 { learn(words, in: block) }
    let codes = codes.span
    var target = actions.mutableSpan
    for record in words.indices {
      target[base + record] = max(target[base + record], UInt8(truncatingIfNeeded: codes[record]))
    }
  }

  private mutating func learn(_ words: Span<FieldRange>, in block: borrowing Block) {
    let bytes = block.memoryBytes
    for record in words.indices where codes[record] == DictionaryTable.absent {
      let word = bytes.extracting(Int(words[record].start)..<Int(words[record].end))
      let code = UInt32(meaning(of: word).rawValue)
      codes[record] = code
      if table.count < Self.wordsMax, word.count < 256 {
        _ = table.value(of: word) { code }
      }
    }
  }

  private func meaning(of word: Span<UInt8>) -> EventAction {
    if word.isEmpty || (word.count == 1 && word[0] == UInt8(ascii: "-")) { return .unknown }
    return blocked.contains { contains($0, in: word) } ? .blocked : .allowed
  }

  private func contains(_ needle: [UInt8], in word: Span<UInt8>) -> Bool {
    guard word.count >= needle.count else { return false }
    return (0...word.count - needle.count).contains { start in
      needle.indices.allSatisfy { word[start + $0] | 0x20 == needle[$0] }
    }
  }
}
