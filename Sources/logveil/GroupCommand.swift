import ArgumentParser
import Operations

struct GroupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "group", abstract: "Groups of people, for activity privacy and exclusions.",
    discussion: """
      Members are kept sealed under a key of the tenant and shown to nobody. The built-in group \
      Application has machine accounts (HOST$) and the service accounts that were imported under \
      its name; External users has everyone whose realm is not in the setting managed_domains. \
      All verbs need the permission manage_settings.
      """,
    subcommands: [
      GroupImportCommand.self, GroupListCommand.self, GroupShowCommand.self,
      GroupRemoveCommand.self,
    ])
}

extension ListedGroup {
  var object: JSONValue {
    .object([
      ("group", .text(name)), ("members", .count(members)), ("imported", .optional(imported)),
      ("built_in", .boolean(isBuiltIn)), ("private", .boolean(privateSince != nil)),
      ("private_since", .optional(privateSince)),
    ])
  }
}

struct GroupImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take groups and their members in.",
    discussion: """
      CSV with a header group,user (more columns may name the same person: upn, mail, dn, …; \
      active, disabled and status tell who is not active); LDIF with groups and people; SCIM JSON. \
      A group takes the place of the one of its name. Only active people are taken.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The file, or - for standard input.")
  var file: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  @Flag(help: "Print one JSON object for each group.")
  var json = false

  func run() throws {
    let done = try GroupOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant, isFirst: true
    ).load(file, justification: justification)
    for notice in done.notices { Terminal.say(notice) }
    for group in done.groups {
      if json {
        Terminal.put(group.object.line)
      } else {
        Terminal.say("Imported \(Terminal.escapeLine(group.name)): \(group.members) members.")
      }
    }
    if done.inactive > 0 {
      Terminal.say("\(done.inactive) people are not active and were left out.")
    }
    if done.unknown > 0 {
      Terminal.say(
        "Warning: of \(done.unknown) members the file has no login, but an identifier, another "
          + "group, or the name of an entry, by which logs seldom call anybody: rules for the "
          + "group may miss them. Export people and groups together.")
    }
  }
}

struct GroupListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the groups.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each group.")
  var json = false

  func run() throws {
    let groups = try GroupOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).list()
    if json {
      for group in groups { Terminal.put(group.object.line) }
      return
    }
    var table = TextTable(["group", "members", "imported", "private since"], rightAligned: [1])
    for group in groups {
      table.add([
        group.name, String(group.members), group.imported ?? "built-in", group.privateSince ?? "-",
      ])
    }
    Terminal.put(table.text)
  }
}

struct GroupShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a group.",
    discussion: """
      --members lists the pseudonyms of its members, one for each name they have, under the \
      newest key; it needs the permission lookup, of a private group view_private too, and is \
      recorded.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The group.")
  var name: String

  @Flag(help: "Also the pseudonyms of its members.")
  var members = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let operation = try GroupOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
    let group = try operation.group(name)
    let pseudonyms = members ? try operation.pseudonyms(of: name) : []
    if json {
      guard case .object(var fields) = group.object else { return }
      if members { fields.append(("pseudonyms", .texts(pseudonyms))) }
      Terminal.put(JSONValue.object(fields).line)
      return
    }
    Terminal.put(
      """
      group          \(Terminal.escapeLine(group.name))
      members        \(group.members)
      imported       \(group.imported ?? "built-in")
      private since  \(group.privateSince ?? "-")
      """)
    for pseudonym in pseudonyms { Terminal.put(pseudonym) }
  }
}

struct GroupRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a group and its members.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The group.")
  var name: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try GroupOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .remove(name, justification: justification)
    Terminal.say("Removed \(name).")
  }
}
