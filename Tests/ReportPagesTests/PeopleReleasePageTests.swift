import Foundation
import ReportFigures
import Testing
import VeiledRecords

@testable import ReportPages

@Suite struct PeopleReleasePageTests {
  private func release(_ count: Int, value: PersonValue) -> PeopleRelease {
    var release = PeopleRelease(
      tenant: "default", month: "2026-11", audience: .managers, minimum: 10,
      made: "2026-12-01T08:00:00Z", tableVersion: 3)
    release.attributes = [PeopleRelease.Shown(.function, isHashed: false)]
    release.rows = (0..<count).map { number in
      PersonRow(
        code: "person-\(number)", pseudonym: "u1-secret", values: [value], activeDays: 2,
        apps: 3,
        sums: Sums(events: 10, blocked: 1, uploaded: 20, downloaded: 0, total: Int64(number)))
    }
    release.leftOut = 12
    return release
  }

  private func page(_ release: PeopleRelease) -> String {
    String(decoding: PeopleReleasePage.bytes(release), as: UTF8.self)
  }

  @Test func textsOfTheDirectoryAreNoMarkup() {
    let text = page(release(11, value: .known("<script>alert(1)</script>\u{202E}")))
    #expect(!text.contains("<script>alert"))
    #expect(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}"))
    #expect(!text.contains("u1-secret"))
  }

  @Test(arguments: [(PersonValue.unknown, "–"), (.other, "other"), (.known("Sales"), "Sales")])
  func valuesStandInBothLists(value: PersonValue, word: String) {
    let text = page(release(11, value: value))
    #expect(text.contains("<th scope=\"row\">\(word)</th><td class=\"n\" data-v=\"11\">11</td>"))
    #expect(text.contains("<td>\(word)</td>"))
    #expect(text.contains("12 persons"))
  }

  @Test func longListsShowThoseOfMostTraffic() {
    let text = page(release(PeopleReleasePage.listedMax + 5, value: .unknown))
    #expect(text.contains("5 more are in the files"))
    #expect(text.contains(">person-2004<") && !text.contains(">person-4<"))
  }

  @Test func nobodyIsToldOf() {
    let text = page(release(0, value: .unknown))
    #expect(text.contains("nothing may be told") && !text.contains("<table"))
  }
}
