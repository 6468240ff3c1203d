internal import ByteBlocks
internal import ByteKernels
internal import IdentityRules
internal import LogFormats
internal import VeiledRecords

/// The line of a text that somebody wants to be explained.
package enum WantedLine: Sendable, Equatable {
  /// By its number, from 1.
  case line(Int)
  /// By the offset of any of its bytes in the decompressed text.
  case offset(Int)

  var line: Int? { if case .line(let line) = self { line } else { nil } }
  var offset: Int? { if case .offset(let offset) = self { offset } else { nil } }

  /// Its place among the lines of a block, or `nil` when it lies elsewhere.
  func place(
    in lineStarts: [Int], _ linesBefore: Int, _ textOffset: Int, _ byteCount: Int
  ) -> Int? {
    switch self {
    case .line(let line):
      let place = line - linesBefore - 1
      return lineStarts.indices.contains(place) ? place : nil
    case .offset(let offset):
      guard (textOffset..<textOffset + byteCount).contains(offset) else { return nil }
      return lineStarts.lastIndex { $0 + textOffset <= offset }
    }
  }
}

/// One line, field by field.
package struct LineExplanation: Sendable, Equatable {
  /// One field of the line.
  package struct Field: Sendable, Equatable {
    /// Place in the line, from 1.
    package let place: Int
    /// The header's name for it; `nil`: it has none.
    package let name: String?
    /// What is read from it, in the words of the tables; empty: nothing.
    package let attributes: [String]
    /// Offsets of its first byte and behind its last one, in the decompressed text.
    package let start, end: Int
    /// What stands in it; `nil`: not shown, since it may tell who somebody is.
    package fileprivate(set) var value: String?
    let isURL: Bool
  }

  /// One step from a name in the log to its canonical form.
  package struct NameStep: Sendable, Equatable {
    /// What was done, in a word.
    package let rule: String
    /// The name behind the step.
    package let name: String
  }

  /// From 1.
  package let line: Int
  /// Of its first byte, in the decompressed text.
  package let offset: Int
  /// Its length without its newline; 0 for one that is too long to be read.
  package private(set) var byteCount = 0
  /// Fields that the line should have; `nil` where no header has named any.
  package private(set) var fieldCount: Int?
  /// Its fields; empty for a comment, and for a line that cannot be cut.
  package private(set) var fields: [Field] = []
  /// How its user's name becomes canonical; empty unless that is to be shown.
  package internal(set) var nameSteps: [NameStep] = []
  /// Why it is refused.
  package internal(set) var reason: String?
  /// The attribute for which it is refused.
  package internal(set) var attribute: String?

  init(line: Int, offset: Int) {
    self.line = line
    self.offset = offset
  }

  /// Takes the line apart; the values are clear until `hideNames`.
  mutating func note(
    _ range: Range<Int>, in block: borrowing Block, plan: DelimitedPlan?, profile: FormatProfile,
    shift: Int
  ) {
    byteCount = range.count
    fieldCount = plan?.fieldCount
    let bytes = block.memoryBytes
    guard case .table(let table) = profile.shape, let plan, let first = range.first,
      bytes[first] != UInt8(ascii: "#"),
      let fields = plan.fields(of: range, in: block, profile: table)
    else { return }
    self.fields = fields.map { field in
      let (start, end) = (Int(field.range.start), Int(field.range.end))
      return Field(
        place: field.place + 1, name: field.name, attributes: field.attributes.map(\.word),
        start: start + shift, end: end + shift,
        value: String(decoding: (start..<end).map { bytes[$0] }, as: UTF8.self),
        isURL: field.isURL)
    }
  }

  /// Takes out of the fields what may tell who somebody is.
  ///
  /// - Parameters:
  ///   - isEvent: in a line that is none, a name may stand in any field.
  ///   - user: the pseudonym to be shown in the place of the user.
  mutating func hideNames(isEvent: Bool, showsClearNames: Bool, user: String?) {
    if showsClearNames { return }
    nameSteps = []
    let names = fields.filter { $0.attributes.contains(Attribute.user.word) }.compactMap(\.value)
    for place in fields.indices {
      let attributes = fields[place].attributes
      let isFree =
        attributes.isEmpty || fields[place].isURL || attributes.contains(Attribute.userAgent.word)
      if !isEvent || isFree {
        fields[place].value = nil
      } else if attributes.contains(Attribute.user.word) {
        fields[place].value = user
      } else if let value = fields[place].value, names.contains(where: { Self.holds(value, $0) }) {
        fields[place].value = nil
      }
    }
  }

  /// Whether a value holds the bare name of a user as a word of its own.
  private static func holds(_ value: String, _ user: String) -> Bool {
    let (text, user) = (Array(value.utf8), Array(user.utf8))
    let name = Array(user[NameSpellings.bare(user.span)])
    guard name.count >= 2 else { return false }
    return ByteSearch.word(name.span, in: text.span, text.indices, from: 0) != nil
  }
}
