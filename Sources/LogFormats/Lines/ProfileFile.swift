internal import ByteKernels
package import Configuration
internal import VeiledRecords

/// Reads a profile out of its YAML file, see docs/formats.md.
package enum ProfileFile {
  private static let topKeys = ["name", "summary", "aliases", "source", "generic", "layouts"]
  private static let layoutKeys = [
    "name", "family", "when", "separators", "pair", "separator", "quote", "brackets", "collapses",
    "columns", "header", "minimum", "told-by", "after", "templates", "pairs", "parts", "turn",
    "traffic", "time", "user", "no-user", "other-users",
    "source", "destination", "host", "host-optional", "url", "device", "uploaded", "downloaded",
    "total", "action",
    "blocked", "method", "status", "user-agent", "undo",
  ]
  /// Keys of one family only.
  private static let familyKeys: [(key: String, family: String)] =
    ["separators", "pair"].map { ($0, "key-value") }
    + ["templates", "pairs"].map { ($0, "template") }
    + [
      "separator", "quote", "brackets", "collapses", "columns", "header", "minimum", "told-by",
    ].map { ($0, "delimited") }
  private static let attributeKeys: [(key: String, attribute: Attribute)] = [
    ("user", .user), ("source", .sourceAddress), ("destination", .destinationAddress),
    ("host", .host), ("device", .device), ("uploaded", .uploadedBytes),
    ("downloaded", .downloadedBytes), ("total", .totalBytes), ("method", .method),
    ("status", .httpStatus), ("user-agent", .userAgent),
  ]

  /// The profile that `text` describes.
  package static func profile(_ text: String) throws(ConfigurationError) -> FormatProfile {
    let file = try ConfigurationNode(parsing: text)
    try file.allow(topKeys)
    guard let name = try file.text("name") else { throw file.error("A profile needs a name.") }
    guard !name.isEmpty, name.utf8.allSatisfy({ isNameByte($0) }) else {
      throw file.error("A name is made of lower-case letters, digits and hyphens.")
    }
    guard let list = file.child("layouts") else { throw file.error("A profile needs layouts.") }
    var layouts: [LineLayout] = []
    for node in list.elements { layouts.append(try layout(node)) }
    guard !layouts.isEmpty else { throw list.error("A profile needs layouts.") }
    guard layouts.count <= LineCutter.layoutsMax else {
      throw list.error("A profile has at most \(LineCutter.layoutsMax) layouts.")
    }
    guard LineCutter.textCount(layouts.map(\.shapeRule)) <= LineCutter.textsMax else {
      throw file.error("The layouts look for more than \(LineCutter.textsMax) different texts.")
    }
    return FormatProfile(
      name: name, summary: try file.text("summary") ?? "", aliases: try file.texts("aliases"),
      isGeneric: try file.flag("generic"), shapes: [.lines(layouts)])
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-")
  }

  private static func layout(_ node: ConfigurationNode) throws(ConfigurationError) -> LineLayout {
    try node.allow(layoutKeys)
    try checkFamily(node)
    var layout = LineLayout(name: try node.text("name") ?? "", shape: try shape(node))
    layout.evidence = try evidence(node.child("when"))
    if let header = try node.text("header") {
      layout.header = header == "first" ? .firstLine : .word(header)
    }
    layout.told = try told(node.child("told-by"))
    layout.readsPairs = try node.flag("pairs")
    layout.after = Array((try node.text("after") ?? "").utf8)
    layout.parts = try parts(node.child("parts"))
    layout.turns = try turns(node.child("turn"))
    layout.traffic = try traffic(node.child("traffic"))
    layout.time = try times(node.child("time"))
    for (key, attribute) in attributeKeys {
      let names = try fieldNames(node, key)
      if names.isEmpty { continue }
      layout.fields[attribute] = names.map { name in
        attribute.isByteCount ? name.split(separator: "+").map(String.init) : [name]
      }
    }
    layout.isHostOptional = try node.flag("host-optional")
    layout.urls = try fieldNames(node, "url")
    layout.actions = try fieldNames(node, "action")
    layout.blocked = try patterns(node, "blocked")
    layout.nobodies = try node.texts("no-user").map { $0.lowercased() }
    layout.escapes = try escapes(node)
    layout.otherUsers = try fieldNames(node, "other-users")
    for name in layout.nobodies where name.isEmpty || name.utf8.count > NameSet.wordBytesMax {
      throw (node.child("no-user") ?? node).error("A word is empty or too long: \(name)")
    }
    for name in layout.names where name.utf8.count > LineCutter.nameBytesMax || name.isEmpty {
      throw node.error("The name of a field is empty or too long: \(name)")
    }
    guard layout.readingAllUsers.names.count < LineCutter.namesMax else {
      throw node.error("There are too many fields in one layout.")
    }
    try ProfileCheck.check(layout, node)
    return layout
  }

  /// The names of fields under `key`.
  private static func fieldNames(
    _ node: ConfigurationNode, _ key: String
  ) throws(ConfigurationError) -> [String] {
    let names = try node.texts(key)
    for name in names where name.utf8.count > LineCutter.nameBytesMax || name.isEmpty {
      throw (node.child(key) ?? node).error("The name of a field is empty or too long: \(name)")
    }
    return names
  }

  /// Refuses keys that mean nothing in the layout's family.
  private static func checkFamily(_ node: ConfigurationNode) throws(ConfigurationError) {
    guard let family = try node.text("family") else { return }
    for (key, owner) in familyKeys where family != owner {
      guard let child = node.child(key) else { continue }
      throw child.error("This is a key of the family \(owner), not of \(family).")
    }
  }

  private static func byte(
    _ node: ConfigurationNode, _ key: String, default: UInt8
  ) throws(ConfigurationError) -> UInt8 {
    guard let child = node.child(key) else { return `default` }
    let bytes = Array(try child.text().utf8)
    guard bytes.count == 1 else { throw child.error("One byte was expected.") }
    return bytes[0]
  }

  private static func shape(_ node: ConfigurationNode) throws(ConfigurationError) -> LineShape {
    guard let family = try node.text("family") else { throw node.error("Its family is missing.") }
    switch family {
    case "key-value":
      let separators = Array((try node.text("separators") ?? " \t").utf8)
      guard (1...4).contains(separators.count) else {
        throw (node.child("separators") ?? node).error("One to four separators were expected.")
      }
      return .pairs(
        pair: try byte(node, "pair", default: UInt8(ascii: "=")), separators: separators)
    case "cef": return .cef
    case "leef": return .leef
    case "json": return .json
    case "delimited":
      let columns = try node.texts("columns")
      guard !columns.isEmpty || node.child("header") != nil else {
        throw node.error("The columns are missing.")
      }
      var quote: UInt8? = UInt8(ascii: "\"")
      if let text = try node.text("quote") {
        guard text.utf8.count < 2 else { throw (node.child("quote") ?? node).error("Too long.") }
        quote = text.utf8.first
      }
      return .places(
        separator: try byte(node, "separator", default: UInt8(ascii: ",")), quote: quote,
        brackets: try node.flag("brackets"), collapses: try node.flag("collapses"), names: columns,
        minimum: try node.number("minimum") ?? max(2, columns.count))
    case "template":
      var templates: [LineTemplate] = []
      for child in node.child("templates")?.elements ?? [] {
        templates.append(try template(try child.text(), child))
      }
      guard !templates.isEmpty else { throw node.error("The templates are missing.") }
      return .templates(templates)
    default:
      throw (node.child("family") ?? node).error(
        "There is no family \(family). "
          + "Known: key-value, cef, leef, json, delimited, template.")
    }
  }

  /// `text {name} more {other*}` as a text and captures.
  private static func template(
    _ text: String, _ node: ConfigurationNode
  ) throws(ConfigurationError) -> LineTemplate {
    let parts = text.split(separator: "{", omittingEmptySubsequences: false)
    var template = LineTemplate(start: String(parts[0]), pieces: [])
    for part in parts.dropFirst() {
      guard let close = part.firstIndex(of: "}") else {
        throw node.error("A { is not closed; captures look like {name}, {name*} or {name?}.")
      }
      var name = part[..<close]
      var piece = LineTemplate.Piece(
        name: nil, holdsBlanks: false, mayBeEmpty: false, text: String(part[close...].dropFirst()))
      while let last = name.last, last == "*" || last == "?" {
        if last == "*" { piece.holdsBlanks = true } else { piece.mayBeEmpty = true }
        name = name.dropLast()
      }
      if !name.isEmpty { piece.name = String(name) }
      if name.isEmpty, piece.holdsBlanks { piece.mayBeEmpty = true }
      template.pieces.append(piece)
    }
    guard template.pieces.dropLast().allSatisfy({ !$0.text.isEmpty }) else {
      throw node.error("Between two captures stands a text that tells where the first one ends.")
    }
    guard template.pieces.count <= LineCutter.piecesMax else {
      throw node.error("A template has at most \(LineCutter.piecesMax) captures.")
    }
    guard !template.start.isEmpty || !template.pieces.isEmpty else {
      throw node.error("A template must not be empty.")
    }
    return template
  }

  private static func evidence(
    _ node: ConfigurationNode?
  ) throws(ConfigurationError) -> LineEvidence {
    guard let node else { return LineEvidence() }
    try node.allow(["all", "any", "none", "starts"])
    func bytes(_ key: String) throws(ConfigurationError) -> [[UInt8]] {
      let texts = try node.texts(key)
      guard texts.allSatisfy({ !$0.isEmpty }) else { throw node.error("A text is empty.") }
      return texts.map { Array($0.utf8) }
    }
    return LineEvidence(
      all: try bytes("all"), any: try bytes("any"), none: try bytes("none"),
      starts: try bytes("starts"))
  }

  private static func told(
    _ node: ConfigurationNode?
  ) throws(ConfigurationError) -> (name: String, words: [[UInt8]])? {
    guard let node else { return nil }
    try node.allow(["field", "is"])
    guard let field = try node.text("field") else { throw node.error("No field.") }
    let words = try node.texts("is").map { Array($0.utf8) }
    guard (1...LineCutter.toldMax).contains(words.count),
      words.allSatisfy({ (1...LineCutter.toldBytesMax).contains($0.count) })
    else {
      throw node.error(
        "`is` has one to \(LineCutter.toldMax) words of at most \(LineCutter.toldBytesMax) bytes.")
    }
    return (field, words)
  }

  private static func parts(
    _ node: ConfigurationNode?
  ) throws(ConfigurationError) -> [LineLayout.Part] {
    var parts: [LineLayout.Part] = []
    for element in node?.elements ?? [] {
      try element.allow(["field", "by", "into"])
      guard let field = try element.text("field") else { throw element.error("No field.") }
      guard element.child("into") != nil else { throw element.error("No `into`.") }
      parts.append(
        LineLayout.Part(
          field: field, separator: try byte(element, "by", default: UInt8(ascii: "/")),
          names: try element.texts("into")))
    }
    return parts
  }

  private static func turns(
    _ node: ConfigurationNode?
  ) throws(ConfigurationError) -> [LineLayout.Turn] {
    var turns: [LineLayout.Turn] = []
    for element in node?.elements ?? [] {
      try element.allow(["field", "unless", "public", "is", "fields"])
      guard let field = try element.text("field"), let other = try element.text("unless") else {
        throw element.error("A turn needs `field` and `unless`.")
      }
      let words = try element.texts("is")
      guard !words.isEmpty, words.allSatisfy({ $0.utf8.count <= NameSet.wordBytesMax }) else {
        throw element.error("A turn needs short words in `is`.")
      }
      let fields = try element.texts("fields")
      guard !fields.isEmpty, fields.count.isMultiple(of: 2) else {
        throw element.error("`fields` names pairs of fields that are exchanged.")
      }
      let pairs = stride(from: 0, to: fields.count, by: 2).map { (fields[$0], fields[$0 + 1]) }
      turns.append(
        LineLayout.Turn(
          field: field, other: other, outer: try element.text("public"),
          words: words.map { $0.lowercased() }, pairs: pairs))
    }
    return turns
  }

  private static func patterns(
    _ node: ConfigurationNode, _ key: String
  ) throws(ConfigurationError) -> [WordPattern] {
    var patterns: [WordPattern] = []
    for child in node.child(key)?.elements ?? [] {
      guard let pattern = WordPattern(try child.text()) else {
        throw child.error("This is no regular expression.")
      }
      patterns.append(pattern)
    }
    return patterns
  }

  private static func traffic(
    _ node: ConfigurationNode?
  ) throws(ConfigurationError) -> [LineLayout.TrafficRule] {
    var rules: [LineLayout.TrafficRule] = []
    for element in node?.elements ?? [] {
      try element.allow(["field", "is", "not", "there"])
      guard let field = try element.text("field") else { throw element.error("No field.") }
      let before = rules.count
      if element.child("is") != nil {
        rules.append(.init(field: field, condition: .anyOf(try patterns(element, "is"))))
      }
      if element.child("not") != nil {
        rules.append(.init(field: field, condition: .noneOf(try patterns(element, "not"))))
      }
      if element.child("there") != nil {
        rules.append(.init(field: field, condition: .isThere(try element.flag("there"))))
      }
      guard rules.count > before else {
        throw element.error("A rule needs `is`, `not` or `there`.")
      }
    }
    return rules
  }

  private static func times(
    _ node: ConfigurationNode?
  ) throws(ConfigurationError) -> [LineLayout.TimeRule] {
    var rules: [LineLayout.TimeRule] = []
    for element in node?.elements ?? [] {
      guard element.isMapping else {
        guard try element.text() == "syslog" else {
          throw element.error("This must be `syslog`, or `fields` and `as`.")
        }
        rules.append(.init(fields: [], pattern: .syslog, zone: nil))
        continue
      }
      try element.allow(["fields", "as", "zone"])
      let fields = try element.texts("fields")
      guard !fields.isEmpty, let text = try element.text("as") else {
        throw element.error("A time needs `fields` and `as`.")
      }
      rules.append(
        .init(fields: fields, pattern: try pattern(text, element), zone: try element.text("zone")))
    }
    return rules
  }

  private static func pattern(
    _ text: String, _ node: ConfigurationNode
  ) throws(ConfigurationError) -> TimePattern {
    switch text {
    case "iso": return .iso
    case "epoch": return .epoch
    case "syslog": return .syslog
    default:
      guard let pattern = TimePattern(text) else {
        throw node.error("This is no pattern of a time: \(text)")
      }
      return pattern
    }
  }

  private static func escapes(_ node: ConfigurationNode) throws(ConfigurationError) -> Escapes {
    var escapes: Escapes = []
    for child in node.child("undo")?.elements ?? [] {
      switch try child.text() {
      case "backslash": escapes.insert(.backslash)
      case "html": escapes.insert(.html)
      case "percent": escapes.insert(.percent)
      default: throw child.error("Known escapes: backslash, html, percent.")
      }
    }
    return escapes
  }
}

extension Attribute {
  /// Whether fields of it may be added up.
  fileprivate var isByteCount: Bool {
    self == .uploadedBytes || self == .downloadedBytes || self == .totalBytes
  }
}
