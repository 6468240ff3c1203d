import Foundation
import Testing

/// What networks are called, from the range to the report.
@Suite struct AddressRangeTests {
  static let log = """
    #Fields: date time cs-username c-ip cs-host cs-bytes sc-bytes
    2026-03-01 10:00:00 anna 10.8.0.1 www.dropbox.com 10 20
    2026-03-01 10:00:01 bert 10.8.1.1 www.dropbox.com 10 20
    2026-03-01 10:00:02 cleo 10.9.0.1 example.org 10 20
    2026-03-01 10:00:03 dora 2001:db8:8::1 example.org 10 20
    2026-03-01 10:00:04 emil - example.org 10 20

    """

  private func file(_ text: String, _ program: Program, _ name: String = "a.log") throws -> String {
    let path = program.folder.appending(path: name)
    try Data(text.utf8).write(to: path)
    return path.path
  }

  /// Program with ranges, which has read the log.
  private func filled(_ more: String...) throws -> Program {
    let program = try Program()
    let ranges = "range,tag,comment\n10.8.0.0/16,VPN,\n10.8.1.0/24,guests,wireless\n"
    #expect(try program.run("ip-range", "import", "-", input: ranges).exitCode == 0)
    #expect(try program.run("ip-range", "add", "2001:DB8:8::/48", "--tag", "VPN").exitCode == 0)
    let run = try program.run(
      ["run", "--activities", "--progress", "off", try file(Self.log, program)] + more)
    #expect(run.exitCode == 0, "\(run.errors)")
    return program
  }

