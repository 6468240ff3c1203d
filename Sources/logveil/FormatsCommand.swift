import ArgumentParser
import LogFormats
import Operations
import VeiledRecords

struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "The log formats that Logveil reads.",
    subcommands: [
      FormatsListCommand.self, FormatsShowCommand.self, FormatsCheckCommand.self,
    ])
}

struct FormatsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the formats, and what each says of an event.",
    discussion: """
      An attribute that has no mark is not in logs of that format. Profiles in HOME/formats are \
      among them, and take the place of those of the same name.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each format.")
  var json = false

  func run() throws {
    let profiles = try FormatChoice.all(home: try homeOptions.path())
    if json {
      for profile in profiles { Terminal.put(profile.object.line) }
      return
    }
    var table = TextTable(["format"] + Attribute.allCases.map(\.word))
    for profile in profiles {
      let found = Set(profile.attributes)
      table.add([profile.name] + Attribute.allCases.map { found.contains($0) ? "x" : "" })
    }
    Terminal.put(table.text)
    Terminal.put("")
    var names = TextTable(["format", "other names", "what it is"])
    for profile in profiles {
      names.add([profile.name, profile.otherNames.joined(separator: ", "), profile.summary])
    }
    Terminal.put(names.text)
  }
}

struct FormatsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show which fields of a format are read as what.",
    discussion: "A profile in HOME/formats takes the place of the one of the same name.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Name of the format: see `logveil formats list`.")
  var name: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let home = try homeOptions.path()
    let profile = try FormatChoice.profile(named: name, home: home)
    if json { return Terminal.put(profile.object.line) }
    Terminal.put("\(profile.name): \(profile.summary)\n")
    var table = TextTable(["attribute", "fields, the best first"])
    for attribute in Attribute.allCases {
      let fields = profile.fieldNames(of: attribute)
      table.add([attribute.word, fields.isEmpty ? "-" : fields.joined(separator: ", ")])
    }
    let others = profile.otherUserFields
    if !others.isEmpty { table.add(["other users", others.joined(separator: ", ")]) }
    Terminal.put(table.text)
    for case .table(let table) in profile.shapes {
      guard case .directive(let word) = table.header else { continue }
      Terminal.put("\nThe names of the fields stand in a line that starts with \(word)")
    }
    if let text = try FormatChoice.text(named: name, profile, home: home) {
      Terminal.put("\n\(text)")
    }
  }
}

struct FormatsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a profile of one's own, and try it on a sample.",
    discussion: "Errors name the line and the key. docs/formats.md teaches how to write a profile.")

  @Argument(help: "The profile, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var profile: String

  @Option(help: "Lines of the log to try it on.", completion: .file())
  var sample: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let check = try FormatCheck(profile: profile, sample: sample)
    if json { return Terminal.put(check.object.line) }
    Terminal.put("\(profile): \(check.profile.name) is a valid profile.")
    guard let counts = check.counts else { return }
    Terminal.put("")
    var table = TextTable(["lines", "events", "excluded", "rejected", "comments"])
    table.add(
      [counts.lines, counts.events, counts.excluded, counts.rejected, counts.comments].map(
        String.init))
    Terminal.put(table.text)
    for (reason, lines) in check.rejects.sorted(by: { $0.key < $1.key }) {
      let places = lines.prefix(5).map { String($0) }.joined(separator: ", ")
      Terminal.put("\(reason): \(lines.count), in line \(places)\(lines.count > 5 ? " …" : "")")
    }
    Terminal.put("")
    var found = TextTable(["attribute", "events that have it"])
    for (attribute, count) in check.found { found.add([attribute.word, String(count)]) }
    if !check.profile.otherUserFields.isEmpty {
      found.add(["other users", String(check.otherUsers)])
    }
    Terminal.put(found.text)
  }
}

extension FormatCheck {
  var object: JSONValue {
    var members: [(String, JSONValue)] = [("format", .text(profile.name))]
    if let counts {
      members += [
        ("lines", .count(counts.lines)), ("events", .count(counts.events)),
        ("excluded", .count(counts.excluded)), ("rejected", .count(counts.rejected)),
        ("comments", .count(counts.comments)),
        (
          "rejects",
          .object(
            rejects.sorted { $0.key < $1.key }.map {
              ($0.key, .array($0.value.map { .count($0) }))
            })
        ),
        ("found", .object(found.map { ($0.attribute.word, .count($0.count)) })),
        ("other_users", .count(otherUsers)),
      ]
    }
    return .object(members)
  }
}

extension FormatProfile {
  var otherNames: [String] {
    aliases.sorted()
  }

  /// Fields of the log that an attribute is read from.
  func fieldNames(of attribute: Attribute) -> [String] {
    var seen: Set<String> = []
    return shapes.flatMap { shape in
      switch shape {
      case .table(let table): table.fieldNames(of: attribute)
      case .lines(let layouts): layouts.flatMap { $0.fieldNames(of: attribute) }
      }
    }.filter { seen.insert($0).inserted }
  }

  var object: JSONValue {
    let found = attributes
    return .object([
      ("format", .text(name)), ("summary", .text(summary)), ("aliases", .texts(otherNames)),
      ("attributes", .texts(found.map(\.word))),
      ("missing", .texts(Attribute.allCases.filter { !found.contains($0) }.map(\.word))),
      (
        "fields",
        .object(Attribute.allCases.map { ($0.word, .texts(fieldNames(of: $0))) })
      ), ("other_users", .texts(otherUserFields)),
    ])
  }
}
