internal import ByteBlocks
internal import ByteKernels
internal import IdentityRules
internal import Pseudonymisation
internal import VeiledRecords

/// A column of a block as it is shown; each distinct field is written once.
struct ShownColumn: ~Copyable {
  /// What fields are remembered up to: behind it the column starts afresh with the next block.
  static let byteCountMax = 16 << 20

  private var table = DictionaryTable()
  private var texts = ByteStrings()
  private var numbers = Buffer<UInt32>(count: 0)

  /// Writes the fields of a block.
  ///
  /// - Parameters:
  ///   - fields: one a record.
  ///   - write: adds the value of a field to the text, in the style of the row.
  mutating func fill(
    _ fields: Span<FieldRange>, in block: borrowing Block,
    _ write: (Span<UInt8>, inout [UInt8]) -> Void
  ) {
    if table.byteCount + texts.byteCount > Self.byteCountMax { forget() }
    if numbers.count < fields.count { numbers = Buffer(count: fields.count) }
    guard table.find(fields, in: block, values: &numbers) > 0 else { return }
    let bytes = block.memoryBytes
    for record in fields.indices where numbers[record] == DictionaryTable.absent {
      let field = bytes.extracting(Int(fields[record].start)..<Int(fields[record].end))
      let next = UInt32(texts.count)
      let number = table.value(of: field) { next }
      numbers[record] = number
      guard number == next else { continue }
      var text: [UInt8] = []
      write(field, &text)
      texts.append(bytes: text)
    }
  }

  /// The value of a record of the last block.
  subscript(record: Int) -> ArraySlice<UInt8> { texts[Int(numbers[record])] }

  private mutating func forget() {
    table = DictionaryTable()
    texts = ByteStrings()
  }
}

/// What stands in a field, as a value of a row.
struct FieldWriter {
  let style: RowStyle
  let canonical: CanonicalNames

  /// An address in its canonical text; null for what is none.
  func address(_ field: Span<UInt8>, _ text: inout [UInt8]) { name(field, .ip, &text) }

  /// A machine's name in its canonical form; null for what names none.
  func device(_ field: Span<UInt8>, _ text: inout [UInt8]) { name(field, .machine, &text) }

  /// A user's name in its canonical form; null for what names nobody.
  func user(_ field: Span<UInt8>, _ text: inout [UInt8]) { name(field, .user, &text) }

  /// A user's name as the log has it; null for what names nobody.
  func rawUser(_ field: Span<UInt8>, _ text: inout [UInt8]) {
    var name: [UInt8] = []
    if canonical.canonicalise(field, kind: .user, into: &name) == .name {
      style.append(field, to: &text)
    } else {
      text += style.null
    }
  }

  /// A request method; null for any other word, which may be a name.
  func method(_ field: Span<UInt8>, _ text: inout [UInt8]) {
    if RequestMethod.isKnown(field) {
      style.append(field, to: &text)
    } else {
      text += style.null
    }
  }

  /// An HTTP status, also behind the slash of Squid's `TCP_MISS/200`; 0 means that nothing
  /// was sent.
  func status(_ field: Span<UInt8>, _ text: inout [UInt8]) {
    var value = 0
    var start = field.count
    while start > 0, field[start - 1] != UInt8(ascii: "/") { start -= 1 }
    let digits = start..<field.count
    guard (1...3).contains(digits.count) else { return text += style.null }
    for index in digits {
      guard field[index] &- UInt8(ascii: "0") < 10 else { return text += style.null }
      value = value * 10 + Int(field[index] - UInt8(ascii: "0"))
    }
    text += value == 0 ? style.null : Array(String(value).utf8)
  }

  /// A name in its canonical form; a pseudonym stays what it is.
  private func name(_ field: Span<UInt8>, _ kind: IdentityKind, _ text: inout [UInt8]) {
    var name: [UInt8] = []
    if PseudonymText.looksLikeOne(field) {
      style.append(field, to: &text)
    } else if canonical.canonicalise(field, kind: kind, into: &name) == .name {
      style.append(name.span, to: &text)
    } else {
      text += style.null
    }
  }
}
