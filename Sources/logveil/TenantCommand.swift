import ArgumentParser
import Operations
import Pseudonymisation

struct TenantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenant", abstract: "Tenants: keys, tables, sources and settings of their own.",
    subcommands: [
      TenantListCommand.self, TenantShowCommand.self, TenantAddCommand.self,
      TenantRemoveCommand.self,
    ])
}

struct TenantListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the tenants of the home.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each tenant.")
  var json = false

  func run() throws {
    let names = try TenantOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).list()
    for name in names {
      Terminal.put(json ? JSONValue.object([("tenant", .text(name))]).line : name)
    }
  }
}

struct TenantShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what there is of a tenant.",
    discussion: "Needs the permission manage_settings or manage_keys for that tenant.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The tenant's name.")
  var name: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let tenant = try TenantOperation(home: try homeOptions.path(), tenant: name).show()
    if json {
      let object = JSONValue.object([
        ("tenant", .text(tenant.name)), ("active_keys", .count(tenant.activeKeys)),
        ("destroyed_keys", .count(tenant.destroyedKeys)), ("wrap", .text(tenant.wrap)),
        ("settings", .count(tenant.settings)), ("sources", .count(tenant.sources)),
        ("admins", .array(tenant.admins.map { .text($0) })),
        ("tables", .array(tenant.tables.map { .text($0) })),
      ])
      Terminal.put(object.line)
      return
    }
    func words(_ list: [String]) -> String { list.isEmpty ? "-" : list.joined(separator: ", ") }
    Terminal.put(
      Terminal.escape(
        """
        tenant    \(tenant.name)
        keys      \(tenant.activeKeys) active, \(tenant.destroyedKeys) destroyed, wrapped by \
        \(tenant.wrap)
        settings  \(tenant.settings) of its own
        sources   \(tenant.sources)
        admins    \(words(tenant.admins))
        tables    \(words(tenant.tables))
        """))
  }
}

struct TenantAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a tenant, with keys of its own.",
    discussion: "Needs the permission manage_keys for that tenant.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The tenant's name.")
  var name: String

  @Option(help: ArgumentHelp("Wrap its keys by this key-encryption key.", valueName: "source"))
  var kek: KeySource?

  func run() throws {
    try TenantOperation.add(home: try homeOptions.path(), name: name, wrappedBy: kek)
    Terminal.say("Added the tenant \(name).")
  }
}

struct TenantRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a tenant whose keys are all destroyed, for good.",
    discussion: """
      Its tables, those with clear names among them, its settings, sources and permissions are \
      gone; the governance log keeps what it says of it. Needs the permission manage_keys for that \
      tenant.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The tenant's name.")
  var name: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String

  @Option(help: "\"remove TENANT\"; asked for on the terminal when it is not given.")
  var confirm: String?

  func run() throws {
    let operation = try TenantOperation(home: try homeOptions.path(), tenant: name)
    let wanted = TenantOperation.confirmation(tenant: name)
    let typed =
      confirm ?? Terminal.ask("This cannot be undone. To go on, type \"\(wanted)\": ") ?? ""
    try operation.remove(confirmation: typed, justification: justification)
    Terminal.say("Removed the tenant \(name).")
  }
}
