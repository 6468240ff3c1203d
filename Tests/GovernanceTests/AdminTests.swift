import Foundation
import Testing

@testable import Governance

@Suite struct AdminTests {
  @Test func firstAdminMayEverything() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    for permission in Permission.allCases {
      #expect(try state.permits(alice, permission, tenant: "default"))
      #expect(try state.permits(alice, permission, tenant: "another"))
      #expect(try !state.permits(bob, permission, tenant: "default"))
    }
    let entry = try #require(try state.log.list().first)
    #expect(entry.action == "init")
    #expect(entry.target == "alice")
    #expect(entry.initiator == "alice")
  }

  @Test func firstAdminMayBeAnother() throws {
    let home = try TemporaryHome()
    _ = try GovernanceState.create(home: home.path, admin: "carol-of-nowhere", by: alice)
    let state = try home.open()
    #expect(try !state.permits(alice, .resolve, tenant: "default"))
    let carol = Initiator(uid: 7, account: "carol-of-nowhere")
    #expect(try state.permits(carol, .resolve, tenant: "default"))
    #expect(try state.admins().map(\.uid) == [nil])
    #expect(try state.log.list().map(\.initiator) == ["alice"])
  }

  @Test func accountAndUidMustBothAgree() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    for stranger in [
      Initiator(uid: 1001, account: "bob"), Initiator(uid: 9, account: "alice"),
      Initiator(uid: 1001, account: "Alice"), Initiator(uid: 1001, account: "alice "),
      Initiator(uid: 1001, account: ""), Initiator(uid: 1001, account: "*"),
      Initiator(uid: 1001, account: "alice\0"), Initiator(uid: 0, account: "root"),
    ] {
      #expect(try !state.permits(stranger, .resolve, tenant: "default"), "\(stranger)")
    }
  }

  @Test func grantsHoldForTheirTenantOnly() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    let dave = Initiator(uid: 12, account: "dave-of-nowhere")
    try state.addAdmin(
      dave.account, permissions: [.ingest, .viewReports], tenant: "north", by: alice,
      justification: "new colleague")
    #expect(try state.permits(dave, .ingest, tenant: "north"))
    #expect(try state.permits(dave, .viewReports, tenant: "north"))
    #expect(try !state.permits(dave, .resolve, tenant: "north"))
    #expect(try !state.permits(dave, .ingest, tenant: "south"))
    #expect(try !state.permits(dave, .ingest, tenant: "*"))
    let admins = try state.admins()
    #expect(admins.map(\.account) == ["alice", "dave-of-nowhere"])
    #expect(admins[0].grants.count == Permission.allCases.count)
    #expect(
      admins[1].grants == [.init(.ingest, tenant: "north"), .init(.viewReports, tenant: "north")])
    #expect(
      failure {
        try state.addAdmin(dave.account, permissions: [.resolve], tenant: nil, by: alice)
      } == .alreadyAdmin(account: dave.account))
    let entry = try #require(try state.log.list().last)
    #expect(entry.action == "admin_add")
    #expect(entry.target == "dave-of-nowhere: ingest view_reports")
    #expect(entry.justification == "new colleague")
    #expect(try state.log.list().count == 2)
  }

  @Test func refusalsAreRecorded() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    try state.require(.resolve, of: alice, tenant: "default", for: .resolve)
    #expect(try state.log.list().count == 1)
    let error = failure {
      try state.require(
        .resolve, of: bob, tenant: "default", for: .resolve, target: "u1-abc",
        justification: "curious")
    }
    #expect(error == .notPermitted(account: "bob", .resolve, tenant: "default"))
    #expect(error?.exitCode == 77)
    #expect(failure { try state.require(.viewReports, of: bob, tenant: "default") } != nil)
    let entries = try state.log.list().dropFirst()
    #expect(entries.map(\.action) == ["resolve", "denied"])
    #expect(entries.map(\.status) == ["denied", "denied"])
    #expect(entries.map(\.target) == ["u1-abc", "view_reports"])
    #expect(entries.map(\.initiator) == ["bob", "bob"])
  }

  @Test func wordsAreNeverChanged() {
    #expect(
      Permission.allCases.map(\.rawValue) == [
        "ingest", "ingest_clear", "view_reports", "view_activities", "view_private", "resolve",
        "lookup", "approve", "view_governance", "manage_keys", "manage_settings", "manage_tables",
        "manage_admins", "publish",
      ])
    #expect(
      GovernanceStatus.allCases.map(\.rawValue) == ["intent", "successful", "failed", "denied"])
    #expect(
      GovernanceAction.allCases.map(\.rawValue) == [
        "init", "parse", "parse_clear", "resolve", "lookup", "denied", "inspect_clear", "sanitize",
        "leak_check", "view_private", "request", "approve", "refuse", "key_new", "key_wrap",
        "key_rotate",
        "key_bridge", "key_export", "key_import", "key_destroy", "admin_add", "admin_grant",
        "admin_revoke", "admin_remove", "tenant_add", "tenant_remove", "source_add",
        "source_change", "source_remove", "settings_change", "group_import", "group_remove",
        "privacy_add", "privacy_remove", "directory_import", "exclusion_change", "ip_range_change",
        "app_change", "app_tag", "export", "publish", "snapshot_create", "snapshot_remove",
        "table_delete", "table_vacuum", "retention", "anchor", "epoch_seal", "purge",
      ])
  }
}

