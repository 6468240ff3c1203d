import ArgumentParser
import Operations
import Pseudonymisation
import VeiledRecords

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "The keys of a tenant.",
    discussion: """
      Every version has a random root of its own and a first day: an event takes the version of \
      its own day, so what is read again gives the same pseudonyms, and older ones can still be \
      resolved. All verbs need the permission manage_keys and are recorded.

      A key-encryption key is named as file:/PATH, fd:NUMBER, credential:NAME (systemd's \
      LoadCredential=) or passphrase, which is asked for on the terminal. LOGVEIL_KEK names \
      another place for the one that wraps the key file, as after a move.
      """,
    subcommands: [
      KeyNewCommand.self, KeyListCommand.self, KeyRotateCommand.self, KeyWrapCommand.self,
      KeyBridgeCommand.self, KeyExportCommand.self, KeyImportCommand.self, KeyDestroyCommand.self,
    ])
}

/// A key-encryption key by name.
extension KeySource: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

struct KeyNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Make keys for a tenant that has none.")

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: ArgumentHelp("Wrap them by this key-encryption key.", valueName: "source"))
  var kek: KeySource?

  @Option(
    help: ArgumentHelp(
      "Your own key of 16 or 32 bytes in place of a random one: file:, fd: or credential:.",
      valueName: "source"))
  var raw: KeySource?

  func run() throws {
    try KeyOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .new(wrappedBy: kek, root: raw)
    Terminal.say("Made keys for tenant \(homeOptions.tenant).")
  }
}

struct KeyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the key versions, never their bytes.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each version.")
  var json = false

  func run() throws {
    let keys = try Listings.keys(home: try homeOptions.path(), tenant: homeOptions.tenant)
    if json {
      for key in keys {
        let object = JSONValue.object([
          ("version", .count(key.version)), ("valid_from", .optional(key.validFrom)),
          ("created", .text(key.created)), ("state", .text(key.state)), ("wrap", .text(key.wrap)),
        ])
        Terminal.put(object.line)
      }
      return
    }
    var table = TextTable(
      ["version", "valid from", "created", "state", "wrapped by"], rightAligned: [0])
    for key in keys {
      table.add([
        String(key.version), key.validFrom ?? "the beginning", key.created, key.state, key.wrap,
      ])
    }
    Terminal.put(table.text)
  }
}

struct KeyRotateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Add a key version for events from a day on.",
    discussion: """
      With a day that has passed, events of days that are in the tables already keep their \
      pseudonyms until their archives are read again.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: "First day (YYYY-MM-DD, UTC) of the new version (default: tomorrow).")
  var from: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let operation = try KeyOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
    let (version, day) = try operation.rotate(from: try from.map { try Self.day($0) })
    if json {
      let object = JSONValue.object([("version", .count(version)), ("valid_from", .text(day))])
      Terminal.put(object.line)
    } else {
      Terminal.say("Version \(version) holds for events from \(day) on.")
    }
  }

  static func day(_ text: String) throws -> CivilDay {
    guard let day = CivilDay(parsing: text) else {
      throw ValidationError("--from \(text): a day is written YYYY-MM-DD.")
    }
    return day
  }
}

struct KeyWrapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wrap", abstract: "Wrap the key file by another key-encryption key, or by none.")

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: ArgumentHelp("The new key-encryption key.", valueName: "source"))
  var kek: KeySource?

  @Flag(help: "Leave the keys plain, for whoever can read the file.")
  var plain = false

  func validate() throws {
    guard (kek != nil) != plain else { throw ValidationError("Give either --kek or --plain.") }
  }

  func run() throws {
    try KeyOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).wrap(by: kek)
    Terminal.say(plain ? "The keys are plain now." : "The keys are wrapped anew.")
  }
}

struct KeyDestroyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy", abstract: "Destroy a key version for good.",
    discussion: """
      Its pseudonyms can never be resolved again, in no table and no backup of one, and events of \
      its days become rejects. Exports and backups of the key file are yours to find: the \
      certificate that is printed, and kept in the governance log, names every export, import and \
      bridge that the log knows of.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The version.")
  var version: Int

  @Option(help: "Why: kept in the governance log.")
  var justification: String

  @Option(help: "\"destroy TENANT VERSION\"; asked for on the terminal when it is not given.")
  var confirm: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let operation = try KeyOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
    let wanted = KeyOperation.confirmation(tenant: homeOptions.tenant, version: version)
    let typed =
      confirm
      ?? Terminal.ask("This cannot be undone. To go on, type \"\(wanted)\": ") ?? ""
    let certificate = try operation.destroy(
      version: version, confirmation: typed, justification: justification)
    if json {
      let object = JSONValue.object([
        ("version", .count(version)), ("state", .text("destroyed")),
        ("certificate", .text(certificate)),
      ])
      Terminal.put(object.line)
    } else {
      Terminal.put(Terminal.escape("Destroyed: " + certificate))
    }
  }
}
