import ArgumentParser
import Operations

struct AddressRangeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ip-range", abstract: "What networks are called: tags of source addresses.",
    discussion: """
      Runs stamp each row with the tag of the smallest range that its source address lies in, as \
      the column ip_tag: reports and the activity log choose by it, though addresses are \
      pseudonyms. Ranges are kept sealed and hold for runs that start later; --reprocess stamps \
      anew what was read before. All verbs need the permission manage_settings.
      """,
    subcommands: [
      AddressRangeAddCommand.self, AddressRangeImportCommand.self, AddressRangeListCommand.self,
      AddressRangeRemoveCommand.self,
    ])
}

struct AddressRangeAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Give addresses and networks a tag, in place of any other.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Addresses and networks, as 192.0.2.0/24 or 2001:db8::/32.")
  var range: [String]

  @Option(help: "The tag, as VPN, risky, or the name of a site.")
  var tag: String

  @Option(help: "What they are.")
  var comment: String?

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try AddressRangeOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .add(range, tag: tag, comment: comment, justification: justification)
    Terminal.say("From now on \(range.joined(separator: ", ")) is \(tag).")
  }
}

struct AddressRangeImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take ranges and their tags in, all of a file or none.",
    discussion: "CSV with a header range,tag and perhaps comment. Ranges of other tags change it.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The file, or - for standard input.")
  var file: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    let count = try AddressRangeOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).load(file, justification: justification)
    Terminal.say("Imported \(count) ranges.")
  }
}

struct AddressRangeListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the ranges and their tags.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each range.")
  var json = false

  func run() throws {
    let ranges = try AddressRangeOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).list()
    if json {
      for range in ranges {
        Terminal.put(
          JSONValue.object([
            ("range", .text(range.range)), ("tag", .text(range.tag)),
            ("comment", .optional(range.comment)), ("changed", .text(range.changed)),
          ]).line)
      }
      return
    }
    var table = TextTable(["range", "tag", "comment"])
    for range in ranges { table.add([range.range, range.tag, range.comment ?? ""]) }
    Terminal.put(table.text)
  }
}

struct AddressRangeRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take ranges away; what was stamped by them stays.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Addresses and networks, as they were added.")
  var range: [String]

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try AddressRangeOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .remove(range, justification: justification)
    Terminal.say("Removed \(range.joined(separator: ", ")).")
  }
}
