internal import ByteBlocks
internal import CKernels

/// The layouts of a format as the kernels take them: everything is looked up before the first line.
@safe struct LinePlan: ~Copyable {
  private(set) var rules: [LineShapeRule]
  let stride: Int
  /// Fields by position: the slots of their places, for each layout.
  private var places: [[UInt8]]
  private var textBytes = Buffer<UInt8>(count: 0)
  private var texts = Buffer<ck_text>(count: 0)
  private var textEntries = Buffer<ck_text_entry>(count: 0)
  private var starts = Buffer<UInt16>(count: 0)
  private var names = Buffer<ck_name>(count: 0)
  private var keys = Buffer<ck_key>(count: 0)
  private var picks = Buffer<ck_pick>(count: 0)
  private var placeSlots = Buffer<UInt8>(count: 0)
  private var templates = Buffer<ck_template>(count: 0)
  private var pieces = Buffer<ck_piece>(count: 0)
  private var pieceBytes = Buffer<UInt8>(count: 0)
  private var rows = Buffer<UInt32>(count: 0)
  private(set) var layouts: Buffer<ck_layout>
  /// One, which holds where all the others are.
  let kernel = unsafe Buffer<ck_line_plan>(count: 1)

  init(_ rules: [LineShapeRule]) {
    self.rules = rules
    stride = max(1, rules.map(\.names.count).max() ?? 0)
    unsafe layouts = Buffer(count: rules.count)
    places = rules.map { rule in
      guard case .places(_, _, _, _, let names, _) = rule.shape else { return [] }
      return names.map { $0.isEmpty ? UInt8(CK_NO_SLOT) : rule.slot($0) }
    }
    let numbers = compileTexts()
    for (place, rule) in rules.enumerated() {
      unsafe layouts[place] = Self.layout(rule, numbers)
    }
    compileNames()
    compileTemplates(numbers)
    compileStarts(numbers)
    placePlaces()
    unsafe kernel.address.pointee.layouts = layouts.address
    unsafe kernel.address.pointee.others = announced(by: nil)
    unsafe kernel.address.pointee.has_objects = rules.contains { $0.shape == .json } ? 1 : 0
  }

  // MARK: Texts

  /// Gives every text a number, those of less than four bytes first.
  private mutating func compileTexts() -> [[UInt8]: Int] {
    let searched = LineShapeRule.searchedTexts(rules)
    let all = searched.union(rules.flatMap(\.starts)).sorted { a, b in
      let (isShort, isOtherShort) = (a.count < 4, b.count < 4)
      return isShort == isOtherShort ? a.lexicographicallyPrecedes(b) : isShort
    }
    precondition(all.count <= LineCutter.textsMax, "A format looks for too many texts.")
    var bytes: [UInt8] = []
    texts = Buffer(count: all.count)
    for (number, text) in all.enumerated() {
      texts[number] = ck_text(
        offset: UInt32(bytes.count), length: UInt16(text.count), window_at: 0, next: 0,
        layouts: announced(by: text), is_searched: searched.contains(text) ? 1 : 0)
      bytes += text
    }
    textBytes = Buffer(count: bytes.count)
    textBytes.copy(bytes.span)
    var room = 16
    while room < all.count * 4 { room *= 2 }
    textEntries = Buffer(count: room)
    // SAFETY: the buffers live as long as `self`, and their memory does not move.
    unsafe kernel.address.pointee.texts.bytes = UnsafePointer(textBytes.address)
    unsafe kernel.address.pointee.texts.texts = texts.address
    unsafe kernel.address.pointee.texts.count = all.count
    unsafe kernel.address.pointee.texts.entries = textEntries.address
    unsafe kernel.address.pointee.texts.mask = room - 1
    unsafe ck_prepare_texts(&kernel.address.pointee.texts)
    let numbers = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
    unsafe kernel.address.pointee.escaped_tab = UInt16(
      numbers[LineShapeRule.escapedTab] ?? Int(CK_NO_TEXT))
    return numbers
  }

  /// The layouts that have a text among their announcing ones; with none those that have no such.
  private func announced(by text: [UInt8]?) -> UInt64 {
    var layouts: UInt64 = 0
    for (place, rule) in rules.enumerated() {
      let texts = rule.announcingTexts
      if text.map({ texts.contains($0) }) ?? texts.isEmpty { layouts |= 1 << place }
    }
    return layouts
  }

  private mutating func compileStarts(_ numbers: [[UInt8]: Int]) {
    starts = Buffer(count: rules.reduce(0) { $0 + $1.starts.count })
    var place = 0
    for (number, rule) in rules.enumerated() {
      unsafe layouts.address[number].starts = UnsafePointer(starts.address + place)
      unsafe layouts.address[number].start_count = rule.starts.count
      for text in rule.starts {
        starts[place] = UInt16(numbers[text] ?? 0)
        place += 1
      }
    }
  }

