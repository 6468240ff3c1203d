import ArgumentParser
import Foundation
import Operations
import Pseudonymisation

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "The defaults in HOME/logveil.yaml.",
    discussion: """
      Keys: tenant, threads, memory, progress (auto, on, off), log_format (text, json). Flags win \
      over the environment (LOGVEIL_TENANT, LOGVEIL_THREADS, LOGVEIL_MEMORY, LOGVEIL_PROGRESS, \
      LOGVEIL_LOG_FORMAT), and that over the file. What touches privacy or retention is a \
      setting, not a default: it is changed under record.
      """,
    subcommands: [ConfigCheckCommand.self, ConfigPrintCommand.self])
}

struct ConfigCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the file; the exit code is 78 when it is wrong.")

  @OptionGroup var homeOptions: HomeOptions

  func run() throws {
    let path = try homeOptions.path()
    _ = try Defaults(home: path)
    Terminal.say("\(path)/\(HostConfiguration.fileName): all right")
  }
}

struct ConfigPrintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print", abstract: "Print what holds, and where it comes from.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each key.")
  var json = false

  func run() throws {
    let defaults = try Defaults(home: try homeOptions.path())
    var table = TextTable(["key", "value", "from"])
    for (key, value, origin) in defaults.all {
      if json {
        Terminal.put(
          JSONValue.object([
            ("key", .text(key)), ("value", .optional(value)), ("from", .text(origin)),
          ]).line)
      }
      table.add([key, value ?? "-", origin])
    }
    if !json { Terminal.put(table.text) }
  }
}

/// What holds where no flag says otherwise: the environment, then the file of the home.
struct Defaults {
  private let values: [String: (value: String, origin: String)]

  init(
    home: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    let file = try HostConfiguration.load(home: home)
    var values: [String: (value: String, origin: String)] = [:]
    let written = [
      "tenant": file.tenant, "threads": file.threads.map { String($0) }, "memory": file.memory,
      "progress": file.progress, "log_format": file.logFormat,
    ]
    for (key, value) in written {
      if let value { values[key] = (value, HostConfiguration.fileName) }
    }
    for key in HostConfiguration.keys {
      let name = "LOGVEIL_" + key.uppercased()
      if let value = environment[name], !value.isEmpty { values[key] = (value, name) }
    }
    self.values = values
    try check()
  }

  /// Every key with its value and where it comes from.
  var all: [(key: String, value: String?, origin: String)] {
    HostConfiguration.keys.map { key in
      values[key].map { (key, $0.value, $0.origin) } ?? (key, nil, "built in")
    }
  }

  var tenant: String? { values["tenant"]?.value }
  var threads: Int? { values["threads"].flatMap { Int($0.value) } }
  var memory: ByteCount? { values["memory"].flatMap { ByteCount(argument: $0.value) } }
  var progress: ProgressMode? { values["progress"].flatMap { ProgressMode(rawValue: $0.value) } }
  var logFormat: LogFormat? { values["log_format"].flatMap { LogFormat(rawValue: $0.value) } }

  private func check() throws {
    let isGood: [(String, Bool)] = [
      ("tenant", tenant.map { Keyring.isTenantName($0) } ?? true),
      ("threads", values["threads"] == nil || threads.map { (1...512).contains($0) } == true),
      ("memory", values["memory"] == nil || memory != nil),
      ("progress", values["progress"] == nil || progress != nil),
      ("log_format", values["log_format"] == nil || logFormat != nil),
    ]
    for (key, isGood) in isGood where !isGood {
      let (value, origin) = values[key] ?? ("", "")
      throw OperationError(.configuration, "\(origin): \(key) cannot be \(value).")
    }
  }
}
