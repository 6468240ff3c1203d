internal import ByteKernels
internal import IdentityRules

/// Finds the name of a record's own user elsewhere in the record, as a word of its own.
enum OwnName {
  /// Shorter ones are too often something else.
  static let bytesMin = 4

  /// Adds an edit for each place outside of the fields in `kept` at which one of the name's
  /// spellings stands.
  static func find(
    _ spellings: [NameSpellings.Spelling], in text: Span<UInt8>, _ record: Range<Int>,
    but kept: KeptFields, _ pseudonym: UInt32, _ edits: inout TextEdits
  ) {
    var hasFirst = true
    for place in spellings.indices where hasFirst || !spellings[place].holdsFirst {
      let word = spellings[place].bytes
      let isThere = find(word.span, in: text, record, but: kept, pseudonym, &edits)
      if place == 0 { hasFirst = isThere }
    }
  }

  /// The same for one spelling.
  ///
  /// - Returns: whether it stands there.
  @discardableResult static func find(
    _ word: Span<UInt8>, in text: Span<UInt8>, _ record: Range<Int>, but kept: KeptFields,
    _ pseudonym: UInt32, _ edits: inout TextEdits
  ) -> Bool {
    var isThere = false
    var start = record.lowerBound
    while let range = first(word, in: text, record, from: start, but: kept) {
      edits.add(range, pseudonym)
      isThere = true
      start = range.lowerBound + 1
    }
    return isThere
  }

  /// The same in a text whose needless escapes are undone.
  static func find(
    _ word: Span<UInt8>, in undone: UnescapedText, _ text: Span<UInt8>, but kept: KeptFields,
    _ pseudonym: UInt32, _ edits: inout TextEdits
  ) {
    let bytes = undone.bytes.span
    guard word.count >= bytesMin else { return }
    var start = 0
    while let place = ByteSearch.word(word, in: bytes, bytes.indices, from: start) {
      let range = undone.range(place..<place + word.count)
      if !kept.keep(range, in: text) { edits.add(range, pseudonym) }
      start = place + 1
    }
  }

  /// The first place from `start` on at which a spelling stands outside of the fields in `kept`.
  static func first(
    _ word: Span<UInt8>, in text: Span<UInt8>, _ record: Range<Int>, from start: Int,
    but kept: KeptFields
  ) -> Range<Int>? {
    guard word.count >= bytesMin, record.count > word.count else { return nil }
    var start = start
    while let place = ByteSearch.word(word, in: text, record, from: start) {
      let range = place..<place + word.count
      if !kept.keep(range, in: text) { return range }
      start = place + 1
    }
    return nil
  }
}
