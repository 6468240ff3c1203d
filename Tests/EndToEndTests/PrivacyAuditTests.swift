import Foundation
import Testing

/// Ways by which private people, or how many rows they have, could be seen after all.
@Suite struct PrivacyAuditTests {
  private func program(_ log: String = PrivacyTests.log) throws -> (program: Program, log: String) {
    let program = try Program()
    let path = program.folder.appending(path: "a.log")
    try Data(log.utf8).write(to: path)
    return (program, path.path)
  }

  private func makePrivate(_ name: String, _ program: Program) throws {
    try program.run("group", "import", "-", input: "group,user\nboard,\(name)\n")
    #expect(try program.run("privacy", "add", "board").exitCode == 0)
  }

  private func apply(_ program: Program) throws -> Int? {
    let done = try program.run(
      "privacy", "apply", "--retroactive", "--justification", "asked for", "--json")
    #expect(done.exitCode == 0, "\(done.errors)")
    return try done.objects().first?["usage_rows"] as? Int
  }

  @Test func reportsCountPrivatePeopleAndListNone() throws {
    let (program, log) = try program()
    try makePrivate("anna", program)
    #expect(try program.run("run", "--progress", "off", log).exitCode == 0)
    let page = program.folder.appending(path: "report.html").path
    let lists = program.folder.appending(path: "lists").path
    let report = try program.run("report", "--json", "--html", page, "--csv", lists)
    #expect(report.exitCode == 0, "\(report.errors)")
    #expect(report.output.contains("u1-") && !report.output.contains("p1-"))
    let totals = try #require(try report.objects().first?["totals"] as? [String: Any])
    #expect(totals["users"] as? Int == 3)
    #expect(try !String(contentsOfFile: page, encoding: .utf8).contains("p1-"))
    for name in try FileManager.default.contentsOfDirectory(atPath: lists) {
      let list = try String(contentsOfFile: lists + "/" + name, encoding: .utf8)
      #expect(!list.contains("p1-"), "\(name)")
    }
    #expect(try !program.run("report").output.contains("p1-"))
  }

  @Test func checksTellNoNumberOfPrivateRows() throws {
    let (program, log) = try program()
    try makePrivate("anna", program)
    #expect(try program.run("run", "--activities", "--progress", "off", log).exitCode == 0)
    let all = try program.run("table", "verify", "--json").objects().first
    // Usage 4, activities 2, ingests 1; the two private rows are checked and not told of.
    #expect(all?["rows"] as? Int == 7)
    let one = try program.run("table", "verify", "activities_private", "--json").objects().first
    #expect(one?["rows"] as? Int == 0 && one?["files"] as? Int == 1)
  }

  @Test func whatSnapshotsHoldBecomesPrivateToo() throws {
    let (program, log) = try program()
    for more in [[], ["--snapshot", "look"]] {
      #expect(try program.run(["run", "--progress", "off", log] + more).exitCode == 0)
    }
    try makePrivate("anna", program)
    #expect(try apply(program) == 4)
    #expect(try program.run("report", "--snapshot", "look", "--json").exitCode == 0)
    #expect(try apply(program) == 0)
  }

  @Test func namesOfOtherRulesAndDaysBecomePrivateToo() throws {
    let (program, log) = try program(
      PrivacyTests.log.replacing(" anna ", with: " OLD\\anna ").replacing("ANNA", with: "a.smith"))
    #expect(try program.run("init").exitCode == 0)
    #expect(
      try program.run("source", "add", "paris", "--realms", "OLD=corp.example").exitCode == 0)
    #expect(
      try program.run("run", "--source", "paris", "--progress", "off", log).exitCode == 0)
    // By the rules of the source one name is hers; the other one only a later directory knows.
    let people = "person,login\nanna@corp.example,a.smith\n"
    #expect(try program.run("directory", "import", "-", input: people).exitCode == 0)
    try makePrivate("anna@corp.example", program)
    #expect(try apply(program) == 2)
  }

  @Test func groupsAreFoundByWhomTheDirectoryMeans() throws {
    let (program, log) = try program()
    let people = "person,login\ncleopatra@corp.example,cleo\n"
    #expect(try program.run("directory", "import", "-", input: people).exitCode == 0)
    #expect(try program.run("run", "--activities", "--progress", "off", log).exitCode == 0)
    try program.run("group", "import", "-", input: "group,user\nteam,cleo\n")
    let found = try program.run("activities", "--group", "team", "--json").objects()
    #expect(found.compactMap { $0["line"] as? Int } == [6])
  }

  @Test func feedsHaveNoColumnsOfTheirOwn() throws {
    let (program, log) = try program()
    #expect(try program.run("run", "--activities", "--progress", "off", log).exitCode == 0)
    for form in ["--cef", "--leef"] {
      for column in ["private", "nothing"] {
        let feed = try program.run("activities", form, "-", "--columns", "user", column)
        #expect(feed.exitCode == 64 && feed.output.isEmpty, "\(form) \(column)")
      }
    }
  }

  @Test func aMonthWithoutRowsIsNotCut() throws {
    let (program, log) = try program()
    #expect(try program.run("run", "--progress", "off", log).exitCode == 0)
    let empty = try program.run("publish", "--month", "2026-02")
    #expect(empty.exitCode == 66 && empty.errors.contains("No row lies in 2026-02"))
    #expect(try program.run("publish", "--ledger", "--json").output.isEmpty)
  }

  @Test func whoBecamePrivateIsOnePersonInAMonth() throws {
    let head = "#Fields: date time cs-username c-ip cs-host cs-bytes sc-bytes\n"
    func lines(_ day: Int, _ people: ClosedRange<Int>) -> String {
      people.map { "2026-03-\(day) 10:00:0\($0) user\($0) 10.0.0.\($0) example.org 10 20\n" }
        .joined()
    }
    let program = try Program()
    func read(_ name: String, _ text: String) throws {
      let path = program.folder.appending(path: name)
      try Data((head + text).utf8).write(to: path)
      #expect(try program.run("run", "--progress", "off", path.path).exitCode == 0)
    }
    // Four people, of whom three stand under two pseudonyms: no group of five.
    try read("a.log", lines(10, 1...4))
    try program.run(
      "group", "import", "-", input: "group,user\nboard,user1\nboard,user2\nboard,user3\n")
    #expect(try program.run("privacy", "add", "board").exitCode == 0)
    try read("b.log", lines(31, 1...4))
    let release = try program.run("publish", "--month", "2026-03", "--audience", "admins", "--json")
    #expect(release.exitCode == 0, "\(release.errors)")
    let cells = try release.objects().first?["cells"] as? [Any]
    #expect(cells?.isEmpty == true, "\(release.output)")
  }
}