  // MARK: Layouts

  private static func layout(_ rule: LineShapeRule, _ numbers: [[UInt8]: Int]) -> ck_layout {
    var layout = unsafe ck_layout()
    func mark(_ texts: [[UInt8]], _ words: inout (UInt64, UInt64, UInt64, UInt64)) {
      for text in texts {
        guard let number = numbers[text] else { continue }
        let bit = UInt64(1) << (number % 64)
        switch number / 64 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
      }
    }
    unsafe mark(rule.all, &layout.all)
    unsafe mark(rule.any, &layout.any)
    unsafe mark(rule.none, &layout.none)
    if case .templates(let templates) = rule.shape {
      unsafe mark(templates.map { Array($0.start.utf8) }, &layout.template_texts)
      unsafe layout.has_open_template = templates.contains { $0.start.isEmpty } ? 1 : 0
      unsafe layout.reads_pairs = rule.readsPairs ? 1 : 0
    }
    unsafe layout.has_any = rule.any.isEmpty ? 0 : 1
    unsafe layout.is_ready = rule.needsHeader ? 0 : 1
    unsafe layout.after = numbers[rule.after].map { UInt16($0) } ?? UInt16(CK_NO_TEXT)
    unsafe layout.slot_count = UInt32(rule.names.count)
    let word = rule.shape == .leef ? "leef" : "cef"
    unsafe layout.header = ck_event_header(
      vendor: rule.slot("\(word).vendor"), product: rule.slot("\(word).product"),
      version: rule.slot("\(word).version"),
      event: rule.slot(rule.shape == .leef ? "leef.event" : "cef.class"),
      name: rule.slot("cef.name"), severity: rule.slot("cef.severity"))
    unsafe set(rule.shape, &layout)
    if let told = rule.told { unsafe set(told.words, at: rule.slot(told.name), &layout.places) }
    return unsafe layout
  }

  private static func set(_ words: [[UInt8]], at slot: UInt8, _ places: inout ck_places) {
    precondition(
      slot != UInt8(CK_NO_SLOT) && words.count <= LineCutter.toldMax
        && words.allSatisfy { (1...LineCutter.toldBytesMax).contains($0.count) },
      "Too many words, or one that is too long.")
    unsafe places.told_slot = slot
    unsafe places.told_count = UInt32(words.count)
    unsafe withUnsafeMutableBytes(of: &places.told) { told in
      for (number, word) in words.enumerated() {
        // SAFETY: each word lies in the eight bytes of its own.
        unsafe told[(number * LineCutter.toldBytesMax)...].copyBytes(from: word)
      }
    }
  }

