import ArgumentParser
import Governance
import Operations

struct GovernanceExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print records for other programs; that is recorded.",
    discussion: """
      CSV is safe to open in a spreadsheet: what could begin a formula gets an apostrophe in \
      front. Needs the permission view_governance.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

  @OptionGroup var homeOptions: HomeOptions
  @OptionGroup var conditions: GovernanceConditions

  @Option(help: "csv, or json: one JSON object a line.")
  var format = Format.csv

  @Flag(help: "The same as --format json.")
  var json = false

  func run() throws {
    let entries = try GovernanceOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).export(filter: try conditions.filter())
    if json || format == .json {
      for entry in entries { Terminal.put(GovernanceWords.object(entry).line) }
      return
    }
    Terminal.put(GovernanceWords.columns.joined(separator: ","))
    for entry in entries { Terminal.put(GovernanceWords.row(entry)) }
  }
}

struct GovernanceVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that no record was changed, taken away or added.",
    discussion: """
      Every record is held against its hash, every epoch against its signature, and the log \
      against every anchor in the tables of this home and those that --anchors hands in; releases \
      are held against the records of their cuts. The exit code is 1 where something does not \
      hold, and the first bad record is named.

      What the newest anchor covers is proven, as far as the anchor is out of reach of whoever \
      could change the log. What came later is proven against everybody but one who puts back a \
      whole older copy of the home.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: "Lines with anchors, as from the journal: - for standard input.")
  var anchors: String?

  @Option(help: "The first public key, as init printed it.")
  var publicKey: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let anchors, anchors != "-" {
      throw ValidationError("--anchors - reads lines from standard input.")
    }
    if let publicKey, publicKey.utf8.count != 64 {
      throw ValidationError("--public-key has 64 hexadecimal digits.")
    }
  }

  func run() throws {
    var given: [GovernanceAnchor] = []
    if anchors != nil {
      try StandardInput.forEachLines { (lines) throws(OperationError) in
        given += lines.compactMap { GovernanceAnchor(in: String(decoding: $0, as: UTF8.self)) }
      }
    }
    let report = try GovernanceOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).verify(anchors: given, firstPublicKey: publicKey?.lowercased())
    if json { Terminal.put(object(report).line) } else { Terminal.put(words(report)) }
    if !report.isGood { Terminal.exit(.failure) }
  }

  private func words(_ report: ChainReport) -> String {
    var lines: [String] = []
    if let fault = report.fault { lines.append("BROKEN     \(fault)") }
    if !report.guardsIntact {
      lines.append(
        "BROKEN     The triggers that keep the log and the releases are gone or changed.")
    }
    let good = report.isGood ? "hold" : "hold up to there"
    lines += report.releaseFaults.map { "BROKEN     \($0)" }
    lines.append(
      "records    \(report.firstSequence) to \(report.lastSequence): \(report.recordCount) \(good)")
    lines.append("epochs     \(report.epochCount) signed, up to record \(report.signedTo)")
    lines.append("key        \(report.firstPublicKey ?? "none")")
    lines.append("head       \(report.head ?? "none")")
    lines.append("anchors    \(report.anchorCount) compared")
    if report.releaseCount > 0 { lines.append(releases(report)) }
    switch report.provenTo {
    case .some(let anchor) where anchor.sequence == report.lastSequence:
      lines.append("proven     to record \(anchor.sequence), the last one")
    case .some(let anchor):
      lines.append(
        "proven     to record \(anchor.sequence); the tail is not provable since \(anchor.time)")
    case nil: lines.append("proven     nothing is anchored: the tail is not provable at all")
    }
    return Terminal.escape(lines.joined(separator: "\n"))
  }

  private func releases(_ report: ChainReport) -> String {
    let checked = report.releaseCount - report.uncheckedReleaseCount
    let rest =
      report.uncheckedReleaseCount == 0
      ? "" : "; \(report.uncheckedReleaseCount) of older versions cannot be"
    return "releases   \(checked) compared\(rest)"
  }

  private func object(_ report: ChainReport) -> JSONValue {
    .object([
      ("good", .boolean(report.isGood)), ("records", .integer(report.recordCount)),
      ("first_sequence", .integer(report.firstSequence)),
      ("last_sequence", .integer(report.lastSequence)),
      ("signed_to", .integer(report.signedTo)), ("head", .optional(report.head)),
      ("epochs", .integer(report.epochCount)), ("public_key", .optional(report.firstPublicKey)),
      ("fault", .optional(report.fault?.word)),
      ("fault_sequence", .optional(report.fault?.sequence)),
      ("reason", .optional(report.fault?.description)),
      ("triggers_intact", .boolean(report.guardsIntact)), ("anchors", .count(report.anchorCount)),
      ("releases", .count(report.releaseCount)),
      ("releases_unchecked", .count(report.uncheckedReleaseCount)),
      ("release_faults", .texts(report.releaseFaults.map(\.description))),
      ("proven_to", .optional(report.provenTo?.sequence)),
      ("not_provable_since", .optional(report.provenTo?.time)),
    ])
  }
}

struct GovernanceAnchorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "anchor", abstract: "Print the head of the log, to be kept elsewhere.",
    discussion: """
      One line of text. Keep it where the owner of this home cannot change it, and hand it to \
      `logveil governance verify --anchors -` later. The setting `anchor` writes every new head to \
      the journal or a file at once.
      """)

  @OptionGroup var homeOptions: HomeOptions

  func run() throws {
    let operation = try GovernanceOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant)
    Terminal.put(try operation.anchor().text)
  }
}

struct GovernancePurgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge", abstract: "Remove records that are older than their retention.",
    discussion: """
      The setting governance_days says how long records are kept: 120 days where it was never set. \
      Whole signed epochs go; the rest can still be verified. Needs the permission manage_settings.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: "Why: kept in the governance log.")
  var justification: String

  func run() throws {
    let (last, days) = try GovernanceOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).purge(justification: justification)
    if let last {
      Terminal.say("Removed the records up to \(last), which were older than \(days) days.")
    } else {
      Terminal.say("No record is older than \(days) days. Nothing was removed.")
    }
  }
}
