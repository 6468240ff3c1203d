import AppMatching
import ArgumentParser
import Foundation
import Operations
import ReportPages

struct AppsFactorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "factors", abstract: "Load what you know of apps' risks, or say what weighs how.",
    discussion: """
      Without options the factors are listed. A factor that nobody stated counts neither way: the \
      score says how much of it is known. The file is CSV with the columns app, factor, value and \
      perhaps source; values are yes, no, n/a or points from 0 (bad) to 10 (good). What does not \
      apply to an app is left out of its score, or counts as a bad factor: --not-applicable.
      """)

  @OptionGroup var homeOptions: HomeOptions
  @Option(help: ArgumentHelp("Load factors from this file.", valueName: "file"))
  var csv: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Say what a factor or group weighs: ignored, low, medium, high, very_high.",
      valueName: "name=importance"))
  var importance: [String] = []
  @Option(help: "What n/a is in a score: bad, or left-out (as long as nothing was said).")
  var notApplicable: NotApplicable?

  enum NotApplicable: String, ExpressibleByArgument, CaseIterable {
    case bad
    case leftOut = "left-out"
  }

  /// What `name=importance` says.
  private static func weight(_ text: String) throws -> (name: String, Importance) {
    let sides = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard sides.count == 2, let weight = Importance(rawValue: sides[1]) else {
      let words = Importance.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "--importance \(text): write name=importance; importances are \(words).")
    }
    try AppsOperation.checkFactor(sides[0])
    return (sides[0], weight)
  }

  func run() throws {
    // All is understood before anything is changed.
    let weights = try importance.map(Self.weight)
    let operation = try AppsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
    if let csv {
      guard let data = FileManager.default.contents(atPath: csv) else {
        throw OperationError(.noInput, "\(csv) cannot be read. Nothing was changed.")
      }
      let count = try operation.loadFactors(Array(data))
      Terminal.say("Loaded \(count) \(count == 1 ? "factor" : "factors").")
    }
    for (name, weight) in weights { try operation.setImportance(of: name, weight) }
    if let notApplicable { try operation.setNotApplicable(counts: notApplicable == .bad) }
    guard csv == nil, importance.isEmpty, notApplicable == nil else { return }
    var table = TextTable(["group", "factor"])
    for factor in RiskFactor.all { table.add([factor.group.rawValue, factor.name]) }
    Terminal.put(table.text)
  }
}

struct AppsScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Set an app's risk score by hand, or back to the computed one.")

  @OptionGroup var homeOptions: HomeOptions
  @Argument(help: "Name or number of the app.")
  var name: String
  @Option(help: "0 (risky) to 10 (not risky), as 7 or 7.5.")
  var set: String?
  @Flag(help: "Back to the computed score.")
  var computed = false
  @Option(help: "Why: kept with the score.")
  var note: String?
  @Flag(help: "Print a JSON object.")
  var json = false

  func validate() throws {
    guard (set != nil) != computed else { throw ValidationError("Say --set or --computed.") }
    if set != nil, note?.isEmpty ?? true { throw ValidationError("--set needs --note.") }
  }

  func run() throws {
    var tenths: Int?
    if let set {
      guard case .points(let value)? = FactorValue(set) else {
        throw ValidationError("--set \(set): a score is a number from 0 to 10, as 7.5.")
      }
      tenths = value
    }
    let app = try AppsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .setScore(name, tenths: tenths, note: note ?? "")
    let words = app.score.map { "\(FigureText.tenths($0)) of 10" } ?? "unknown"
    if json {
      Terminal.put(
        JSONValue.object([
          ("app", .text(app.name)),
          ("risk_score_tenths", .optional(app.score.map { Int64($0) })),
        ]).line)
    } else {
      Terminal.put("\(app.name): \(words)")
    }
  }
}

struct AppsApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Write the apps of all rows of usage anew, by today's catalog.",
    discussion: "For readers of the table: reports look apps up by themselves. One commit.")

  @OptionGroup var homeOptions: HomeOptions
  @Flag(help: "Print a JSON object.")
  var json = false

  func run() throws {
    let result = try AppsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).apply()
    if json {
      Terminal.put(
        JSONValue.object([
          ("files", .count(result.files)), ("rows", .count(result.rows)),
          ("version", .optional(result.version)),
        ]).line)
    } else if let version = result.version {
      Terminal.put(
        "\(result.rows) rows in \(result.files) files have another app now; version \(version).")
    } else {
      Terminal.put("All rows have today's apps.")
    }
  }
}

struct AppsBlockListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "block-list", abstract: "Write domains of unsanctioned apps for an appliance.",
    discussion: """
      An app is left out, with the reason on standard error, where computers need it, or where a \
      sanctioned app lies within its domains.
      """)

  @OptionGroup var homeOptions: HomeOptions
  @Option(help: "fortinet, paloalto, bluecoat, zscaler, asa, srx, websense or plain.")
  var format = BlockListFormat.plain

  func run() throws {
    let list = try AppsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .blockList(format)
    for (app, reason) in list.refused {
      Terminal.say("\(app) is left out: \(reason).")
    }
    if list.apps.isEmpty {
      Terminal.say("No app is tagged unsanctioned that can be blocked: `logveil apps tag`.")
    } else {
      Terminal.put(list.text)
    }
  }
}

extension BlockListFormat: ExpressibleByArgument {}
