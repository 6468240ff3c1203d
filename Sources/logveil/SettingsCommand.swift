import ArgumentParser
import Governance
import Operations
import VeiledRecords

extension SettingKey: ExpressibleByArgument {
  package init?(argument: String) { self.init(rawValue: argument) }
}

struct SettingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "What touches privacy and retention.",
    discussion:
      "All verbs need the permission manage_settings; every change is recorded.\n\n"
      + SettingKey.allCases.map { "\($0.rawValue): \($0.expected)" }.joined(separator: "\n"),
    subcommands: [
      SettingsListCommand.self, SettingsShowCommand.self, SettingsSetCommand.self,
      SettingsRemoveCommand.self,
    ])
}

struct SettingsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all settings with their values.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each setting.")
  var json = false

  func run() throws {
    let settings = try SettingsOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).list()
    if json {
      for setting in settings {
        let object = JSONValue.object([
          ("key", .text(setting.key.rawValue)), ("value", .text(setting.value)),
          ("set", .boolean(setting.isSet)),
          ("tenant", .optional(setting.key.isOfHome ? nil : homeOptions.tenant)),
        ])
        Terminal.put(object.line)
      }
      return
    }
    var table = TextTable(["setting", "value", "", "takes"])
    for setting in settings {
      table.add([
        setting.key.rawValue, setting.value.isEmpty ? "-" : setting.value,
        setting.isSet ? "set" : "standard", setting.key.expected,
      ])
    }
    Terminal.put(table.text)
  }
}

struct SettingsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print the value of one setting.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The setting.")
  var key: SettingKey

  func run() throws {
    let settings = try SettingsOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).list()
    for setting in settings where setting.key == key {
      Terminal.put(Terminal.escape(setting.value))
    }
  }
}

struct SettingsSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set a setting.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The setting.")
  var key: SettingKey

  @Argument(help: "Its value.")
  var value: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try SettingsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .set(key, to: value, justification: justification)
    Terminal.say("Set \(key.rawValue).")
  }
}

struct SettingsRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Take a setting back: what holds everywhere holds again.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The setting.")
  var key: SettingKey

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    try SettingsOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .set(key, to: nil, justification: justification)
    Terminal.say("Removed \(key.rawValue).")
  }
}
