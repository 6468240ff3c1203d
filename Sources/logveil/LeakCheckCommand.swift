import ArgumentParser
import ClearExits
import LogFormats
import Operations

struct LeakCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leak-check",
    abstract: "Search all that runs left for every clear name of archives.",
    discussion: """
      Every file of the home is searched, Parquet pages decompressed and decrypted, and what \
      --also names: for each user's name of four bytes or more, as a whole word, as it stands in \
      the log and in its canonical form, in any case, percent-encoded, in base64, hexadecimal \
      digits and UTF-16. Machines and source addresses are counted apart. The statement is a \
      record of the signed governance log. Exit code 1 where a user's name was found. Needs the \
      permission ingest.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The archives whose names are looked for.")
  var archives: [ArchiveArguments]

  @Option(parsing: .upToNextOption, help: "More files and folders: reports, logs, metrics.")
  var also: [ArchiveArguments] = []

  @Option(help: "The format, or auto: see `logveil formats list`.")
  var format = "auto"

  @Option(help: "The data source by whose rules names are read.")
  var source = "default"

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    var request = LeakCheckRequest(
      home: try homeOptions.path(), tenant: homeOptions.tenant, archives: archives.paths)
    request.also = also.paths
    request.source = source
    if format != "auto" {
      request.profile = try FormatChoice.profile(named: format, home: try homeOptions.path())
    }
    let statement = try LeakCheckOperation(request).check()
    if json {
      Terminal.put(object(statement).line)
    } else {
      for found in statement.found {
        Terminal.put(
          "\(Terminal.escape(found.path)) \(found.part) \(found.leak.offset): a name of "
            + "a \(word(found.leak.scope)), \(found.leak.form.rawValue)")
      }
      Terminal.put(
        """
        archives   \(statement.archives)
        names      \(statement.names) (\(statement.exempt) more are accounts of admins)
        searched   \(statement.files) files, \(statement.bytes) bytes
        unread     \(statement.unread.count) files
        destroyed  \(statement.destroyed) files, whose key is gone
        users      \(statement.users) found
        machines   \(statement.machines) found
        record     \(statement.sequence) \(statement.hash)
        """)
    }
    for (path, reason) in statement.unread { Terminal.say("\(path): \(reason)") }
    if statement.users > 0 { Terminal.exit(.failure) }
    if !statement.unread.isEmpty { Terminal.exit(.incomplete) }
  }

  private func word(_ scope: LeakNames.Scope) -> String { scope == .user ? "user" : "machine" }

  private func object(_ statement: LeakStatement) -> JSONValue {
    .object([
      ("archives", .count(statement.archives)), ("names", .count(statement.names)),
      ("exempt", .count(statement.exempt)), ("files", .count(statement.files)),
      ("bytes", .integer(statement.bytes)), ("users_found", .count(statement.users)),
      ("machines_found", .count(statement.machines)),
      ("destroyed", .count(statement.destroyed)),
      ("unread", .texts(statement.unread.map(\.path))),
      (
        "found",
        .array(
          statement.found.map { found in
            .object([
              ("path", .text(found.path)), ("part", .text(found.part)),
              ("offset", .count(found.leak.offset)), ("scope", .text(word(found.leak.scope))),
              ("form", .text(found.leak.form.rawValue)),
            ])
          })
      ),
      ("sequence", .integer(statement.sequence)), ("hash", .text(statement.hash)),
    ])
  }
}
