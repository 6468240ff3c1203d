import ArgumentParser
import LogFormats
import VeiledRecords

struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "The log formats that Logveil reads.",
    subcommands: [FormatsListCommand.self, FormatsShowCommand.self])
}

struct FormatsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the formats, and what each says of an event.",
    discussion: "An attribute that has no mark is not in logs of that format.")

  @Flag(help: "Print one JSON object for each format.")
  var json = false

  func run() {
    if json {
      for profile in FormatCatalog.all { Terminal.put(profile.object.line) }
      return
    }
    var table = TextTable(["format"] + Attribute.allCases.map(\.word))
    for profile in FormatCatalog.all {
      let found = Set(profile.attributes)
      table.add([profile.name] + Attribute.allCases.map { found.contains($0) ? "x" : "" })
    }
    Terminal.put(table.text)
    Terminal.put("")
    var names = TextTable(["format", "other names", "what it is"])
    for profile in FormatCatalog.all {
      names.add([profile.name, profile.otherNames.joined(separator: ", "), profile.summary])
    }
    Terminal.put(names.text)
  }
}

struct FormatsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show which fields of a format are read as what.")

  @Argument(help: "Name of the format: see `logveil formats list`.")
  var name: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    guard let profile = FormatCatalog.profile(named: name) else {
      throw ValidationError("There is no format \(name). Known: \(FormatCatalog.names).")
    }
    if json { return Terminal.put(profile.object.line) }
    Terminal.put("\(profile.name): \(profile.summary)\n")
    var table = TextTable(["attribute", "fields, the best first"])
    for attribute in Attribute.allCases {
      let fields = profile.fieldNames(of: attribute)
      table.add([attribute.word, fields.isEmpty ? "-" : fields.joined(separator: ", ")])
    }
    Terminal.put(table.text)
    if case .directive(let word) = profile.header {
      Terminal.put("\nThe names of the fields stand in a line that starts with \(word)")
    }
  }
}

extension FormatCatalog {
  static var names: String { all.map(\.name).joined(separator: ", ") }
}

extension FormatProfile {
  var otherNames: [String] {
    FormatCatalog.aliases.filter { $0.value == name }.map(\.key).sorted()
  }

  /// Fields of the log that an attribute is read from.
  func fieldNames(of attribute: Attribute) -> [String] {
    switch attribute {
    case .time:
      time.map { rule in
        switch rule {
        case .dateAndTime(let date, let time): "\(date) + \(time)"
        case .epochSeconds(let name): name
        }
      }
    case .host: (fields[.host] ?? []) + urls.map { "\($0) (its host)" }
    case .action: actions
    default: fields[attribute] ?? []
    }
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
      ),
    ])
  }
}
