import ByteBlocks
import ByteKernels

/// Byte strings and their dense numbers, from 0 in the order of first sight.
struct Names: ~Copyable {
  private var table = DictionaryTable(seed: 1)
  /// The strings by their numbers.
  private(set) var strings = ByteStrings()

  /// Writes the number of every field.
  mutating func number(
    _ fields: Span<FieldRange>,
    in block: borrowing Block,
    into numbers: inout Buffer<UInt32>
  ) {
    guard table.find(fields, in: block, values: &numbers) > 0 else { return }
    let bytes = block.memoryBytes
    for record in fields.indices where numbers[record] == DictionaryTable.absent {
      let field = fields[record]
      numbers[record] = number(of: bytes.extracting(Int(field.start)..<Int(field.end)))
    }
  }

  /// The numbers here of all that `other` knows, by their numbers there.
  mutating func numbers(of other: borrowing Names) -> [UInt32] {
    var numbers: [UInt32] = []
    for string in 0..<other.strings.count {
      numbers.append(number(of: other.strings.span(string)))
    }
    return numbers
  }

  private mutating func number(of string: Span<UInt8>) -> UInt32 {
    let next = UInt32(strings.count)
    let number = table.value(of: string) { next }
    if number == next { strings.append(bytes: string) }
    return number
  }
}

/// What words of the action mean: 1 is allowed, 2 is blocked.
struct ActionCodes: ~Copyable {
  private var table = WordTable()

  mutating func read(
    _ fields: Span<FieldRange>,
    in block: borrowing Block,
    into actions: inout Buffer<UInt8>
  ) {
    actions.fill(byte: 0)
    let absentCount = table.find(fields, in: block, raising: &actions)
    let bytes = block.memoryBytes
    for number in 0..<absentCount {
      let place = table.absentPlace(number)
      let field = fields[place]
      let word = bytes.extracting(Int(field.start)..<Int(field.end))
      actions[place] = Self.isDenied(word) ? 2 : 1
      table.put(field, in: block, code: actions[place])
    }
  }

  private static func isDenied(_ word: Span<UInt8>) -> Bool {
    let denied: [UInt8] = Array("DENIED".utf8)
    return word.count == denied.count && denied.indices.allSatisfy { word[$0] == denied[$0] }
  }
}
