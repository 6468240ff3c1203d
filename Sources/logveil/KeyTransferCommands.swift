import ArgumentParser
import Operations
import Pseudonymisation
import VeiledRecords

struct KeyExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write key versions, wrapped, to a file.",
    discussion: "The form is that of a key file, see docs/pseudonyms.md.")

  @OptionGroup var homeOptions: HomeOptions

  @Option(
    name: .customLong("version"), parsing: .upToNextOption,
    help: "Only these versions (default: all).")
  var versions: [Int] = []

  @Option(name: .shortAndLong, help: "The file, which must not be there yet.")
  var output: String

  @Option(help: ArgumentHelp("The key-encryption key of the export.", valueName: "source"))
  var kek: KeySource

  @Option(help: "Why: kept in the governance log.")
  var justification: String

  func run() throws {
    try KeyOperation(home: try homeOptions.path(), tenant: homeOptions.tenant).export(
      versions: versions, to: output, wrappedBy: kek, justification: justification)
    Terminal.say("Exported to \(output): whoever has it and its key-encryption key reads names.")
  }
}

struct KeyImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Take in exported keys, or a key of your own.",
    discussion: """
      A tenant without keys gets all of an export and with them the identity under which its \
      pseudonyms were made. A tenant with keys gets the versions that it lacks; destroyed ones do \
      not come back. With --raw your own key becomes a new version.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The file of an export.")
  var file: String?

  @Option(
    help: ArgumentHelp(
      "Where the export's key-encryption key is (default: where the export says).",
      valueName: "source"))
  var openedBy: KeySource?

  @Option(
    help: ArgumentHelp("Wrap the key file of a new tenant by this.", valueName: "source"))
  var kek: KeySource?

  @Option(
    help: ArgumentHelp(
      "Your own key of 16 or 32 bytes, or that in hexadecimal digits: file:, fd: or credential:.",
      valueName: "source"))
  var raw: KeySource?

  @Option(help: "With --raw: first day (YYYY-MM-DD, UTC) of its version (default: tomorrow).")
  var from: String?

  func validate() throws {
    guard (file != nil) != (raw != nil) else {
      throw ValidationError("Give either the file of an export or --raw.")
    }
  }

  func run() throws {
    let operation = try KeyOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
    if let raw {
      let day = try from.map { try KeyRotateCommand.day($0) }
      let (version, validFrom) = try operation.rotate(from: day, root: raw)
      Terminal.say("Version \(version) is your own key, for events from \(validFrom) on.")
    } else {
      let added = try operation.take(file ?? "", openedBy: openedBy, wrappedBy: kek)
      Terminal.say("Imported: versions \(added.map(String.init).joined(separator: ", ")).")
    }
  }
}

struct KeyBridgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bridge",
    abstract: "Link the pseudonyms of the same people under all key versions, without names.",
    discussion: """
      Prints one JSON object for each pseudonym: input, kind, and in results the pseudonyms of the \
      same name under every version that is left, the newest first. Needs the permission lookup \
      beside manage_keys.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "Pseudonyms; - reads them; none: all users of the table usage.")
  var pseudonyms: [String] = []

  @Option(help: "Why: kept in the governance log.")
  var justification: String

  @Flag(help: "Accepted for likeness: the output is JSON lines anyway.")
  var json = false

  func run() throws {
    let operation = try KeyOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
    var given: [[UInt8]]? = pseudonyms.isEmpty ? nil : pseudonyms.map { Array($0.utf8) }
    if pseudonyms == ["-"] {
      var lines: [[UInt8]] = []
      try StandardInput.forEachLines { (more) throws(OperationError) in lines += more }
      given = lines
    }
    try operation.bridge(given, justification: justification) { names in
      for name in names { Terminal.put(object(name).line) }
    }
  }

  private func object(_ name: BridgedName) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("input", .text(name.input)), ("kind", .optional(name.kind)),
      ("results", .texts(name.results)),
    ]
    if let error = name.error { members.append(("error", .text(error))) }
    return .object(members)
  }
}
