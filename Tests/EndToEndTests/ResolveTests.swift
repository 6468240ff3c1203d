import Foundation
import GRDB
import Governance
import Testing

@Suite struct ResolveTests {
  private func pseudonym(
    _ program: Program, of name: String, _ more: String...
  ) throws -> [String: Any] {
    let outcome = try program.run(
      ["resolve", "--to-anonymised", "-", "--justification", "test", "--json"] + more,
      input: Data("\(name)\n".utf8))
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return try #require(outcome.objects().first)
  }

  @Test(arguments: [
    ("CORP\\Anna.Brookling", "user", "u1-", "corp\\anna.brookling"),
    ("Zoë@Corp.Example", "user", "u1-", "zoë@corp.example"),
    ("PC-4711$", "machine", "m1-", "pc-4711"), ("::ffff:192.0.2.1", "ip", "i1-", "192.0.2.1"),
  ])
  func turnsNamesBothWays(name: String, kind: String, prefix: String, clear: String) throws {
    let program = try Program()
    try program.run("init")
    let there = try pseudonym(program, of: name, "--kind", kind)
    let text = try #require(there["result"] as? String)
    #expect(text.hasPrefix(prefix))
    #expect(there["input"] as? String == text)
    #expect(there["kind"] as? String == kind)
    #expect(there["results"] as? [String] == [text])
    for flag in ["--from-anonymised", "--from-anonymized"] {
      let back = try program.run("resolve", flag, text, "--justification", "test", "--json")
      let object = try #require(back.objects().first)
      #expect(object["input"] as? String == text)
      #expect(object["result"] as? String == clear)
      #expect(object["kind"] as? String == kind)
      #expect(object["error"] == nil)
    }
    let plain = try program.run("resolve", "--from-anonymised", text, "--justification", "test")
    #expect(plain.output == "\(clear)\n")
    #expect(try !program.homeHolds(clear))
    #expect(try !program.homeHolds(name))
  }

