import ArgumentParser
import Operations

struct KeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "The keys of a tenant.", subcommands: [KeyListCommand.self])
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
          ("created", .text(key.created)), ("state", .text(key.state)),
        ])
        Terminal.put(object.line)
      }
      return
    }
    var table = TextTable(["version", "valid from", "created", "state"], rightAligned: [0])
    for key in keys {
      table.add([String(key.version), key.validFrom ?? "the beginning", key.created, key.state])
    }
    Terminal.put(table.text)
  }
}
