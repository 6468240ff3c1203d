import ReportFigures
import ReportPages
import Testing
import VeiledRecords

/// What the ledger keeps is read back as it was, that of older versions too.
@Suite struct LedgerTextTests {
  private func empty() -> PublishedRelease {
    PublishedRelease(
      tenant: "default", month: "2026-09", audience: .admins, minimum: 5,
      made: "2026-10-01T08:00:00Z", tableVersion: 3)
  }

  @Test func figuresKeepTheirCodes() {
    var release = empty()
    var app = ReleaseCell(
      level: .app, parent: "Storage", name: "Dropbox", persons: nil, personsPercent: "-",
      blockedPercent: "-", sums: UseSums(events: 1, uploaded: 2, total: 3))
    app.code = "app-0123456789abcdef"
    var total = app
    (total.level, total.parent, total.name, total.code) = (.total, "", "", nil)
    release.cells = [total, app]
    #expect(ReleaseText.read(ReleaseText.text(release), into: empty()) == release)
    let old = "logveil release 1\ncell\tapp\tStorage\tDropbox\t-\t-\t-\t1\t2\t3"
    app.code = nil
    #expect(ReleaseText.read(old, into: empty())?.cells == [app])
  }

  @Test func peopleKeepTheirCodes() {
    let none = PeopleRelease(
      tenant: "default", month: "2026-09", audience: .admins, minimum: 5,
      made: "2026-10-01T08:00:00Z", tableVersion: 3)
    var release = none
    release.attributes = [.init(.region, isHashed: true)]
    release.rows = [
      PersonRow(
        code: "person-0123456789abcdef", pseudonym: "u1-a", values: [.known("North")],
        activeDays: 1, apps: 2,
        sums: Sums(events: 3, blocked: 0, uploaded: 0, downloaded: 0, total: 0))
    ]
    // As older versions kept them.
    #expect(PeopleReleaseText.read(PeopleReleaseText.text(release), into: none) == release)
    release.codes = [.region: ["North": "region-0123456789abcdef", "South": "region-f"]]
    #expect(PeopleReleaseText.read(PeopleReleaseText.text(release), into: none) == release)
  }
}
