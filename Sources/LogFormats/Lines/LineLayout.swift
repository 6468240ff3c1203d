internal import ByteKernels
internal import ClearRecords
package import VeiledRecords

/// One layout of a format whose lines are no plain table, as its profile describes it.
package struct LineLayout: Sendable {
  /// For people.
  package var name: String
  /// Which lines are of this layout.
  var evidence = LineEvidence()
  var shape: LineShape
  /// The line that names the fields by position, where they are not always the same.
  var header: Header?
  /// The field that tells its lines from others that are as long, and the words that it is.
  var told: (name: String, words: [[UInt8]])?
  /// Fields by position start behind this text.
  var after: [UInt8] = []
  /// Pairs behind a template's last piece are read, too.
  var readsPairs = false
  /// Fields that are cut into more.
  var parts: [Part] = []
  /// Ends of connections that are exchanged.
  var turns: [Turn] = []
  /// Which lines are traffic: all must hold.
  var traffic: [TrafficRule] = []
  var time: [TimeRule] = []
  /// For each attribute its fields, the best first; those of an entry are added up.
  var fields: [Attribute: [[String]]] = [:]
  /// URLs from which a host is taken where no field holds it.
  var urls: [String] = []
  /// The log of one server, whose lines need not say which: their host is null.
  var isHostOptional = false
  var actions: [String] = []
  /// What an action holds that means that the request was blocked.
  var blocked: [WordPattern] = []
  /// Values of the user that name nobody, in lower case.
  var nobodies: [String] = []
  var escapes: Escapes = []
  /// Further fields with names of users: only who wants all users reads them.
  package var otherUsers: [String] = []
  /// Whether all users of an event are read, beside the one that counts.
  var readsAllUsers = false

  /// Where the names of the fields stand.
  enum Header: Sendable, Equatable {
    /// In a line that starts with this word.
    case word(String)
    /// In the archive's first line.
    case firstLine
  }

  /// The names in the header line `text`; between blanks where it has no separator.
  func columns(of text: String) -> [String] {
    guard case .places(var separator, let quote, _, _, _, _) = shape else { return [] }
    if header != .firstLine, !text.utf8.contains(separator) { separator = UInt8(ascii: " ") }
    var names = [[UInt8]()]
    var isQuoted = false
    for byte in text.utf8 {
      if byte == quote {
        isQuoted.toggle()
      } else if byte == separator, !isQuoted {
        names.append([])
      } else {
        names[names.count - 1].append(byte)
      }
    }
    let blank = UInt8(ascii: " ")
    return names.map { name in
      guard let last = name.lastIndex(where: { $0 != blank }) else { return "" }
      return String(decoding: name[...last].drop { $0 == blank }, as: UTF8.self).lowercased()
    }
  }

  /// Whether a line with these fields is a header: it names one of the time.
  func isHeader(_ columns: [String]) -> Bool {
    time.contains { rule in
      !rule.fields.isEmpty && rule.fields.allSatisfy { columns.contains($0.lowercased()) }
    }
  }

  /// A field whose parts have names of their own.
  struct Part: Sendable, Equatable {
    var field: String
    var separator: UInt8
    var names: [String]
  }

  /// Fields that are exchanged, pair by pair, where `field` is one of `words` and `other` is not:
  /// the two ends of a connection, where a line does not say which of them is the server.
  struct Turn: Sendable {
    var field: String
    var other: String
    /// Only where this field is an address of the internet.
    var outer: String?
    /// In lower case.
    var words: [String]
    var pairs: [(String, String)]
  }

  /// What a field must hold for its line to be traffic.
  struct TrafficRule: Sendable {
    var field: String
    var condition: Condition

    enum Condition: Sendable {
      case anyOf([WordPattern])
      case noneOf([WordPattern])
      case isThere(Bool)
    }
  }

  /// Fields that make up the time, joined by blanks, and how it is written.
  struct TimeRule: Sendable {
    /// None: the time of the syslog header.
    var fields: [String]
    var pattern: TimePattern
    /// The field with the offset from UTC.
    var zone: String?
  }

  /// Fields that an attribute is read from, the best first.
  package func fieldNames(of attribute: Attribute) -> [String] {
    switch attribute {
    case .time: time.map { $0.fields.isEmpty ? "syslog" : $0.fields.joined(separator: " + ") }
    case .host: names(.host) + urls.map { "\($0) (its host)" }
    case .action: actions
    default: names(attribute)
    }
  }

  private func names(_ attribute: Attribute) -> [String] {
    (fields[attribute] ?? []).map { $0.joined(separator: " + ") }
  }

  /// The same, whose parsers read all users of an event.
  var readingAllUsers: LineLayout {
    var layout = self
    layout.readsAllUsers = true
    return layout
  }

  /// Whether all its lines are left out: none has a field to be read.
  var isNeverTraffic: Bool { time.isEmpty && !traffic.isEmpty }

  /// What the layout can say of an event.
  package var attributes: Set<Attribute> {
    Set(
      Attribute.allCases.filter { attribute in
        switch attribute {
        case .host: fields[.host] != nil || !urls.isEmpty || fields[.destinationAddress] != nil
        case .totalBytes:
          fields[.totalBytes] != nil || fields[.uploadedBytes] != nil
            || fields[.downloadedBytes] != nil
        default: !fieldNames(of: attribute).isEmpty
        }
      })
  }

  /// All fields that something is read from, each once, in lower case.
  var names: [String] {
    var all: [String] = []
    if let told { all.append(told.name) }
    for rule in traffic { all.append(rule.field) }
    for part in parts { all += [part.field] + part.names.filter { !$0.isEmpty } }
    for turn in turns {
      all += [turn.field, turn.other] + turn.pairs.flatMap { [$0.0, $0.1] }
      if let outer = turn.outer { all.append(outer) }
    }
    for rule in time { all += rule.fields + (rule.zone.map { [$0] } ?? []) }
    for attribute in Attribute.allCases { all += (fields[attribute] ?? []).flatMap { $0 } }
    all += urls + actions
    if readsAllUsers { all += otherUsers }
    var seen: Set<String> = []
    return all.map { $0.lowercased() }.filter { seen.insert($0).inserted }
  }

  /// Fields by which an event is read but those of users, of free text and of the host, in lower
  /// case; of fields that are cut into more only the parts.
  var knownNames: [String] {
    var known: [String] = told.map { [$0.name] } ?? []
    for rule in time { known += rule.fields + (rule.zone.map { [$0] } ?? []) }
    for rule in traffic {
      if case .anyOf = rule.condition { known.append(rule.field) }
    }
    for turn in turns { known += [turn.field, turn.other] }
    for attribute in Attribute.allCases where !Self.freeAttributes.contains(attribute) {
      known += (fields[attribute] ?? []).flatMap { $0 }
    }
    known += actions
    let free = Self.freeAttributes.flatMap { (fields[$0] ?? []).flatMap { $0 } }
    let left = Set((free + urls + otherUsers + parts.map(\.field)).map { $0.lowercased() })
    return names.filter { name in
      !left.contains(name) && known.contains { $0.lowercased() == name }
    }
  }

  private static let freeAttributes: [Attribute] = [.user, .userAgent, .host]

  /// Whether a quote within a quoted field is written twice.
  var doublesQuotes: Bool {
    if case .places(_, let quote, _, _, _, _) = shape { quote == UInt8(ascii: "\"") } else { false }
  }

  /// How its records are shaped.
  var recordShape: RecordShape {
    switch shape {
    case .pairs(let sign, _): .pairs(sign: sign, hasQuotes: true)
    // Templates stand for pairs as often as for sentences.
    case .templates: .pairs(sign: UInt8(ascii: "="), hasQuotes: true)
    case .cef, .leef: .pairs(sign: UInt8(ascii: "="), hasQuotes: false)
    case .json: .json
    case .places(let separator, let quote, _, _, _, _): .table(separator: separator, quote: quote)
    }
  }

  /// The layout as the cutter takes it.
  var shapeRule: LineShapeRule {
    var rule = LineShapeRule(shape, names: names)
    (rule.all, rule.any) = (evidence.all, evidence.any)
    (rule.none, rule.starts) = (evidence.none, evidence.starts)
    rule.after = after
    rule.told = told.map { ($0.name.lowercased(), $0.words) }
    rule.needsHeader = header != nil
    rule.readsPairs = readsPairs
    return rule
  }
}

