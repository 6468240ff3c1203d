import Foundation
import Testing

@Suite struct PrivacyTests {
  static let log = """
    #Software: test
    #Fields: date time cs-username c-ip cs-host cs-method sc-status cs-bytes sc-bytes cs(User-Agent)
    2026-03-01 10:00:00 anna 10.0.0.1 www.dropbox.com GET 200 10 20 "Agent 1"
    2026-03-01 10:00:01 CORP\\Bert 10.0.0.2 www.dropbox.com POST 201 11 21 "Agent 2"
    2026-03-01 10:00:02 ANNA 10.0.0.1 example.org GET 404 12 22 -
    2026-03-02 10:00:03 cleo 10.0.0.3 example.org GET 200 13 23 -

    """

  @Test func groupsComeAndGo() throws {
    let program = try Program()
    let groups = program.folder.appending(path: "groups.csv")
    try Data("group,user\nboard,anna\nboard,bert\nteam ~#ä,cleo\n".utf8).write(to: groups)
    let imported = try program.run("group", "import", groups.path, "--json")
    #expect(imported.exitCode == 0, "\(imported.errors)")
    #expect(try imported.objects().map { $0["members"] as? Int } == [2, 1])
    #expect(try !program.homeHolds("anna") && !program.homeHolds("cleo"))

    let list = try program.run("group", "list", "--json").objects()
    #expect(
      list.map { $0["group"] as? String } == [
        "Application", "External users", "board", "team ~#ä",
      ])
    #expect(try program.run("privacy", "add", "nobody").exitCode == 64)
    #expect(try program.run("privacy", "add", "board").exitCode == 0)
    #expect(
      try program.run("privacy", "list", "--json").objects().map { $0["group"] as? String }
        == ["board"])
    #expect(try program.run("group", "remove", "board").exitCode == 64)
    #expect(try program.run("group", "remove", "Application").exitCode == 64)
    let members = try program.run("group", "show", "board", "--members", "--json").objects()
    let pseudonyms = try #require(members.first?["pseudonyms"] as? [String])
    #expect(pseudonyms.count == 2 && pseudonyms.allSatisfy { $0.hasPrefix("p1-") })
    #expect(try program.run("privacy", "remove", "board").exitCode == 0)
    #expect(try program.run("group", "remove", "board").exitCode == 0)
    #expect(try program.run("group", "show", "board").exitCode == 64)

    let bad = program.folder.appending(path: "bad.ldif")
    try Data("dn: cn=anna\nnonsense\n".utf8).write(to: bad)
    let refused = try program.run("group", "import", bad.path)
    #expect(refused.exitCode == 65 && refused.errors.contains("Line 2"))
    #expect(try program.run("group", "import", "/nowhere").exitCode == 66)
    let actions = try program.run("governance", "list", "--json").objects().compactMap {
      $0["action"] as? String
    }
    #expect(actions.filter { $0 == "group_import" }.count == 2)
    #expect(actions.contains("privacy_add") && actions.contains("privacy_remove"))
    #expect(try program.run("governance", "verify").exitCode == 0)
  }

  @Test func membersThatCannotBeOpenedStopTheRun() throws {
    let program = try Program()
    let log = program.folder.appending(path: "a.log")
    try Data(Self.log.utf8).write(to: log)
    let board = "group,user\nboard,anna\n"
    #expect(try program.run("group", "import", "-", input: board).exitCode == 0)
    #expect(try program.run("privacy", "add", "board").exitCode == 0)
    // The keys of another tenant in place of its own.
    try program.run("key", "new", "--tenant", "other")
    let keys = program.home.appending(path: "keys")
    try FileManager.default.removeItem(at: keys.appending(path: "default.json"))
    let other = try String(contentsOf: keys.appending(path: "other.json"), encoding: .utf8)
    let file = keys.appending(path: "default.json")
    try Data(other.replacing("\"other\"", with: "\"default\"").utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    let run = try program.run("run", "--progress", "off", log.path)
    #expect(run.exitCode == 78, "\(run.errors)")
    #expect(try program.run("table", "list").output.split(separator: "\n").count <= 1)
  }

  /// A home in which anna is private and the log was read.
  private func logged(_ more: String...) throws -> Program {
    let program = try Program()
    let log = program.folder.appending(path: "a.log")
    try Data(Self.log.utf8).write(to: log)
    try program.run("group", "import", "-", input: "group,user\nboard,anna\n")
    try program.run("privacy", "add", "board")
    let run = try program.run(["run", "--activities", "--progress", "off", log.path] + more)
    #expect(run.exitCode == 0, "\(run.errors)")
    return program
  }

  @Test func aDestroyedKeyLeavesMembersAndRules() throws {
    let program = try Program()
    let log = program.folder.appending(path: "a.log")
    try Data(Self.log.utf8).write(to: log)
    try program.run("group", "import", "-", input: "group,user\nboard,anna\n")
    try program.run("privacy", "add", "board")
    try program.run("exclude", "add", "--user", "cleo")
    #expect(try program.run("key", "rotate", "--from", "2026-01-01").exitCode == 0)
    let destroyed = try program.run(
      "key", "destroy", "1", "--confirm", "destroy default 1", "--justification", "x")
    #expect(destroyed.exitCode == 0, "\(destroyed.errors)")
    let run = try program.run("run", "--activities", "--json", "--progress", "off", log.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try run.objects().first?["excluded"] as? Int == 1)
    #expect(try program.run("activities", "--json").lines.count == 1)
  }

  @Test func leaksAreFound() throws {
    let program = try logged()
    let log = program.folder.appending(path: "a.log").path
    let clean = try program.run("leak-check", "--json", log)
    #expect(clean.exitCode == 0, "\(clean.errors)\(clean.output)")
    let statement = try #require(try clean.objects().first)
    #expect(statement["users_found"] as? Int == 0 && (statement["files"] as? Int ?? 0) > 8)
    let record = try program.run("governance", "list", "--json").objects().last
    #expect(record?["action"] as? String == "leak_check")
    #expect(record?["sequence"] as? Int == statement["sequence"] as? Int)

    for (form, text) in [
      ("plain", "x=CORP\\bert;"), ("plain", "Anna "), ("percent", "corp%5Cbert"),
      ("base64", "Y29ycFxiZXJ0"), ("hex", "636F72705c62657274"), ("base64", "x Y2xlbw== y"),
    ] {
      let planted = program.home.appending(path: "planted.txt")
      try Data(text.utf8).write(to: planted)
      let found = try program.run("leak-check", "--json", log)
      #expect(found.exitCode == 1, "\(text)")
      let hits = try found.objects().first?["found"] as? [[String: Any]]
      #expect(hits?.contains { $0["form"] as? String == form } == true, "\(text) \(hits ?? [])")
      #expect(!found.output.contains("bert") && !found.output.contains("anna"))
    }
    let wide = Data("cleo!".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
    try wide.write(to: program.home.appending(path: "planted.txt"))
    #expect(try program.run("leak-check", log).exitCode == 1)
    try FileManager.default.removeItem(at: program.home.appending(path: "planted.txt"))
    let report = program.folder.appending(path: "report.html")
    try Data("<td>cleopatra</td>".utf8).write(to: report)
    #expect(try program.run("leak-check", log, "--also", report.path).exitCode == 0)
    try Data("<td>cleo</td>".utf8).write(to: report)
    #expect(try program.run("leak-check", log, "--also", report.path).exitCode == 1)
  }

  @Test func privateActivitiesAreHiddenAndShownOnRequest() throws {
    let program = try logged()
    let seen = try program.run("activities", "--json").objects()
    #expect(seen.count == 2)
    #expect(seen.allSatisfy { ($0["user"] as? String)?.hasPrefix("u1-") == true })
    let bert = try #require(seen.first { $0["line"] as? Int == 4 })
    #expect(bert["app"] as? String == "Dropbox" && bert["method"] as? String == "POST")
    #expect(bert["http_status"] as? Int == 201 && bert["user_agent"] as? String == "Agent 2")
    #expect(bert["time"] as? String == "2026-03-01T10:00:01.000000Z")

    #expect(try program.run("activities", "--show-private", "--json").exitCode == 64)
    let all = try program.run("activities", "--json", "--show-private", "--confirm", "case 1")
      .objects()
    #expect(all.count == 4 && all.filter { $0["private"] as? Bool == true }.count == 2)
    let anna = Set(all.compactMap { $0["user"] as? String }.filter { $0.hasPrefix("p1-") })
    #expect(anna.count == 1, "ANNA and anna are one")
    let log = try program.run("governance", "list", "--json").objects()
    let viewing = try #require(log.last { $0["action"] as? String == "view_private" })
    #expect(viewing["justification"] as? String == "case 1")

    let usage = try program.run("table", "list", "--json").objects()
    let hidden = try #require(usage.first { $0["table"] as? String == "activities_private" })
    #expect(hidden["rows"] as? Int == nil, "its log counts nothing")
    for name in ["anna", "bert", "cleo"] { #expect(try !program.homeHolds(name)) }
    #expect(try program.run("table", "verify").exitCode == 0)
    for verb in ["compact", "vacuum"] {
      #expect(try program.run("table", verb, "activities_private").exitCode == 0)
    }

    try program.run("admin", "revoke", "root", "view_private", "--all-tenants")
    let refused = try program.run("activities", "--json", "--show-private", "--confirm", "x")
    #expect(refused.exitCode == 77 && refused.output.isEmpty)
    let resolved = try program.run(
      "resolve", "--from-anonymised", try #require(anna.first), "--justification", "x")
    #expect(resolved.exitCode == 77 && resolved.output.isEmpty)
  }

  @Test func filtersAndExports() throws {
    let program = try logged()
    func lines(_ arguments: String...) throws -> [Int] {
      try program.run(["activities", "--json"] + arguments).objects().compactMap {
        $0["line"] as? Int
      }
    }
    #expect(try lines("--sort", "line") == [4, 6])
    #expect(try lines("--sort", "total_bytes", "--descending", "--limit", "1") == [6])
    #expect(try lines("--app", "Dropbox", "Nothing") == [4])
    #expect(try lines("--not-app", "Dropbox") == [6])
    #expect(try lines("--host", "dropbox.com") == [4])
    #expect(try lines("--host", "box.com") == [])
    #expect(try lines("--status", "200") == [6])
    #expect(try lines("--from", "2026-03-02", "--to", "2026-03-02") == [6])
    #expect(try lines("--ip", "10.0.0.0/31", "10.0.0.3") == [6])
    #expect(try program.run("activities", "--user", "cleo").exitCode == 64)
    #expect(try program.run("activities", "--columns", "nothing").exitCode == 64)
    #expect(try lines("--ip", "10.0.0.0/8") == [4, 6])
    #expect(try lines("--app", "dropBOX") == [4])

    let cleo = try #require(
      try program.run("resolve", "--to-anonymised", "cleo", "--justification", "x").lines.first)
    #expect(try lines("--user", cleo) == [6] && lines("--follow-user", cleo) == [6])
    #expect(try lines("--not-user", cleo) == [4])
    #expect(try program.run("key", "rotate", "--from", "2020-01-01").exitCode == 0)
    #expect(try lines("--follow-user", cleo) == [6])

    let file = program.folder.appending(path: "out").path
    #expect(try program.run("activities", "--csv", file).exitCode == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8).split(separator: "\r\n").count == 3)
    #expect(try program.run("activities", "--cef", "-").lines.count == 2)
    #expect(try program.run("activities", "--leef", "-").lines.count == 2)
    let feed = try program.run("activities", "--cef", "-", "--show-private", "--confirm", "x")
    #expect(feed.exitCode == 64 && feed.output.isEmpty)
    #expect(try program.run("activities", "--parquet", "/nowhere/at/all").exitCode == 73)
    #expect(try program.run("activities", "--csv", "/nowhere/at/all").exitCode == 73)
  }

  @Test func anArchiveUnderOtherOptionsIsRefused() throws {
    let program = try logged()
    let log = program.folder.appending(path: "a.log").path
    #expect(try program.run("run", "--progress", "off", log).exitCode == 65)
    #expect(try program.run("run", "--progress", "off", "--activities", log).exitCode == 0)
    let again = try program.run("run", "--progress", "off", "--activities", "--reprocess", log)
    #expect(again.exitCode == 0)
    #expect(try program.run("activities", "--json").lines.count == 2)
    #expect(try program.run("table", "verify").exitCode == 0)
    #expect(try program.run("run", "--progress", "off", "--reprocess", log).exitCode == 0)
    #expect(try program.run("activities", "--json").lines.isEmpty)
  }

  @Test(arguments: [[], ["--no-anonymise"]]) func whatWasReadBeforeBecomesPrivate(
    more: [String]
  ) throws {
    let program = try Program()
    let log = program.folder.appending(path: "a.log")
    try Data(Self.log.utf8).write(to: log)
    let run = try program.run(["run", "--activities", "--progress", "off", log.path] + more)
    #expect(run.exitCode == 0)
    let clear = more.isEmpty ? [] : ["--clear"]
    #expect(try program.run(["activities", "--json"] + clear).lines.count == 4)
    try program.run("group", "import", "-", input: "group,user\nboard,anna\n")
    try program.run("privacy", "add", "board")
    #expect(try program.run("privacy", "apply", "--justification", "x").exitCode == 64)
    let done = try program.run(
      "privacy", "apply", "--retroactive", "--justification", "asked for", "--json")
    #expect(done.exitCode == 0, "\(done.errors)")
    let counts = try #require(try done.objects().first)
    #expect(counts["usage_rows"] as? Int == 2 && counts["activity_rows"] as? Int == 2)
    #expect(counts["erased_files"] as? Int ?? 0 > 1 && counts["left_files"] as? Int == 0)
    #expect(try program.run(["activities", "--json"] + clear).lines.count == 2)
    let all = try program.run(
      ["activities", "--json", "--show-private", "--confirm", "x"] + clear
    ).objects()
    #expect(all.count == 4)
    #expect(
      all.filter { ($0["user"] as? String)?.hasPrefix("p1-") == true }.compactMap {
        $0["line"] as? Int
      }.sorted() == [3, 5])
    #expect(try !program.homeHolds("anna"))
    if more.isEmpty { #expect(try program.run("table", "verify").exitCode == 0) }
    let again = try program.run(
      "privacy", "apply", "--retroactive", "--justification", "x", "--json")
    #expect(try again.objects().first?["usage_rows"] as? Int == 0)
  }
}
