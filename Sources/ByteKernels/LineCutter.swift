public import ByteBlocks
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
}

/// Cuts the lines of one layout: the values of named fields, column by column.
///
/// Column `s` holds the field that is called `names[s]`, empty where a line does not have it.
public struct LineCutter: ~Copyable {
  /// Fields that one cutter can tell apart.
  public static let namesMax = Int(CK_NO_SLOT)
  /// Captures that one template may have.
  public static let piecesMax = Int(CK_PIECES_MAX)
  /// Bytes of a name.
  public static let nameBytesMax = Int(CK_NAME_BYTES) - 8

  /// Records in use.
  public private(set) var count = 0
  private let slotCount: Int
  private var ranges = Buffer<FieldRange>(count: 0)
  private var lineNumbers = Buffer<UInt32>(count: 0)
  private let shape: LineShape
  private let names: Buffer<ck_name>
  private let placeSlots: [UInt8]
  private let header: ck_event_header
  /// For each template: where its texts and its pieces start, bytes of the text that comes first,
  /// number of pieces.
  private var templates = Buffer<UInt32>(count: 0)
  /// The texts and the pieces of all templates, one behind the other.
  private var templateBytes = Buffer<UInt8>(count: 0)
  private var templatePieces = Buffer<ck_piece>(count: 0)

  /// A cutter for lines of `shape` that looks for `names`, each once and in lower case.
  public init(_ shape: LineShape, names: [String]) {
    precondition(names.count < Self.namesMax, "Too many names for one layout.")
    self.shape = shape
    slotCount = names.count
    self.names = Self.table(names)
    func slot(_ name: String?) -> UInt8 {
      names.firstIndex { $0 == name?.lowercased() }.map { UInt8($0) } ?? UInt8(CK_NO_SLOT)
    }
    let word = shape == .leef ? "leef" : "cef"
    header = ck_event_header(
      vendor: slot("\(word).vendor"), product: slot("\(word).product"),
      version: slot("\(word).version"), event: slot(shape == .leef ? "leef.event" : "cef.class"),
      name: slot("cef.name"), severity: slot("cef.severity"))
    if case .places(_, _, _, _, let places, _) = shape {
      placeSlots = places.map { $0.isEmpty ? UInt8(CK_NO_SLOT) : slot($0) }
    } else {
      placeSlots = []
    }
    if case .templates(let texts) = shape { compile(texts, slot) }
  }

  private mutating func compile(_ texts: [LineTemplate], _ slot: (String?) -> UInt8) {
    var (bytes, pieces, places): ([UInt8], [ck_piece], [UInt32]) = ([], [], [])
    for template in texts {
      precondition(template.pieces.count <= Self.piecesMax, "A template has too many captures.")
      let start = bytes.count
      places += [
        UInt32(start), UInt32(pieces.count), UInt32(template.start.utf8.count),
        UInt32(template.pieces.count),
      ]
      bytes += Array(template.start.utf8)
      for piece in template.pieces {
        pieces.append(
          ck_piece(
            text: UInt32(bytes.count - start), length: UInt32(piece.text.utf8.count),
            slot: slot(piece.name), blanks: piece.holdsBlanks ? 1 : 0,
            may_be_empty: piece.mayBeEmpty ? 1 : 0))
        bytes += Array(piece.text.utf8)
      }
    }
    templates = Buffer(count: places.count)
    templates.copy(places.span)
    templateBytes = Buffer(count: bytes.count)
    templateBytes.copy(bytes.span)
    templatePieces = Buffer(count: pieces.count)
    templatePieces.copy(pieces.span)
  }

  /// Names in a table of at least twice as many places.
  private static func table(_ names: [String]) -> Buffer<ck_name> {
    var room = 16
    while room < names.count * 2 { room *= 2 }
    var table = Buffer<ck_name>(count: room)
    for (slot, name) in names.enumerated() {
      let bytes = Array(name.utf8)
      precondition(!bytes.isEmpty && bytes.count <= nameBytesMax, "A field's name is too long.")
      let padded = bytes + [UInt8](repeating: 0, count: 8)
      var entry = ck_name()
      // SAFETY: eight bytes behind the name are there, and the entry has room for it.
      unsafe padded.withUnsafeBufferPointer { text in
        guard let base = text.baseAddress else { return }
        unsafe entry.hash = ck_name_hash(base, UInt32(bytes.count))
        unsafe withUnsafeMutableBytes(of: &entry.text) { target in
          guard let base = target.baseAddress else { return }
          unsafe ck_name_fold(
            text.baseAddress, UInt32(bytes.count), base.assumingMemoryBound(to: UInt8.self))
        }
      }
      entry.length = UInt8(bytes.count)
      entry.slot = UInt8(slot)
      var place = Int(truncatingIfNeeded: entry.hash) & (room - 1)
      while table[place].length != 0 { place = (place + 1) & (room - 1) }
      table[place] = entry
    }
    return table
  }

