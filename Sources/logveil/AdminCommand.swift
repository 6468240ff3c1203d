import ArgumentParser
import Governance
import Operations

extension Permission: ExpressibleByArgument {
  package init?(argument: String) { self.init(rawValue: argument) }
}

struct AdminCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin", abstract: "Who may do what.",
    discussion: """
      Whoever has no permission is denied, exit code 77, and the refusal is recorded. Permissions: \
      \(Permission.allCases.map(\.rawValue).joined(separator: ", ")). All verbs need \
      manage_admins; nobody gives what he has not, and the last one who can give permissions \
      keeps that.
      """,
    subcommands: [
      AdminListCommand.self, AdminAddCommand.self, AdminGrantCommand.self,
      AdminRevokeCommand.self, AdminRemoveCommand.self,
    ])
}

/// For which tenant a permission holds.
struct ScopeOptions: ParsableArguments {
  @Flag(help: "For every tenant, also those that are made later.")
  var allTenants = false

  @Option(help: "Why: kept in the governance log.")
  var justification: String?
}

struct AdminListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the admins and their permissions.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each admin.")
  var json = false

  func run() throws {
    let admins = try AdminOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .list()
    if json {
      for admin in admins { Terminal.put(object(admin).line) }
      return
    }
    var table = TextTable(["account", "uid", "upn", "tenant", "permissions"], rightAligned: [1])
    for admin in admins {
      let scopes = Dictionary(grouping: admin.grants, by: \.tenant)
      for (scope, grants) in scopes.sorted(by: { ($0.key ?? "") < ($1.key ?? "") }) {
        table.add([
          admin.account, admin.uid.map { String($0) } ?? "-", admin.upn ?? "-", scope ?? "all",
          grants.map(\.permission.rawValue).sorted().joined(separator: " "),
        ])
      }
      if scopes.isEmpty {
        table.add([
          admin.account, admin.uid.map { String($0) } ?? "-", admin.upn ?? "-", "-", "none",
        ])
      }
    }
    Terminal.put(table.text)
  }

  private func object(_ admin: Admin) -> JSONValue {
    let grants = admin.grants.sorted {
      ($0.permission.rawValue, $0.tenant ?? "") < ($1.permission.rawValue, $1.tenant ?? "")
    }
    return .object([
      ("account", .text(admin.account)), ("uid", .optional(admin.uid.map { Int64($0) })),
      ("upn", .optional(admin.upn)),
      (
        "permissions",
        .array(
          grants.map {
            .object([
              ("permission", .text($0.permission.rawValue)), ("tenant", .optional($0.tenant)),
            ])
          })
      ),
    ])
  }
}

struct AdminAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add an admin.")

  @OptionGroup var homeOptions: HomeOptions
  @OptionGroup var scope: ScopeOptions

  @Argument(help: "The account on this machine.")
  var account: String

  @Option(help: "User principal name or mail address.")
  var upn: String?

  @Option(
    name: [.customLong("permission"), .customLong("permissions")], parsing: .upToNextOption,
    help: "What the account may do (default: nothing yet).")
  var permissions: [Permission] = []

  func run() throws {
    try AdminOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).add(
      account, upn: upn, permissions: Set(permissions),
      scope: scope.allTenants ? nil : homeOptions.tenant, justification: scope.justification)
    Terminal.say("Added \(account).")
  }
}

/// What grant and revoke share.
struct GrantArguments: ParsableArguments {
  @OptionGroup var homeOptions: HomeOptions
  @OptionGroup var scope: ScopeOptions

  @Argument(help: "The account.")
  var account: String

  @Argument(help: "The permissions.")
  var permissions: [Permission]

  func operation() throws -> AdminOperation {
    try AdminOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
  }

  var scopeTenant: String? { scope.allTenants ? nil : homeOptions.tenant }
}

struct AdminGrantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Give an admin permissions.")

  @OptionGroup var grant: GrantArguments

  func run() throws {
    try grant.operation().grant(
      Set(grant.permissions), to: grant.account, scope: grant.scopeTenant,
      justification: grant.scope.justification)
    Terminal.say("Granted to \(grant.account).")
  }
}

struct AdminRevokeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Take permissions from an admin.",
    discussion: "A permission that was given for every tenant is taken with --all-tenants.")

  @OptionGroup var grant: GrantArguments

  func run() throws {
    try grant.operation().revoke(
      Set(grant.permissions), from: grant.account, scope: grant.scopeTenant,
      justification: grant.scope.justification)
    Terminal.say("Revoked from \(grant.account).")
  }
}

struct AdminRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove an admin with all permissions.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The account.")
  var account: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try AdminOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .remove(account, justification: justification)
    Terminal.say("Removed \(account).")
  }
}

struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "List what waits for a second admin, agree to it or refuse it.",
    discussion: """
      Which actions need two people says the setting four_eyes. Whoever asked gives the same \
      command again once it was approved; that works once. Needs the permission approve; nobody \
      approves his own request.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The request; none: list those that wait.")
  var request: Int64?

  @Flag(help: "Refuse it.")
  var refuse = false

  @Flag(help: "List also requests that wait no more.")
  var all = false

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  @Flag(help: "Print one JSON object for each request.")
  var json = false

  func run() throws {
    let operation = try ApprovalOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant)
    if let request {
      let decided = try operation.decide(
        request, approves: !refuse, justification: justification)
      Terminal.say(
        refuse
          ? "Refused request \(request) of \(decided.account)."
          : "Approved: \(decided.account) can give the same command again, once.")
      return
    }
    let requests = try operation.list(isAll: all)
    if json {
      for request in requests { Terminal.put(object(request).line) }
      return
    }
    var table = TextTable(
      ["id", "action", "account", "what", "why", "expires", "state"], rightAligned: [0])
    for request in requests {
      table.add([
        String(request.id), request.action, request.account, request.summary,
        request.reason.replacing("\n", with: " "), request.expires, request.state,
      ])
    }
    Terminal.put(table.text)
  }

  private func object(_ request: ApprovalRequest) -> JSONValue {
    .object([
      ("id", .integer(request.id)), ("tenant", .text(request.tenant)),
      ("action", .text(request.action)), ("initiator", .text(request.account)),
      ("summary", .text(request.summary)), ("justification", .text(request.reason)),
      ("created", .text(request.created)), ("expires", .text(request.expires)),
      ("state", .text(request.state)), ("decided_by", .optional(request.decidedBy)),
    ])
  }
}
