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
}
