import Foundation
import Testing

@Suite struct ScopeTests {
  private func program() throws -> (Program, String) {
    let program = try Program()
    let log = program.folder.appending(path: "a.log")
    try Data(PrivacyTests.log.utf8).write(to: log)
    return (program, log.path)
  }

  private func run(_ program: Program, _ log: String) throws -> [String: Any] {
    let run = try program.run("run", "--activities", "--json", "--progress", "off", log)
    #expect(run.exitCode == 0, "\(run.errors)")
    return try #require(try run.objects().first)
  }

  struct Row: Sendable {
    let rules: [[String]]
    let lines: [Int]

    init(_ rules: String..., lines: [Int]) {
      self.rules = rules.map { $0.split(separator: " ").map(String.init) }
      self.lines = lines
    }
  }

  // Lines 3 to 6: anna, CORP\Bert, ANNA, cleo; hosts dropbox twice, example.org twice.
  @Test(arguments: [
    Row("--user anna", lines: [4, 6]),
    Row("--host dropbox.com", lines: [5, 6]),
    Row("--ip 10.0.0.0/31", lines: [4, 6]),
    Row("--ip 10.0.0.2 10.0.0.3", lines: [3, 5]),
    Row("--include --user anna cleo", lines: [3, 5, 6]),
    Row("--include --user anna cleo", "--host example.org", lines: [3]),
    Row("--include --host example.org", "--user cleo", lines: [5]),
    Row("--include --ip 10.0.0.0/30", "--ip 10.0.0.1", lines: [4, 6]),
    Row("--include --device x", lines: []),
  ])
  func rulesChooseEvents(row: Row) throws {
    let (program, log) = try program()
    for rule in row.rules {
      let added = try program.run(["exclude", "add"] + rule)
      #expect(added.exitCode == 0, "\(added.errors)")
    }
    let summary = try run(program, log)
    #expect(summary["events"] as? Int == row.lines.count)
    #expect(summary["excluded"] as? Int == 4 - row.lines.count)
    let shown = try program.run("activities", "--json").objects().compactMap { $0["line"] as? Int }
    #expect(shown.sorted() == row.lines)
    #expect(try program.run("table", "verify").exitCode == 0)
  }

  @Test func rulesAreCountedListedAndRemoved() throws {
    let (program, log) = try program()
    try program.run("group", "import", "-", input: "group,user\nboard,anna\n")
    #expect(try program.run("exclude", "add", "--group", "board", "--comment", "x").exitCode == 0)
    #expect(try program.run("exclude", "add", "--user", "-", input: "cleo\n").exitCode == 0)
    #expect(try !program.homeHolds("cleo"))
    let rules = try program.run("exclude", "list", "--json").objects()
    #expect(rules.map { $0["kind"] as? String } == ["group", "user"])
    #expect((rules.last?["value"] as? String)?.hasPrefix("u1-") == true)
    #expect(try run(program, log)["excluded"] as? Int == 3)

    // The same archive under other rules is another thing.
    #expect(try program.run("exclude", "remove", "2").exitCode == 0)
    #expect(try program.run("exclude", "remove", "2").exitCode == 64)
    #expect(try program.run("run", "--activities", "--progress", "off", log).exitCode == 65)
    let again = try program.run(
      "run", "--activities", "--reprocess", "--json", "--progress", "off", log)
    #expect(try again.objects().first?["excluded"] as? Int == 2)

    for bad in [
      ["--ip", "10.0.0.300"], ["--group", "nobody"], ["--user", "-"], [],
      ["--user", "a", "--host", "b"],
    ] {
      #expect(try program.run(["exclude", "add"] + bad).exitCode == 64, "\(bad)")
    }
  }
}