  private static func set(_ shape: LineShape, _ layout: inout ck_layout) {
    let (blank, tab, equals) = (UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "="))
    unsafe layout.pairs.pair = equals
    unsafe layout.pairs.separators = (blank, tab, blank, tab)
    let kind: Int
    switch shape {
    case .pairs(let pair, let separators):
      func separator(_ place: Int) -> UInt8 { separators[place % separators.count] }
      unsafe layout.pairs.pair = pair
      unsafe layout.pairs.separators = (separator(0), separator(1), separator(2), separator(3))
      unsafe layout.pairs.quoted = 1
      kind = Int(CK_CUT_PAIRS)
    case .cef: kind = Int(CK_CUT_CEF)
    case .leef: kind = Int(CK_CUT_LEEF)
    case .json: kind = Int(CK_CUT_JSON)
    case .places(let separator, let quote, let brackets, let collapses, _, let minimum):
      unsafe layout.places.separator = separator
      unsafe layout.places.quote = quote ?? separator
      unsafe layout.places.brackets = brackets ? 1 : 0
      unsafe layout.places.collapses = collapses ? 1 : 0
      unsafe layout.places.minimum = UInt32(max(1, minimum))
      kind = Int(CK_CUT_PLACES)
    case .templates:
      unsafe layout.pairs.quoted = 1
      kind = Int(CK_CUT_TEMPLATES)
    }
    unsafe layout.kind = UInt8(kind)
    unsafe ck_prepare_pairs(&layout.pairs)
  }

  // MARK: Names

  private mutating func compileNames() {
    let rooms = rules.map { rule in
      var room = 16
      while room < rule.names.count * 2 { room *= 2 }
      return room
    }
    names = Buffer(count: rooms.reduce(0, +))
    keys = Buffer(count: rules.count * Int(CK_KEYS))
    var start = 0
    for (number, rule) in rules.enumerated() {
      unsafe layouts.address[number].keys = keys.address + number * Int(CK_KEYS)
      for (slot, name) in rule.names.enumerated() {
        Self.put(name, UInt8(slot), &names, start, rooms[number])
      }
      unsafe layouts.address[number].names = ck_names(
        entries: names.address + start, mask: rooms[number] - 1)
      start += rooms[number]
    }
  }

  /// Puts a name into a table of `room` places from `start` on.
  static func put(
    _ name: String, _ slot: UInt8, _ table: inout Buffer<ck_name>, _ start: Int, _ room: Int
  ) {
    let bytes = Array(name.utf8)
    precondition(
      !bytes.isEmpty && bytes.count <= LineCutter.nameBytesMax, "A field's name is too long.")
    let padded = bytes + [UInt8](repeating: 0, count: 8)
    // SAFETY: eight bytes behind the name are there; the table has room for twice its names.
    unsafe padded.withUnsafeBufferPointer { text in
      unsafe ck_put_name(
        text.baseAddress, UInt32(bytes.count), slot, table.address + start, room - 1)
    }
  }

  // MARK: Places and templates

  private mutating func placePlaces() {
    let count = places.reduce(0) { $0 + $1.count }
    placeSlots = Buffer(count: count)
    picks = Buffer(count: count)
    var start = 0
    for (number, slots) in places.enumerated() {
      placeSlots.copy(slots.span, at: start)
      var pickCount = 0
      for (place, slot) in slots.enumerated() where slot != CK_NO_SLOT {
        picks[start + pickCount] = ck_pick(place: UInt16(place), slot: slot)
        pickCount += 1
      }
      unsafe layouts.address[number].places.slots = UnsafePointer(placeSlots.address + start)
      unsafe layouts.address[number].places.place_count = UInt32(slots.count)
      unsafe layouts.address[number].places.picks = UnsafePointer(picks.address + start)
      unsafe layouts.address[number].places.pick_count = UInt32(pickCount)
      start += slots.count
    }
  }

  /// Takes the names of fields by position from a header; without any, lines wait for one again.
  mutating func use(_ columns: [String], minimum: Int, of layout: Int) {
    places[layout] = columns.map { $0.isEmpty ? UInt8(CK_NO_SLOT) : rules[layout].slot($0) }
    placePlaces()
    unsafe layouts.address[layout].places.minimum = UInt32(max(1, minimum))
    unsafe layouts.address[layout].is_ready = columns.isEmpty ? 0 : 1
  }

  private mutating func compileTemplates(_ numbers: [[UInt8]: Int]) {
    var (bytes, all, kernels): ([UInt8], [ck_piece], [ck_template]) = ([], [], [])
    var firsts: [Int] = []
    for rule in rules {
      firsts.append(kernels.count)
      guard case .templates(let texts) = rule.shape else { continue }
      for (place, template) in texts.enumerated() {
        precondition(
          template.pieces.count <= LineCutter.piecesMax, "A template has too many captures.")
        kernels.append(
          ck_template(
            start: numbers[Array(template.start.utf8)].map { UInt16($0) } ?? UInt16(CK_NO_TEXT),
            count: UInt16(template.pieces.count), first: UInt32(all.count),
            same: place > 0 ? UInt16(template.sharedPieces(with: texts[place - 1])) : 0))
        for piece in template.pieces {
          all.append(
            ck_piece(
              text: UInt32(bytes.count), length: UInt32(piece.text.utf8.count),
              slot: piece.name == nil ? UInt8(CK_NO_SLOT) : rule.slot(piece.name),
              blanks: piece.holdsBlanks ? 1 : 0, may_be_empty: piece.mayBeEmpty ? 1 : 0))
          bytes += Array(piece.text.utf8)
        }
      }
    }
    firsts.append(kernels.count)
    templates = Buffer(count: kernels.count)
    templates.copy(kernels.span)
    pieces = Buffer(count: all.count)
    pieces.copy(all.span)
    pieceBytes = Buffer(count: bytes.count)
    pieceBytes.copy(bytes.span)
    for number in rules.indices {
      let count = firsts[number + 1] - firsts[number]
      unsafe layouts.address[number].templates = UnsafePointer(templates.address + firsts[number])
      unsafe layouts.address[number].template_count = count
      unsafe layouts.address[number].pieces = UnsafePointer(pieces.address)
      unsafe layouts.address[number].piece_bytes = UnsafePointer(pieceBytes.address)
    }
  }

  // MARK: Rows

  /// Makes room for `room` rows of each layout.
  mutating func makeRoom(_ room: Int) {
    rows = Buffer(count: rules.count * room)
    for layout in rules.indices {
      unsafe layouts.address[layout].rows = rows.address + layout * room
    }
  }

  /// Forgets which rows are whose.
  mutating func clear() {
    for layout in rules.indices { unsafe layouts.address[layout].row_count = 0 }
  }
}
