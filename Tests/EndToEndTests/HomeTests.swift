import Foundation
import Testing

@Suite struct HomeTests {
  @Test func initMakesAHomeOnce() throws {
    let program = try Program()
    let made = try program.run("init", "--tenant", "acme", "--json")
    #expect(made.exitCode == 0)
    let object = try #require(made.objects().first)
    #expect(object["tenant"] as? String == "acme")
    #expect(object["home"] as? String == program.home.path)
    let mode = try FileManager.default.attributesOfItem(atPath: program.home.path)[
      .posixPermissions]
    #expect(mode as? Int == 0o700)
    let keyFile = try #require(object["key_file"] as? String)
    let keyMode = try FileManager.default.attributesOfItem(atPath: keyFile)[.posixPermissions]
    #expect(keyMode as? Int == 0o600)

    let again = try program.run("init", "--tenant", "acme")
    #expect(again.exitCode == 73)
    #expect(again.errors.contains("there is a home already"))
    #expect(again.output.isEmpty)

    let log = try program.run("governance", "list", "--json").objects()
    #expect(log.first?["action"] as? String == "init")
    #expect(log.first?["sequence"] as? Int == 1)
    #expect(
      Set(log[0].keys) == [
        "sequence", "time", "action", "target", "initiator", "tenant", "status", "justification",
        "error", "hash",
      ])
  }

  struct Refusal: Sendable {
    let arguments: [String]
    let code: Int32

    init(_ line: String, _ code: Int32) {
      arguments = line.split(separator: " ").map(String.init)
      self.code = code
    }
  }

  @Test(arguments: [
    Refusal("init --tenant ../x", 64),
    Refusal("init --tenant=", 64),
    Refusal("init --admin=", 64),
    Refusal("init --admin a\tb", 64),
    Refusal("frobnicate", 64),
    Refusal("key list --frobnicate", 64),
    Refusal("key frobnicate", 64),
    Refusal("formats show nothing", 64),
    Refusal("inspect /nowhere/at/all", 66),
    Refusal("inspect x --clear", 64),
    Refusal("inspect x --line 0", 64),
    Refusal("inspect x --format nothing", 64),
    Refusal("inspect x --time-zone No/Where", 64),
    Refusal("inspect x --records --line 1", 64),
    Refusal("governance list", 78),
    Refusal("key list", 78),
    Refusal("table list", 78),
    Refusal("resolve --from-anonymised u1-a --justification x", 78),
    Refusal("governance list --action nothing", 64),
    Refusal("governance list --limit 0", 64),
  ])
  func refusesWithACode(refusal: Refusal) throws {
    let (arguments, code) = (refusal.arguments, refusal.code)
    let program = try Program()
    let outcome = try program.run(arguments)
    #expect(outcome.exitCode == code, "\(arguments): \(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(!outcome.errors.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: program.home.path))
  }

  @Test func aLostStateIsNotMadeAfresh() throws {
    let program = try Program()
    try program.run("run", "--progress", "off", Program.sample("w3c"))
    try FileManager.default.removeItem(at: program.home.appending(path: "state.sqlite"))
    for arguments in [["init"], ["inspect", Program.sample("w3c")], ["key", "list"]] {
      let outcome = try program.run(arguments)
      #expect(outcome.exitCode == 78, "\(arguments)")
      #expect(outcome.output.isEmpty)
    }
    #expect(
      !FileManager.default.fileExists(atPath: program.home.appending(path: "state.sqlite").path))
  }

  @Test func anOpenHomeIsRefused() throws {
    let program = try Program()
    try program.run("init")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: program.home.path)
    let outcome = try program.run("key", "list")
    #expect(outcome.exitCode == 78)
    #expect(outcome.errors.contains("chmod 700"))
    #expect(try program.run("doctor").exitCode == 78)
  }

  @Test func keysAreListedWithoutBytes() throws {
    let program = try Program()
    try program.run("init")
    let keys = try program.run("key", "list", "--json").objects()
    #expect(keys.count == 1)
    #expect(Set(keys[0].keys) == ["version", "valid_from", "created", "state", "wrap"])
    #expect(keys[0]["version"] as? Int == 1)
    #expect(keys[0]["state"] as? String == "active")
    #expect(try program.run("key", "list", "--tenant", "other").exitCode == 78)
  }

  @Test func doctorTellsWhatItFinds() throws {
    let program = try Program()
    let before = try program.run("doctor", "--json")
    #expect(before.exitCode == 0)
    #expect(!FileManager.default.fileExists(atPath: program.home.path))
    try program.run("init")
    let object = try #require(program.run("doctor", "--json").objects().first)
    #expect(object["usable"] as? Bool == true)
    let libraries = try #require(object["libraries"] as? [String: String])
    #expect(
      Set(libraries.keys) == ["zstd", "lz4", "isal", "xxhash", "openssl", "libpsl", "sqlite"])
    let tests = try #require(object["self_tests"] as? [String: Bool])
    #expect(tests.values.allSatisfy { $0 })
    let warnings = try #require(object["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("are plain") })

    let keyFile = program.home.appending(path: "keys/default.json").path
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: keyFile)
    let after = try program.run("doctor", "--json")
    #expect(after.exitCode == 78)
    #expect(after.errors.contains("mode 640"))
  }

  @Test func helpIsThereForAll() throws {
    let program = try Program()
    for verb in [
      ["init"], ["run"], ["resolve"], ["key", "list"], ["governance", "list"], ["table", "list"],
      ["table", "files"], ["table", "history"], ["formats", "list"], ["formats", "show"],
      ["inspect"], ["doctor"],
    ] {
      let help = try program.run(verb + ["--help"])
      #expect(help.exitCode == 0)
      #expect(help.output.contains("USAGE: logveil \(verb.joined(separator: " "))"))
    }
  }

  @Test func controlCharactersDoNotReachTheTerminal() throws {
    let program = try Program()
    for arguments in [
      ["inspect", "/no\u{1b}[31mwhere"], ["frob\u{1b}[2J"], ["formats", "show", "\u{7}"],
    ] {
      let outcome = try program.run(arguments)
      #expect(!outcome.errors.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }
  }
}
