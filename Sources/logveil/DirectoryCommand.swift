import ArgumentParser
import Operations

struct DirectoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "directory", abstract: "Who is who: one person in several notations.",
    discussion: """
      By a directory the login names, distinguished names, mail addresses and UPNs of one person \
      become one pseudonym, and addresses lead to people where a log has no names. What is kept is \
      sealed, and holds for runs that start later. All verbs need the permission manage_settings.
      """,
    subcommands: [
      DirectoryImportCommand.self, DirectoryListCommand.self, DirectoryRemoveCommand.self,
    ])
}

extension ListedDirectory {
  var object: JSONValue {
    .object(
      [
        ("directory", .text(name)), ("kind", .text(kind)), ("count", .count(count)),
        ("imported", .text(imported)),
      ] + (attributes.map { [("attributes", .array($0.map { .text($0) }))] } ?? []))
  }
}

struct DirectoryImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take a directory in, in the place of the one of its name.",
    discussion: """
      People: CSV with a header (person or user, and upn, login, mail, dn, aliases …), LDIF or \
      SCIM JSON; the first name stands for the person. Function, title, organisation and region of \
      people, where the file has them, are for `logveil publish people` alone. Addresses: CSV with \
      a header ip,user,from,to, times as 2026-11-02T08:00:00Z, an empty end for one that is open.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The file, or - for standard input.")
  var file: String

  @Option(help: "The name of the directory.")
  var name = "default"

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let done = try DirectoryOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .load(file, name: name, justification: justification)
    if json {
      Terminal.put(done.object.line)
    } else {
      let more = done.attributes.map { $0.isEmpty ? "" : ", with \($0.joined(separator: ", "))" }
      Terminal.say("Imported \(done.count) \(done.kind) as \(done.name)\(more ?? "").")
    }
  }
}

struct DirectoryListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the directories.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each directory.")
  var json = false

  func run() throws {
    let all = try DirectoryOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .list()
    if json {
      for directory in all { Terminal.put(directory.object.line) }
      return
    }
    var table = TextTable(["directory", "kind", "count", "imported"], rightAligned: [2])
    for directory in all {
      table.add([
        directory.name, directory.kind, String(directory.count), directory.imported,
      ])
    }
    Terminal.put(table.text)
  }
}

struct DirectoryRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a directory.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The name of the directory.")
  var name: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try DirectoryOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .remove(name, justification: justification)
    Terminal.say("Removed \(name).")
  }
}