  /// Forgets all records, and makes room for `records` others.
  public mutating func reset(records: Int) {
    count = 0
    guard lineNumbers.count < records else { return }
    lineNumbers = Buffer(count: records + records / 4)
    ranges = Buffer(count: lineNumbers.count * slotCount)
  }

  /// Cuts a line, and adds it to the records if it has the layout's shape.
  ///
  /// - Parameters:
  ///   - line: the line without its newline.
  ///   - message: the part of it that is cut by position, and by templates that start with a
  ///     capture; all others look for where they start.
  ///   - number: the line in its block.
  ///   - block: escapes in its text are undone in place.
  public mutating func cut(
    _ line: FieldRange, message: FieldRange, number: Int, in block: inout Block
  ) -> Bool {
    precondition(count < lineNumbers.count, "More records than there is room for.")
    precondition(Int(line.end) <= block.end, "A line of another block.")
    for slot in 0..<slotCount { ranges[slot * lineNumbers.count + count] = .missing }
    let line = ck_range(start: line.start, end: line.end)
    let message = ck_range(start: message.start, end: message.end)
    // SAFETY: the record has a place in every column; ranges lie in the block, which is padded;
    // what is undone gets no longer.
    let bytes = unsafe block.memory.assumingMemoryBound(to: UInt8.self)
    var record = unsafe ck_record(
      values: ranges.kernelAddress + count, stride: lineNumbers.count)
    var table = unsafe ck_names(entries: names.address, mask: names.count - 1)
    let isRecord = unsafe cut(bytes, line, message, &table, &record)
    guard isRecord else { return false }
    lineNumbers[count] = UInt32(number)
    count += 1
    return true
  }

  private func cut(
    _ bytes: UnsafeMutablePointer<UInt8>, _ line: ck_range, _ message: ck_range,
    _ names: inout ck_names, _ record: inout ck_record
  ) -> Bool {
    switch shape {
    case .pairs(let pair, let separators):
      func separator(_ place: Int) -> UInt8 { separators[place % separators.count] }
      var pairs = ck_pairs(
        pair: pair,
        separators: (separator(0), separator(1), separator(2), separator(3)), quoted: 1)
      unsafe ck_cut_pairs(bytes, line, &pairs, &names, &record)
      return true
    case .cef:
      var header = header
      return unsafe ck_cut_cef(bytes, line, &header, &names, &record) != 0
    case .leef:
      var header = header
      return unsafe ck_cut_leef(bytes, line, &header, &names, &record) != 0
    case .json:
      return unsafe ck_cut_json(bytes, line, &names, &record) != 0
    case .places(let separator, let quote, let brackets, let collapses, _, let minimum):
      return unsafe placeSlots.withUnsafeBufferPointer { slots in
        var places = unsafe ck_places(
          separator: separator, quote: quote ?? separator, brackets: brackets ? 1 : 0,
          collapses: collapses ? 1 : 0, place_count: UInt32(slots.count), slots: slots.baseAddress)
        return unsafe ck_cut_places(bytes, message, &places, &record) >= UInt32(minimum)
      }
    case .templates:
      for place in stride(from: 0, to: templates.count, by: 4) {
        let startBytes = templates[place + 2]
        // SAFETY: the places lie in the two buffers, which live as long as `self`.
        var kernel = unsafe ck_template(
          bytes: UnsafePointer(templateBytes.address + Int(templates[place])),
          length: startBytes,
          pieces: UnsafePointer(templatePieces.address + Int(templates[place + 1])),
          count: Int(templates[place + 3]))
        let text = startBytes == 0 ? message : line
        if unsafe ck_cut_template(bytes, text, &kernel, &record) != 0 { return true }
      }
      return false
    }
  }

  /// For every record its line in the block.
  public var lines: Span<UInt32> {
    @_lifetime(borrow self)
    get { lineNumbers.span.extracting(0..<count) }
  }

  /// A field of all records.
  @_lifetime(borrow self)
  public func column(_ slot: Int) -> Span<FieldRange> {
    precondition(slot < slotCount, "There is no such field.")
    return ranges.span.extracting(slot * lineNumbers.count..<slot * lineNumbers.count + count)
  }

  /// One field of one record.
  public subscript(slot: Int, record: Int) -> FieldRange {
    get { ranges[slot * lineNumbers.count + record] }
    set { ranges[slot * lineNumbers.count + record] = newValue }
  }
}
