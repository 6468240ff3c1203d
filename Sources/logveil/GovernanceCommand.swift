import ArgumentParser
import Governance
import Operations

struct GovernanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "governance", abstract: "The log of who did what, and why.",
    subcommands: [GovernanceListCommand.self])
}

struct GovernanceListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List records of the governance log, the oldest first.",
    discussion: "Needs the permission view_governance. Conditions must all hold.")

  @OptionGroup var homeOptions: HomeOptions

  @Option(parsing: .upToNextOption, help: "Only these actions, as resolve, lookup, parse.")
  var action: [String] = []

  @Option(
    parsing: .upToNextOption, help: "Only these outcomes: intent, successful, failed, denied.")
  var status: [String] = []

  @Option(help: "Only what this account asked for.")
  var initiator: String?

  @Option(help: "Only records whose target holds this text.")
  var target: String?

  @Option(help: "Only records behind this sequence; --limit then counts from there.")
  var after: Int64?

  @Option(help: "At most so many records: the newest ones that fit.")
  var limit: Int?

  @Flag(help: "Print one JSON object for each record.")
  var json = false

  func run() throws {
    let entries = try Listings.governance(
      home: try homeOptions.path(), tenant: homeOptions.tenant, filter: try filter(),
      newestMax: after == nil ? limit : nil)
    if json {
      for entry in entries { Terminal.put(object(entry).line) }
      return
    }
    var table = TextTable(
      ["seq", "time", "action", "status", "initiator", "tenant", "target", "justification"],
      rightAligned: [0])
    for entry in entries {
      table.add([
        String(entry.sequence), entry.time, entry.action, entry.status, entry.initiator,
        entry.tenant ?? "-", entry.target ?? "-", oneLine(entry.justification ?? "-"),
      ])
    }
    Terminal.put(table.text)
  }

  private func filter() throws -> GovernanceFilter {
    var filter = GovernanceFilter()
    if let limit, limit < 1 { throw ValidationError("--limit is 1 or more.") }
    filter.actions = Set(
      try action.map { try known($0, "--action", of: GovernanceAction.allCases) })
    filter.statuses = Set(
      try status.map { try known($0, "--status", of: GovernanceStatus.allCases) })
    filter.initiator = initiator
    filter.targetPart = target
    filter.after = after
    if after != nil { filter.limit = limit.map(Int64.init) }
    return filter
  }

  private func known<Word: RawRepresentable<String>>(
    _ text: String, _ flag: String, of all: [Word]
  ) throws -> Word {
    if let word = Word(rawValue: text) { return word }
    let words = all.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("\(flag) \(text): there is no such word. Known: \(words).")
  }

  private func oneLine(_ text: String) -> String { text.replacing("\n", with: " ") }

  private func object(_ entry: GovernanceEntry) -> JSONValue {
    .object([
      ("sequence", .integer(entry.sequence)), ("time", .text(entry.time)),
      ("action", .text(entry.action)), ("target", .optional(entry.target)),
      ("initiator", .text(entry.initiator)), ("tenant", .optional(entry.tenant)),
      ("status", .text(entry.status)), ("justification", .optional(entry.justification)),
      ("error", .optional(entry.error)), ("hash", .text(entry.hash)),
    ])
  }
}