  @Test(arguments: [[], ["--no-anonymise-machines"], ["--threads", "1"]])
  func rowsHaveTheTagOfTheSmallestRange(more: [String]) throws {
    let program = try Program()
    let ranges = "range,tag\n10.8.0.0/16,VPN\n10.8.1.0/24,guests\n2001:db8:8::/48,VPN\n"
    try program.run("ip-range", "import", "-", input: ranges)
    let log = try file(Self.log, program)
    #expect(
      try program.run(["run", "--activities", "--progress", "off", log] + more).exitCode == 0)
    let tags = try program.run("activities", "--json", "--sort", "line").objects().map {
      $0["ip_tag"] as? String
    }
    #expect(tags == ["VPN", "guests", nil, "VPN", nil])
    let sums = try #require(
      try program.run("report", "--json").objects().first?["ip_tags"] as? [[String: Any]])
    #expect(sums.map { $0["ip_tag"] as? String } == ["VPN", "guests"])
    #expect(sums.map { $0["events"] as? Int } == [2, 1])
    #expect(try program.run("table", "verify").exitCode == 0)
  }

  @Test func reportsAndActivitiesChooseByTag() throws {
    let program = try filled()
    func users(_ words: String...) throws -> Int? {
      let report = try program.run(["report", "--json"] + words).objects().first
      return (report?["totals"] as? [String: Any])?["users"] as? Int
    }
    #expect(try users() == 5)
    #expect(try users("--ip-tag", "VPN") == 2)
    #expect(try users("--ip-tag", "VPN", "guests") == 3)
    let unknown = try program.run("report", "--ip-tag", "vpn")
    #expect(unknown.exitCode == 66 && unknown.errors.contains("There are: VPN, guests."))
    #expect(try program.run("report", "--ip-tag", "VPN").output.contains("networks VPN"))
    func lines(_ words: String...) throws -> Int {
      try program.run(["activities", "--json"] + words).lines.count
    }
    #expect(try lines("--ip-tag", "VPN") == 2)
    #expect(try lines("--not-ip-tag", "VPN") == 3)
    #expect(try lines("--ip-tag", "VPN", "guests", "--app", "Dropbox") == 2)
    let feed = try program.run("activities", "--cef", "-", "--ip-tag", "guests").output
    #expect(feed.contains("cs3Label=ip_tag cs3=guests"))
  }

  @Test func rangesComeAndGo() throws {
    let program = try filled()
    let listed = try program.run("ip-range", "list", "--json").objects()
    #expect(
      listed.map { $0["range"] as? String } == ["10.8.0.0/16", "2001:db8:8::/48", "10.8.1.0/24"])
    #expect(listed.last?["comment"] as? String == "wireless")
    // Ranges are sealed, tags are not.
    #expect(try !program.homeHolds("10.8.0.0") && !program.homeHolds("wireless"))
    #expect(try program.run("ip-range", "add", "10.8.1.9/24", "--tag", "lab").exitCode == 0)
    let tags = try program.run("ip-range", "list", "--json").objects().map {
      $0["tag"] as? String
    }
    #expect(tags == ["VPN", "VPN", "lab"])
    #expect(try program.run("ip-range", "remove", "10.8.0.0/16", "10.8.1.0/24").exitCode == 0)
    #expect(try program.run("ip-range", "list", "--json").lines.count == 1)
    // What was stamped stays, and known archives are skipped; reprocessed they are stamped anew.
    let log = program.folder.appending(path: "a.log").path
    let again = ["run", "--activities", "--progress", "off", log]
    #expect(try program.run(again).exitCode == 0)
    #expect(try program.run("activities", "--json", "--ip-tag", "guests").lines.count == 1)
    #expect(try program.run(again + ["--reprocess"]).exitCode == 0)
    #expect(try program.run("activities", "--json", "--ip-tag", "guests").lines.isEmpty)
    #expect(try program.run("activities", "--json", "--ip-tag", "VPN").lines.count == 1)
    let actions = try program.run("governance", "list", "--json").objects().filter {
      $0["action"] as? String == "ip_range_change"
    }
    #expect(actions.compactMap { $0["target"] as? String }.first == "VPN: 1")
    #expect(actions.count == 7)
  }

  @Test func whatIsNoRangeIsRefused() throws {
    let program = try filled()
    let before = try program.run("ip-range", "list").output
    for (words, code, message) in [
      (["add", "10.0.0.0/33", "--tag", "x"], 64, "no address and no network"),
      (["add", "10.0.0.0/8", "--tag", " "], 64, "a tag is a text"),
      (["add", "10.0.0.0/8", "--tag", "a\u{1b}[31m"], 64, "a tag is a text"),
      (["add", "10.0.0.0/8"], 64, "--tag"),
      (["remove", "10.0.0.0/8"], 64, "There is no range"),
      (["import", "/nowhere"], 66, "/nowhere"),
    ] {
      let refused = try program.run(["ip-range"] + words)
      #expect(refused.exitCode == code && refused.errors.contains(message), "\(words)")
    }
    for (text, message) in [
      ("", "empty"), ("a,b\n1,2\n", "range"), ("range,tag\n10.0.0.0/40,x\n", "Line 2"),
      ("range,tag\n10.0.0.0/8,\n", "Line 2"),
      ("range,tag\n10.0.0.0/8,x\n10.9.9.9/8,y\n", "two tags"),
    ] {
      let refused = try program.run("ip-range", "import", "-", input: text)
      #expect(refused.exitCode == 65 && refused.errors.contains(message), "\(text)")
    }
    #expect(try program.run("ip-range", "list").output == before)
    try program.run("admin", "revoke", "root", "manage_settings", "--all-tenants")
    #expect(try program.run("ip-range", "list").exitCode == 77)
  }

  @Test func viewsByGroupAreOfEnoughPeople() throws {
    let program = try Program()
    let head = "#Fields: date time cs-username c-ip cs-host cs-bytes sc-bytes\n"
    let lines = (1...8).map {
      "2026-03-01 10:00:0\($0) user\($0) 10.0.0.\($0) example.org 10 20\n"
    }
    let log = try file(head + lines.joined(), program)
    func people(_ group: String, _ range: ClosedRange<Int>) -> String {
      range.map { "\(group),user\($0)\n" }.joined()
    }
    try program.run(
      "group", "import", "-",
      input: "group,user\n" + people("team", 1...6) + people("few", 5...8) + people("board", 6...6))
    try program.run("privacy", "add", "board")
    try program.run("run", "--progress", "off", log)
    let team = try program.run("report", "--group", "team", "--json")
    #expect(team.exitCode == 0, "\(team.errors)")
    let report = try #require(try team.objects().first)
    #expect(report["group"] as? String == "team")
    // The sixth is private.
    #expect((report["totals"] as? [String: Any])?["users"] as? Int == 5)
    let few = try program.run("report", "--group", "few", "--json")
    #expect(few.exitCode == 77 && few.output.isEmpty && few.errors.contains("Fewer than 5"))
    #expect(try program.run("report", "--group", "nobody").exitCode == 64)
    let records = try program.run("governance", "list", "--json").objects()
    #expect(records.contains { ($0["target"] as? String)?.hasPrefix("members of team") == true })
    try program.run("admin", "revoke", "root", "lookup", "--all-tenants")
    #expect(try program.run("report", "--group", "team").exitCode == 77)
  }
}