  @Test func saysWhatCannotBeResolved() throws {
    let program = try Program()
    try program.run("init")
    let good = try #require(pseudonym(program, of: "anna")["result"] as? String)
    let other = String(good.dropLast(9)) + (good.contains("aaaaaaaa") ? "bbbbbbbba" : "aaaaaaaaa")
    let outcome = try program.run(
      "resolve", "--from-anonymised", good, "Anna Clear", other, good.uppercased(),
      "--justification", "x", "--json")
    #expect(outcome.exitCode == 0)
    let objects = try outcome.objects()
    #expect(objects.map { $0["error"] as? String } == [nil, "malformed", "unknown", "malformed"])
    #expect(
      objects.map { $0["input"] as? String } == [good, "Anna Clear", other, good.uppercased()])
    #expect(try !program.homeHolds("anna clear"))
    let nobody = try pseudonym(program, of: "N/A")
    #expect(nobody["error"] as? String == "malformed")
    #expect(nobody["result"] is NSNull)
    let plain = try program.run("resolve", "--from-anonymised", "x", "--justification", "x")
    #expect(plain.exitCode == 65)
    #expect(plain.output == "\n")
  }

  @Test(arguments: [
    ["resolve", "--from-anonymised", "u1-a"],
    ["resolve", "--from-anonymised", "u1-a", "--justification", ""],
    ["resolve", "--from-anonymised", "u1-a", "--justification", " \u{200b}\t"],
    ["resolve", "--justification", "x"],
    ["resolve", "--from-anonymised", "a", "--to-anonymised", "b", "--justification", "x"],
    ["resolve", "--from-anonymised", "-", "b", "--justification", "x"],
    ["resolve", "--to-anonymised", "a", "--kind", "dog", "--justification", "x"],
    ["resolve", "--to-anonymised", "a", "--source", "", "--justification", "x"],
  ])
  func refusesWhatIsNotAsked(arguments: [String]) throws {
    let program = try Program()
    try program.run("init")
    let outcome = try program.run(arguments)
    #expect(outcome.exitCode == 64)
    #expect(outcome.output.isEmpty)
    let log = try program.run("governance", "list", "--json").objects()
    #expect(log.allSatisfy { ["init", "tenant_add"].contains($0["action"] as? String) })
  }

  @Test func readsManyNamesAndWarnsOfArguments() throws {
    let program = try Program()
    try program.run("init")
    for budget in ["lookup_budget", "resolve_budget"] {
      #expect(try program.run("settings", "set", budget, "10000").exitCode == 0)
    }
    let names = (0..<3000).map { "user\($0)" }
    let many = try program.run(
      ["resolve", "--to-anonymised", "-", "--justification", "x"],
      input: Data((names.joined(separator: "\r\n") + "\n\n").utf8))
    #expect(many.lines.count == 3000)
    #expect(Set(many.lines).count == 3000)
    #expect(many.errors.isEmpty)
    let back = try program.run(
      ["resolve", "--from-anonymised", "-", "--justification", "x"], input: Data(many.output.utf8))
    #expect(back.lines == names)
    let argument = try program.run("resolve", "--to-anonymized", "user7", "--justification", "x")
    #expect(argument.lines == [many.lines[7]])
    #expect(argument.errors.contains("list of processes"))
    let none = try program.run("resolve", "--to-anonymised", "-", "--justification", "x")
    #expect(none.exitCode == 66)
  }

  @Test func writesTheRecordFirst() throws {
    let program = try Program()
    try program.run("init")
    let text = try #require(pseudonym(program, of: "anna")["result"] as? String)
    try program.run(
      "resolve", "--from-anonymised", text, "nonsense", "--justification", "case 3", "--json")
    let log = try program.run("governance", "list", "--action", "resolve", "--json").objects()
    #expect(
      log.map { $0["status"] as? String } == ["intent", "intent", "successful", "failed"])
    let targets = log.compactMap { $0["target"] as? String }
    #expect(targets.count == 4 && targets[0] == text && targets[2] == text)
    #expect(targets[1].wholeMatch(of: /hmac1:[0-9a-f]{32}/) != nil && targets[3] == targets[1])
    #expect(log.allSatisfy { $0["justification"] as? String == "case 3" })
    #expect(log[3]["error"] as? String == "malformed")
    let newest = try program.run("governance", "list", "--json", "--limit", "1").objects()
    #expect(newest.map { $0["sequence"] as? Int } == [log[3]["sequence"] as? Int])
    let failed = try program.run("governance", "list", "--json", "--status", "failed").objects()
    #expect(failed.count == 1)
  }

  /// Without a record there is no answer.
  @Test func saysNothingThatCannotBeRecorded() throws {
    let program = try Program()
    try program.run("init")
    let text = try #require(pseudonym(program, of: "anna")["result"] as? String)
    let database = try DatabaseQueue(path: program.home.appending(path: "state.sqlite").path)
    try database.write { database in
      let names = try String.fetchAll(
        database, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
      for name in names { try database.execute(sql: "DROP TRIGGER \"\(name)\"") }
    }
    try database.close()
    let outcome = try program.run("resolve", "--from-anonymised", text, "--justification", "x")
    #expect(outcome.exitCode == 74)
    #expect(outcome.output.isEmpty)
    let clear = try program.run(
      "inspect", Program.sample("w3c"), "--records", "--json", "--clear", "--justification", "x")
    #expect(clear.exitCode == 74)
    #expect(clear.output.isEmpty)
  }

  @Test func whoHasNoPermissionIsRefusedAndRecorded() throws {
    let program = try Program()
    #expect(try program.run("init", "--admin", "somebody-else").exitCode == 0)
    let verbs: [([String], String)] = [
      (["resolve", "--from-anonymised", "u1-a", "--justification", "why"], "resolve"),
      (["resolve", "--to-anonymised", "anna", "--justification", "why"], "lookup"),
      (["inspect", Program.sample("w3c")], "denied"),
      (["inspect", Program.sample("w3c"), "--clear", "--justification", "why"], "inspect_clear"),
      (["governance", "list"], "denied"), (["key", "list"], "denied"),
      (["table", "list"], "denied"), (["governance", "verify"], "denied"),
      (["governance", "anchor"], "denied"), (["governance", "export"], "export"),
      (["governance", "purge", "--justification", "why"], "purge"),
      (["key", "new"], "key_new"), (["key", "rotate"], "key_rotate"),
      (["key", "wrap", "--plain"], "key_wrap"),
      (["key", "bridge", "--justification", "why"], "key_bridge"),
      (["key", "export", "-o", "/x", "--kek", "fd:0", "--justification", "why"], "key_export"),
      (["key", "import", "/x"], "key_import"),
      (["key", "destroy", "1", "--justification", "why", "--confirm", "x"], "key_destroy"),
      (["admin", "list"], "denied"), (["admin", "add", "anna"], "admin_add"),
      (["admin", "grant", "anna", "resolve"], "admin_grant"),
      (["admin", "revoke", "anna", "resolve"], "admin_revoke"),
      (["admin", "remove", "anna"], "admin_remove"), (["approve"], "approve"),
      (["settings", "list"], "denied"), (["settings", "set", "four_eyes", "none"], "denied"),
      (["source", "list"], "denied"), (["source", "add", "x"], "denied"),
      (["source", "test-name", "anna"], "denied"), (["tenant", "list"], "denied"),
      (["tenant", "add", "second"], "tenant_add"),
    ]
    for (arguments, _) in verbs {
      let outcome = try program.run(arguments)
      #expect(outcome.exitCode == 77, "\(arguments)")
      #expect(outcome.output.isEmpty)
    }
    var filter = GovernanceFilter()
    filter.statuses = [.denied]
    let log = try GovernanceState.open(home: program.home.path).log.list(filter)
    #expect(log.map(\.action) == verbs.map(\.1))
    #expect(try !program.homeHolds("anna"))
  }
}
