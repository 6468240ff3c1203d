import ArgumentParser
import Governance
import Operations
import VeiledRecords

struct GovernanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "governance", abstract: "The log of who did what, and why.",
    subcommands: [
      GovernanceListCommand.self, GovernanceExportCommand.self, GovernanceVerifyCommand.self,
      GovernanceAnchorCommand.self, GovernancePurgeCommand.self,
    ])
}

struct GovernanceListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List records of the governance log, the oldest first.",
    discussion: """
      Needs the permission view_governance. Who has it for one tenant sees the records of that \
      one, who has it for every tenant sees all. Conditions must all hold.
      """)

  @OptionGroup var homeOptions: HomeOptions
  @OptionGroup var conditions: GovernanceConditions

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
      for entry in entries { Terminal.put(GovernanceWords.object(entry).line) }
      return
    }
    var table = TextTable(
      ["seq", "time", "action", "status", "initiator", "tenant", "target", "justification"],
      rightAligned: [0])
    for entry in entries {
      table.add([
        String(entry.sequence), entry.time, entry.action, entry.status, entry.initiator,
        entry.tenant ?? "-", entry.target ?? "-",
        (entry.justification ?? "-").replacing("\n", with: " "),
      ])
    }
    Terminal.put(table.text)
  }

  private func filter() throws -> GovernanceFilter {
    var filter = try conditions.filter()
    if let limit, limit < 1 { throw ValidationError("--limit is 1 or more.") }
    filter.after = after
    if after != nil { filter.limit = limit.map(Int64.init) }
    return filter
  }
}

/// Which records are meant.
struct GovernanceConditions: ParsableArguments {
  @Option(parsing: .upToNextOption, help: "Only these actions, as resolve, lookup, parse.")
  var action: [String] = []

  @Option(
    parsing: .upToNextOption, help: "Only these outcomes: intent, successful, failed, denied.")
  var status: [String] = []

  @Option(help: "Only what this account asked for.")
  var initiator: String?

  @Option(help: "Only records whose target holds this text.")
  var target: String?

  @Option(help: "Only records from this day on (YYYY-MM-DD, UTC).")
  var since: String?

  @Option(help: "Only records up to this day, with it (YYYY-MM-DD, UTC).")
  var until: String?

  func filter() throws -> GovernanceFilter {
    var filter = GovernanceFilter()
    filter.actions = Set(
      try action.map { try known($0, "--action", of: GovernanceAction.allCases) })
    filter.statuses = Set(
      try status.map { try known($0, "--status", of: GovernanceStatus.allCases) })
    filter.initiator = initiator
    filter.targetPart = target
    filter.from = try since.map { try microseconds($0, "--since") }
    filter.before = try until.map { try microseconds($0, "--until") + 86_400_000_000 }
    return filter
  }

  private func microseconds(_ text: String, _ flag: String) throws -> Int64 {
    guard let day = CivilDay(parsing: text) else {
      throw ValidationError("\(flag) \(text): a day is written YYYY-MM-DD.")
    }
    return Int64(day.daysSince1970) * 86_400_000_000
  }

  private func known<Word: RawRepresentable<String>>(
    _ text: String, _ flag: String, of all: [Word]
  ) throws -> Word {
    if let word = Word(rawValue: text) { return word }
    let words = all.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("\(flag) \(text): there is no such word. Known: \(words).")
  }
}