@Suite struct SettingsTests {
  @Test func settingsChangeWithTheirRecord() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    #expect(try state.setting("retention_days", tenant: nil) == nil)
    try state.setSetting("retention_days", to: "90", tenant: nil, by: alice)
    try state.setSetting("retention_days", to: "30", tenant: "north", by: alice)
    try state.setSetting("retention_days", to: "31\0'", tenant: "north", by: bob)
    #expect(try state.setting("retention_days", tenant: nil) == "90")
    #expect(try state.settings(tenant: "north") == ["retention_days": "31\0'"])
    try state.setSetting("retention_days", to: nil, tenant: "north", by: alice)
    #expect(try state.settings(tenant: "north").isEmpty)
    #expect(
      try state.log.list().dropFirst().map(\.target) == [
        "retention_days=90", "retention_days=30", "retention_days=31\0'",
        "retention_days removed",
      ])
    let tooLong = String(repeating: "x", count: GovernanceRecord.fieldBytesMax)
    #expect(failure { try state.setSetting("a", to: tooLong, tenant: nil, by: alice) } != nil)
    #expect(try state.setting("a", tenant: nil) == nil, "no change without its record")
  }

  @Test func sourcesChangeWithTheirRecord() throws {
    let home = try TemporaryHome()
    let state = try home.makeState()
    var source = Source(tenant: "north", name: "proxy 1")
    try state.putSource(source, by: alice)
    source.format = "w3c"
    source.timeZone = "Europe/Berlin"
    source.anonymiseUsers = true
    source.anonymiseMachines = false
    try state.putSource(source, by: bob)
    try state.putSource(Source(tenant: "north", name: "a"), by: alice)
    #expect(try state.sources(tenant: "north").map(\.name) == ["a", "proxy 1"])
    #expect(try state.sources(tenant: "north").last == source)
    #expect(try state.sources(tenant: "south").isEmpty)
    #expect(try state.removeSource("proxy 1", tenant: "north", by: alice))
    #expect(try !state.removeSource("proxy 1", tenant: "north", by: alice))
    let entries = try state.log.list().dropFirst()
    #expect(
      entries.map(\.action) == ["source_add", "source_change", "source_add", "source_remove"])
    #expect(
      Array(entries)[1].target
        == "proxy 1 format=w3c time_zone=Europe/Berlin anonymise_users=true "
        + "anonymise_machines=false"
    )
  }
}

@Suite struct InitiatorTests {
  @Test(arguments: [("0", UInt32(0)), ("0\n", 0), ("1234", 1234), ("4294967294", 4_294_967_294)])
  func takesTheLoginUid(text: String, uid: UInt32) throws {
    let home = try TemporaryHome()
    let path = home.path + "/loginuid"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(try Initiator.current(loginUidPath: path).uid == uid)
  }

  @Test func takesTheRealUidOtherwise() throws {
    let home = try TemporaryHome()
    let path = home.path + "/loginuid"
    #expect(try Initiator.current(loginUidPath: path).uid == getuid())
    try "4294967295".write(toFile: path, atomically: false, encoding: .utf8)
    #expect(try Initiator.current(loginUidPath: path).uid == getuid())
    _ = try Initiator.current()
  }

  @Test(arguments: ["", "\n", "x", "-1", "1 2", "4294967296", " 1", "1\n\n", "1234567890123456"])
  func refusesWhatIsNoUid(text: String) throws {
    let home = try TemporaryHome()
    let path = home.path + "/loginuid"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(failure { _ = try Initiator.current(loginUidPath: path) } == .unknownInitiator)
  }

  @Test func refusesAFileThatCannotBeRead() throws {
    let home = try TemporaryHome()
    #expect(failure { _ = try Initiator.current(loginUidPath: home.path) } == .unknownInitiator)
  }

  @Test func namesAccounts() throws {
    #expect(try SystemAccount.name(0) == "root")
    #expect(try SystemAccount.uid("root") == 0)
    #expect(try SystemAccount.name(3_999_999_999) == nil)
    #expect(try SystemAccount.uid("nobody-has-this-name") == nil)
    #expect(try SystemAccount.uid("root\0x") == nil)
  }
}

@Suite struct JustificationTests {
  @Test(arguments: [
    "", " ", "  \t\r\n", "\u{a0}", "\u{3000}", "\u{200b}\u{200d}", "\u{feff}", "\u{3164}",
    "\u{115f}\u{1160}", "\u{ffa0}", "\u{2800}\u{2800}", "\u{2028}", "\0\0", "\u{202e}", "\u{301}",
    "\u{e000}", "\u{180e}", "\u{ad}", "\u{e0041}",
  ])
  func refusesWhatShowsNothing(text: String) {
    #expect(failure { _ = try Justification(text) } == .blankJustification)
  }

  @Test(arguments: ["x", " case 3 ", "案件", "№", "1", "?", "\u{202e}x", "🧾"])
  func keepsWhatWasTyped(text: String) throws {
    #expect(Array(try Justification(text).text.utf8) == Array(text.utf8))
  }

  @Test func hasALimit() throws {
    _ = try Justification(String(repeating: "x", count: 65_536))
    #expect(
      failure { _ = try Justification(String(repeating: "x", count: 65_537)) }
        == .fieldTooLong(field: "justification", byteCount: 65_537))
  }
}
