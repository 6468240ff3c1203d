import Foundation
import Testing

@Suite struct DirectoryTests {
  private static let log = """
    #Fields: date time cs-username c-ip cs-host
    2026-03-01 10:00:00 anna 10.0.0.1 example.org
    2026-03-01 10:00:01 CORP\\a.schmidt 10.0.0.2 example.org
    2026-03-01 10:00:02 Anna.Schmidt@corp.example 10.0.0.1 example.org
    2026-03-01 10:00:03 - 10.0.0.9 example.org
    2026-03-01 12:00:00 - 10.0.0.9 example.org
    2026-03-01 18:00:00 - 10.0.0.9 example.org
    2026-03-01 18:00:01 bert 10.0.0.9 example.org

    """

  private func program() throws -> (Program, String) {
    let program = try Program()
    let log = program.folder.appending(path: "a.log")
    try Data(Self.log.utf8).write(to: log)
    return (program, log.path)
  }

  /// The users of the lines 2 to 8, by numbers of their first sight; 0 is nobody.
  private func users(_ program: Program, _ log: String, _ more: String...) throws -> [Int] {
    let run = try program.run(["run", "--activities", "--json", "--progress", "off", log] + more)
    #expect(run.exitCode == 0, "\(run.errors)")
    var known: [String] = []
    return try program.run(
      "activities", "--json", "--sort", "line", "--show-private", "--confirm", "x"
    ).objects().map { row in
      guard let user = row["user"] as? String else { return 0 }
      if !known.contains(user) { known.append(user) }
      return (known.firstIndex(of: user) ?? 0) + 1
    }
  }

  private static let people = "person,login,mail\nanna,CORP\\a.schmidt,anna.schmidt@corp.example\n"
  private static let leases = """
    ip,user,from,to
    10.0.0.9,anna,2026-03-01T10:00:00Z,2026-03-01T13:00:00+01:00
    10.0.0.9,bert,2026-03-01 15:00:00Z,

    """

  @Test func onePersonIsOnePseudonym() throws {
    let (program, log) = try program()
    #expect(try users(program, log) == [1, 2, 3, 0, 0, 0, 4])
    let done = try program.run("directory", "import", "-", "--json", input: Self.people)
    #expect(try done.objects().first?["count"] as? Int == 1, "\(done.errors)")
    #expect(try !program.homeHolds("schmidt"))
    #expect(try program.run("run", "--activities", "--progress", "off", log).exitCode == 65)
    #expect(try users(program, log, "--reprocess") == [1, 1, 1, 0, 0, 0, 2])
    let lookup = try program.run(
      "resolve", "--to-anonymised", "corp\\a.schmidt", "--json", "--justification", "x")
    let shown = try program.run("activities", "--json", "--sort", "line").objects()
    let results = try lookup.objects().first?["results"] as? [String]
    #expect(results?.first == shown.first?["user"] as? String)
    let report = try program.run(
      "run", "--json", "--dry-run", "--reprocess", "--threads", "1", log
    ).objects().first
    #expect(report?["mapped_names"] as? Int == 3 && report?["unmapped_names"] as? Int == 1)
    #expect(try program.run("table", "verify").exitCode == 0)
  }

  @Test func addressesLeadToPeopleForATime() throws {
    let (program, log) = try program()
    #expect(try program.run("directory", "import", "-", input: Self.people).exitCode == 0)
    let done = try program.run(
      "directory", "import", "-", "--name", "dhcp", input: Self.leases)
    #expect(done.exitCode == 0, "\(done.errors)")
    // The first lease ends at 12:00 UTC, the second has no end.
    #expect(try users(program, log) == [1, 1, 1, 1, 0, 2, 2])
    #expect(
      try program.run("directory", "list", "--json").objects().map { $0["kind"] as? String }
        == ["people", "addresses"])
    #expect(try program.run("directory", "remove", "dhcp").exitCode == 0)
    #expect(try program.run("directory", "remove", "dhcp").exitCode == 64)
    #expect(try users(program, log, "--reprocess") == [1, 1, 1, 0, 0, 0, 2])
  }

  @Test func groupsAndRulesMeanThePerson() throws {
    let (program, log) = try program()
    try program.run("directory", "import", "-", input: Self.people)
    try program.run("directory", "import", "-", "--name", "dhcp", input: Self.leases)
    try program.run(
      "group", "import", "-", input: "group,user\nboard,anna.schmidt@corp.example\n")
    try program.run("privacy", "add", "board")
    try program.run("exclude", "add", "--user", "bert")
    #expect(try users(program, log) == [1, 1, 1, 1, 0])
    #expect(try program.run("activities", "--json").lines.count == 1)
  }

  @Test(arguments: [
    ("ip,user,from,to\n10.0.0.300,a,2026-01-01T00:00:00Z,\n", "Line 2"),
    ("ip,user,from,to\n10.0.0.3,a,yesterday,\n", "Line 2"),
    ("ip,user,from,to\n10.0.0.3,a,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z\n", "Line 2"),
    ("ip,user,from,to\n", "no addresses"), ("person,login\n", "no people"),
  ])
  func badFilesAreRefused(text: String, words: String) throws {
    let program = try Program()
    let refused = try program.run("directory", "import", "-", input: text)
    #expect(refused.exitCode == 65 && refused.errors.contains(words), "\(refused.errors)")
    #expect(try program.run("directory", "list", "--json").output.isEmpty)
  }
}
