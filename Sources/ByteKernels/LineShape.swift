internal import CKernels

/// How the fields of a line are told apart that is no plain table.
public enum LineShape: Sendable, Equatable {
  /// `key=value` in any spelling.
  ///
  /// - Parameter separators: one to four bytes between pairs.
  case pairs(pair: UInt8, separators: [UInt8])
  /// Common Event Format.
  case cef
  /// Log Event Extended Format 1.0 and 2.0.
  case leef
  /// One JSON object.
  case json
  /// By position. `names` has a name for every place that is wanted, and "" for others.
  case places(
    separator: UInt8, quote: UInt8?, brackets: Bool, collapses: Bool, names: [String], minimum: Int)
  /// Literal text and captures; the first one that fits counts.
  case templates([LineTemplate])
}

/// A template of a line: a text, and captures with the texts that follow them.
public struct LineTemplate: Sendable, Equatable {
  /// A capture and what follows it.
  public struct Piece: Sendable, Equatable {
    /// What the capture is called; `nil`: it is skipped.
    public var name: String?
    /// It may hold blanks.
    public var holdsBlanks: Bool
    /// It may be empty.
    public var mayBeEmpty: Bool
    /// What follows it; empty at the end.
    public var text: String

    /// A piece.
    public init(name: String?, holdsBlanks: Bool, mayBeEmpty: Bool, text: String) {
      self.name = name
      self.holdsBlanks = holdsBlanks
      self.mayBeEmpty = mayBeEmpty
      self.text = text
    }
  }

  /// What is searched for first; empty: the line's start.
  public var start: String
  /// What follows it.
  public var pieces: [Piece]

  /// A template.
  public init(start: String, pieces: [Piece]) {
    self.start = start
    self.pieces = pieces
  }

  /// How many pieces, from the first on, are found where those of another template are.
  func sharedPieces(with other: LineTemplate) -> Int {
    guard start == other.start else { return 0 }
    let same = zip(pieces, other.pieces).prefix { one, two in
      (one.holdsBlanks, one.mayBeEmpty, one.text) == (two.holdsBlanks, two.mayBeEmpty, two.text)
    }
    return same.count
  }
}

/// One layout of lines: which lines are of it, and how they are cut.
public struct LineShapeRule: Sendable {
  /// How its lines are cut.
  public var shape: LineShape
  /// The fields that are wanted, in lower case, each once; the place here is the field's slot.
  public var names: [String]
  /// Texts that its lines hold: all of these,
  public var all: [[UInt8]] = []
  /// one of these, unless there are none,
  public var any: [[UInt8]] = []
  /// none of these;
  public var none: [[UInt8]] = []
  /// and they start with one of these, unless there are none.
  public var starts: [[UInt8]] = []
  /// What is cut starts behind this text.
  public var after: [UInt8] = []
  /// Of lines that are cut by position: this field is one of these words.
  public var told: (name: String, words: [[UInt8]])?
  /// Of templates: `key=value` pairs behind the last piece are read, too.
  public var readsPairs = false
  /// Its fields are named by a header: before that was seen, no line is of it.
  public var needsHeader = false

  /// A layout of which every line is that can be cut.
  public init(_ shape: LineShape, names: [String]) {
    self.shape = shape
    self.names = names
  }

  /// The texts that are looked for all over a line.
  var searchedTexts: [[UInt8]] {
    var texts = all + any + none
    if !after.isEmpty { texts.append(after) }
    if case .templates(let templates) = shape {
      texts += templates.map { Array($0.start.utf8) }.filter { !$0.isEmpty }
    }
    return texts
  }

  /// All texts that are looked for all over the lines of some layouts.
  static func searchedTexts(_ layouts: [Self]) -> Set<[UInt8]> {
    var texts = Set(layouts.flatMap(\.searchedTexts))
    if layouts.contains(where: \.isTabbed) { texts.insert(escapedTab) }
    return texts
  }

  /// A TAB as relays write it.
  static let escapedTab = Array("#011".utf8)

  /// Whether TABs separate its fields or its pairs, and nothing else does.
  var isTabbed: Bool {
    switch shape {
    case .pairs(_, let separators): separators.allSatisfy { $0 == UInt8(ascii: "\t") }
    case .places(let separator, _, _, _, _, _): separator == UInt8(ascii: "\t")
    default: false
    }
  }

  /// Texts one of which each of its lines holds; empty where there are no such texts, or none that
  /// is looked for in every line.
  var announcingTexts: [[UInt8]] {
    let isLong = { (text: [UInt8]) in text.count >= 4 }
    if let longest = all.filter(isLong).max(by: { $0.count < $1.count }) { return [longest] }
    return any.allSatisfy(isLong) ? any : []
  }

  /// Slots of fields by name.
  func slot(_ name: String?) -> UInt8 {
    names.firstIndex { $0 == name?.lowercased() }.map { UInt8($0) } ?? UInt8(CK_NO_SLOT)
  }
}
