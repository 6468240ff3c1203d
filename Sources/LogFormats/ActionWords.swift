internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// What the words of action fields mean, each word judged once.
struct ActionWords: ~Copyable {
  private let blocked: [[UInt8]]
  private var table = WordTable()

  init(blocked: [String] = []) {
    self.blocked = blocked.map { Array($0.utf8) }
  }

  /// Reads a column of words: `blocked` wins over `allowed`, which wins over what was unknown.
  mutating func read(
    _ words: Span<FieldRange>, in block: borrowing Block, into actions: inout Buffer<UInt8>,
    at base: Int
  ) {
    let absentCount = table.find(words, in: block, raising: &actions, at: base)
    let bytes = block.memoryBytes
    for number in 0..<absentCount {
      let place = table.absentPlace(number)
      let word = words[place]
      let code = meaning(of: bytes.extracting(Int(word.start)..<Int(word.end))).rawValue
      actions[base + place] = max(actions[base + place], code)
      table.put(word, in: block, code: code)
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
