import ArgumentParser
import Operations
import VeiledRecords

struct TableDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete rows, and erase the files that held them.",
    discussion: """
      --archive, --source and --user delete from all tables; --before and --expired from the one \
      that is named. Archives lie in batches: all archives of a batch must be named together. \
      What was deleted by archive or source can be read again; rows deleted by user or day come \
      back only when their archives are reprocessed.

      The deletion is recorded in the governance log before and after. Rows of the last versions \
      are erased at once, unless a run lives that might need their files; then `table vacuum` \
      erases them. Rows of activities_private are never counted, those of a private person only \
      with view_private. Needs the permission manage_tables.
      """)

  @OptionGroup var options: TableOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Archives, by the ids that ingests has of them.", valueName: "id"))
  var archive: [String] = []

  @Option(help: ArgumentHelp("All archives of a data source.", valueName: "name"))
  var source: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("All rows of users.", valueName: "pseudonym"))
  var user: [String] = []

  @Option(help: ArgumentHelp("Rows of days before this one (UTC).", valueName: "date"))
  var before: String?

  @Flag(help: "Rows older than the setting TABLE_days (usage: 400, activities: 90).")
  var expired = false

  @Option(help: "Why: kept in the governance log for ever.")
  var justification: String?

  @Flag(help: "Do not ask, where there is somebody to ask.")
  var yes = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws { _ = try target() }

  private func target() throws -> DeletionTarget {
    var targets: [DeletionTarget] = []
    if !archive.isEmpty { targets.append(.archives(archive)) }
    if let source { targets.append(.source(source)) }
    if !user.isEmpty { targets.append(.users(user)) }
    if let before {
      guard let day = CivilDay(parsing: before) else {
        throw ValidationError("--before \(before): a day is written YYYY-MM-DD.")
      }
      targets.append(.before(table: options.table, day: day))
    }
    if expired { targets.append(.expired(table: options.table)) }
    guard let target = targets.first, targets.count == 1 else {
      throw ValidationError("Give one of --archive, --source, --user, --before and --expired.")
    }
    return target
  }

  func run() throws {
    let deletion = try TableDeletion(
      home: options.homeOptions.path(), tenant: options.homeOptions.tenant, isClear: options.clear,
      justification: justification)
    if !yes, !json, Terminal.canAsk, !Terminal.confirms("Delete the rows and erase their files?") {
      Terminal.say("Nothing was deleted.")
      return
    }
    let summary = try deletion.run(try target())
    if json {
      Terminal.put(
        JSONValue.object([
          ("rows", .optional(summary.rows)),
          (
            "rows_by_table",
            .object(
              summary.rowsByTable.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
          ),
          ("archives", .count(summary.archives)),
          (
            "versions",
            .object(
              summary.versions.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
          ),
          ("erased_files", .count(summary.erasedFiles)), ("left_files", .count(summary.leftFiles)),
          ("sealed_files", .count(summary.sealedFiles)),
        ]).line)
      return
    }
    // How many rows are private is told to nobody who may not see them.
    Terminal.put(
      (summary.rows.map { "\($0) rows deleted, " } ?? "Private rows are not counted: ")
        + "\(summary.archives) archives, \(summary.erasedFiles) old files erased")
    if summary.sealedFiles > 0 {
      Terminal.say(
        "\(summary.sealedFiles) files of activities_private have a key that was destroyed: nobody "
          + "can read them, and they go with their days (--before, --expired).")
    }
    if summary.leftFiles > 0 {
      Terminal.say(
        "\(summary.leftFiles) old files are left, as a run lives: erase them later with "
          + "`logveil table vacuum --retain 0d --yes`.")
    }
  }
}
