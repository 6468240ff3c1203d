import AppMatching
import ArgumentParser
import Operations
import ReportPages

struct AppsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apps", abstract: "The catalog of cloud apps, and what you state of them.",
    discussion: """
      Looking needs view_reports or manage_settings, changing manage_settings, apply \
      manage_tables. docs/apps.md tells more.
      """,
    subcommands: [
      AppsListCommand.self, AppsLookupCommand.self, AppsAddCommand.self, AppsRemoveCommand.self,
      AppsTagCommand.self, AppsFactorsCommand.self, AppsScoreCommand.self, AppsApplyCommand.self,
      AppsBlockListCommand.self,
    ])
}

extension ParsableCommand {
  fileprivate func apps(_ options: HomeOptions) throws -> AppsOperation {
    try AppsOperation(home: try options.path(), tenant: options.tenant)
  }
}

/// An app in words and as JSON.
private enum AppWords {
  static func table(_ apps: [ListedApp]) -> String {
    var table = TextTable(
      ["number", "app", "category", "country", "tags", "risk score", "domains and ranges"],
      rightAligned: [0])
    for app in apps {
      let score = app.score.map {
        RiskWords.text(tenths: $0, known: app.knownPercent, note: app.scoreNote)
      }
      table.add([
        String(app.number), app.name, app.category, app.country ?? "-",
        app.tags.joined(separator: " "), score ?? "unknown",
        (app.domains + app.ranges).joined(separator: " "),
      ])
    }
    return table.text
  }

  static func json(_ app: ListedApp) -> JSONValue {
    .object([
      ("app_id", .integer(Int64(app.number))), ("app", .text(app.name)),
      ("category", .text(app.category)), ("domains", .texts(app.domains)),
      ("ip_ranges", .texts(app.ranges)),
      ("headquarters", .optional(app.country)), ("tags", .texts(app.tags)),
      ("risk_score_tenths", .optional(app.score.map { Int64($0) })),
      ("risk_known_percent", .optional(app.knownPercent.map { Int64($0) })),
      ("risk_set_by_hand", .optional(app.scoreNote)),
      ("own", .boolean(app.isOwn)),
    ])
  }

  static func show(_ apps: [ListedApp], json: Bool) {
    if json {
      for app in apps { Terminal.put(self.json(app).line) }
    } else {
      Terminal.put(table(apps))
    }
  }
}

struct AppsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the apps that Logveil knows.")

  @OptionGroup var homeOptions: HomeOptions
  @Option(help: "Only apps of this category.")
  var category: String?
  @Option(help: "Only apps with this tag.")
  var tag: String?
  @Flag(help: "Only your own apps.")
  var own = false
  @Flag(help: "Print one JSON object for each app.")
  var json = false

  func run() throws {
    let apps = try apps(homeOptions).list(category: category, tag: tag, ownOnly: own)
    AppWords.show(apps, json: json)
  }
}

struct AppsLookupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lookup", abstract: "Say which app a host belongs to.")

  @OptionGroup var homeOptions: HomeOptions
  @Argument(help: "Hosts or IP addresses, without port.")
  var hosts: [String]
  @Flag(help: "Print one JSON object for each host.")
  var json = false

  func run() throws {
    let answers = try apps(homeOptions).lookUp(hosts)
    if json {
      for answer in answers {
        Terminal.put(
          JSONValue.object([
            ("host", .text(answer.host)), ("domain", .optional(answer.domain)),
            ("app", answer.app.map { AppWords.json($0) } ?? .null),
          ]).line)
      }
      return
    }
    var table = TextTable(["host", "domain", "app", "category", "tags"])
    for answer in answers {
      table.add([
        answer.host, answer.domain ?? "-", answer.app?.name ?? "-", answer.app?.category ?? "-",
        answer.app?.tags.joined(separator: " ") ?? "",
      ])
    }
    Terminal.put(table.text)
  }
}

struct AppsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add an app of your own, or change it.",
    discussion: """
      Reports know it at once, for history too. Rows of the table get it by `apps apply`. Where \
      the catalog has the same domain or range, yours wins. What it had before is replaced: say \
      all of its domains and ranges again.
      """)

  @OptionGroup var homeOptions: HomeOptions
  @Argument(help: "Its name.")
  var name: String
  @Option(help: "Its category (default: Own apps).")
  var category = "Own apps"
  @Option(
    name: .customLong("domain"), parsing: .upToNextOption,
    help: "Its domains; each stands for all hosts below it.")
  var domains: [String] = []
  @Option(
    name: .customLong("ip-range"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "Its ranges of addresses, for logs without host names: 192.0.2.0/24, 2001:db8::/32.",
      valueName: "cidr"))
  var ranges: [String] = []
  @Option(help: ArgumentHelp("Where its owner has its seat.", valueName: "CC"))
  var headquarters: String?
  @Flag(help: "Print a JSON object.")
  var json = false

  func run() throws {
    let app = try apps(homeOptions).add(
      name: name, category: category, domains: domains, ranges: ranges, country: headquarters)
    AppWords.show([app], json: json)
  }
}

struct AppsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove an app of your own, with all you stated of it.")

  @OptionGroup var homeOptions: HomeOptions
  @Argument(help: "Its name or number.")
  var name: String

  func run() throws {
    try apps(homeOptions).remove(name)
    Terminal.say("Removed \(name).")
  }
}

struct AppsTagCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tag", abstract: "Give apps tags, or take them away.",
    discussion: """
      Of sanctioned, unsanctioned and monitored an app has one at most: the last one wins. Any \
      other word is a tag of your own.
      """)

  @OptionGroup var homeOptions: HomeOptions
  @Argument(help: "Names or numbers of apps.")
  var names: [String]
  @Option(name: .customLong("add"), parsing: .upToNextOption, help: "Tags to give.")
  var added: [String] = []
  @Option(name: .customLong("remove"), parsing: .upToNextOption, help: "Tags to take away.")
  var removed: [String] = []
  @Flag(help: "Print one JSON object for each app.")
  var json = false

  func validate() throws {
    if added.isEmpty, removed.isEmpty { throw ValidationError("Say --add TAG or --remove TAG.") }
  }

  func run() throws {
    let changed = try apps(homeOptions).tag(names, adding: added, removing: removed)
    AppWords.show(changed, json: json)
  }
}