/// Texts that tell which layout a line has.
struct LineEvidence: Sendable, Equatable {
  var all: [[UInt8]] = []
  var any: [[UInt8]] = []
  var none: [[UInt8]] = []
  var starts: [[UInt8]] = []
}

/// A word as profiles write it: a text, or a regular expression between slashes.
package struct WordPattern: Sendable, Equatable {
  /// The text in lower case, or the expression.
  let text: String
  let isExpression: Bool

  /// The pattern that a profile says; `nil` for an expression that is none.
  package init?(_ text: String) {
    isExpression = text.count > 2 && text.hasPrefix("/") && text.hasSuffix("/")
    self.text = isExpression ? String(text.dropFirst().dropLast()) : text.lowercased()
    if isExpression, (try? Regex(self.text)) == nil { return nil }
  }

  /// A text.
  init(word: String) {
    text = word.lowercased()
    isExpression = false
  }
}

/// Patterns to be matched; each word is looked at once, so this need not be fast.
final class WordMatcher {
  private let texts: [String]
  private let patterns: [WordPattern]
  /// Made when the first word is looked at: most layouts of a format never see one.
  private lazy var expressions = patterns.filter(\.isExpression).compactMap { pattern in
    (try? Regex(pattern.text))?.ignoresCase()
  }

  init(_ patterns: [WordPattern]) {
    self.patterns = patterns
    texts = patterns.filter { !$0.isExpression }.map(\.text)
  }

  /// Whether the word is one of the texts, or an expression is found in it.
  func equals(_ word: String) -> Bool {
    texts.contains(word.lowercased()) || isFound(in: word)
  }

  /// Whether one of the patterns is found in the word.
  func occurs(in word: String) -> Bool {
    let lower = word.lowercased()
    return texts.contains { lower.contains($0) } || isFound(in: word)
  }

  private func isFound(in word: String) -> Bool {
    expressions.contains { (try? $0.firstMatch(in: word)) != nil }
  }
}
