import ArgumentParser
import Operations

struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Tables of logs that somebody looks at once.",
    discussion: """
      `run --snapshot NAME` reads archives into tables of their own, apart from the continuous \
      ones; `report --snapshot NAME` reports on them.
      """,
    subcommands: [SnapshotListCommand.self, SnapshotRemoveCommand.self])
}

struct SnapshotListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the snapshots.",
    discussion: "Needs the permission view_reports or manage_tables.")

  @OptionGroup var homeOptions: HomeOptions
  @Flag(help: "Print one JSON object for each snapshot.")
  var json = false

  func run() throws {
    let snapshots = try SnapshotOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).list()
    if json {
      for snapshot in snapshots {
        Terminal.put(
          JSONValue.object([
            ("snapshot", .text(snapshot.name)), ("version", .integer(snapshot.version)),
            ("files", .count(snapshot.files)), ("bytes", .integer(snapshot.bytes)),
            ("from", .optional(snapshot.days?.first)), ("to", .optional(snapshot.days?.last)),
          ]).line)
      }
      return
    }
    var table = TextTable(
      ["snapshot", "version", "files", "bytes", "from", "to"], rightAligned: [1, 2, 3])
    for snapshot in snapshots {
      table.add([
        snapshot.name, String(snapshot.version), String(snapshot.files), String(snapshot.bytes),
        snapshot.days?.first ?? "-", snapshot.days?.last ?? "-",
      ])
    }
    Terminal.put(table.text)
  }
}

struct SnapshotRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a snapshot with all its tables, for good.",
    discussion: "Needs the permission manage_tables. A run that lives is waited for: exit code 75.")

  @OptionGroup var homeOptions: HomeOptions
  @Argument(help: "Its name.")
  var name: String

  func run() throws {
    try SnapshotOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).remove(name)
    Terminal.say("Removed the snapshot \(name).")
  }
}
