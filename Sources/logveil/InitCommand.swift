import ArgumentParser
import Operations
import Pseudonymisation

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Make a new home: folder, keys and first admin.",
    discussion: """
      The home lies at --home, else at $LOGVEIL_HOME, else at $XDG_DATA_HOME/logveil or \
      ~/.local/share/logveil, and is open to this account alone (mode 0700). `logveil run` makes \
      one by itself where there is none. A home that is there already is left as it is (exit code \
      73).
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(help: "Account of the first admin, who may do everything (default: the one that asks).")
  var admin: String?

  @Option(
    help: ArgumentHelp(
      "Wrap the keys by a key-encryption key: file:/PATH, fd:NUMBER, credential:NAME, passphrase.",
      valueName: "source"))
  var kek: KeySource?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let made = try InitOperation.run(
      InitRequest(
        home: homeOptions.path(), tenant: homeOptions.tenant, admin: admin, wrappedBy: kek))
    if json {
      let object = JSONValue.object([
        ("home", .text(made.home)), ("tenant", .text(made.tenant)), ("admin", .text(made.admin)),
        ("key_file", .text(made.keyFile)), ("governance_public_key", .text(made.publicKey)),
      ])
      Terminal.put(object.line)
      return
    }
    Terminal.put(
      Terminal.escape(
        """
        home     \(made.home)
        tenant   \(made.tenant)
        admin    \(made.admin)
        keys     \(made.keyFile)
        log key  \(made.publicKey)
        """))
    Terminal.say(
      "Write the log key down elsewhere: by it the whole governance log can be verified.")
    Terminal.say(
      "Whoever can read the key file can read all names: back it up, and keep the copy as safe.")
  }
}
