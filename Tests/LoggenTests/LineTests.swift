import Foundation
import Testing

@Suite struct LineTests {
  @Test func w3cLinesAreWhole() throws {
    let rows = try rows("w3c", ["--days", "9", "--from", "2024-02-26"])
    #expect(rows.count > 4_000)
    let times = rows.map { "\($0[0]) \($0[1])" }
    #expect(times == times.sorted())
    #expect(Set(rows.map { $0[0] }).count == 9)
    #expect(times.first?.hasPrefix("2024-02-26") == true)
    #expect(times.last?.hasPrefix("2024-03-05") == true)
    #expect(Set(rows.map { $0[7] }) == ["OBSERVED", "PROXIED", "DENIED"])
    let withoutUser = Double(rows.count { $0[4] == "-" }) / Double(rows.count)
    #expect(withoutUser > 0.01 && withoutUser < 0.1)
    #expect(rows.contains { $0[12] == "CONNECT" && $0[14] == "tcp" })
    #expect(rows.contains { $0[3].contains(":") })
    #expect(rows.allSatisfy { ($0[7] == "DENIED") == ($0[11] == "TCP_DENIED") })
  }

  @Test func squidLinesAreWhole() throws {
    let rows = try rows("squid", ["--days", "2"])
    let times = rows.compactMap { Double($0[0]) }
    #expect(times == times.sorted())
    let first = try #require(times.first)
    let last = try #require(times.last)
    #expect(first >= 1_793_491_200 && last < 1_793_491_200 + 2 * 86_400)
    for row in rows where row[5] == "CONNECT" { #expect(row[6].hasSuffix(":443")) }
    for row in rows where row[5] != "CONNECT" { #expect(row[6].hasPrefix("http://")) }
    #expect(rows.contains { $0[3].hasPrefix("TCP_DENIED/") })
  }

  @Test func localityKeepsPeopleAtTheirHost() throws {
    func pairs(_ locality: String) throws -> Int {
      Set(try rows("w3c", ["--locality", locality]).map { "\($0[4]) \($0[15])" }).count
    }
    let (none, usual, all) = (try pairs("0"), try pairs("0.94"), try pairs("1"))
    #expect(none > usual && usual > all)
    #expect(all <= 2_048 + 60)  // As many sessions as are open at a time, and some without a name.
  }

  @Test func fewUsersAndHosts() throws {
    let rows = try rows("w3c", ["--users", "3", "--hosts", "2"])
    #expect(Set(rows.map { $0[4] }).count == 4)  // Nobody is the fourth.
    #expect(Set(rows.map { $0[15] }).count == 2)
  }

  private func rows(_ format: String, _ arguments: [String]) throws -> [[String]] {
    let outcome = try loggenWith(
      ["--format", format, "--bytes", "2MB", "-o", "-"] + arguments
    )
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try lines(outcome.output).filter { $0.first != UInt8(ascii: "#") }.map { line in
      try #require(fields(line, format: format), "\(String(decoding: line, as: UTF8.self))")
    }
  }
}
