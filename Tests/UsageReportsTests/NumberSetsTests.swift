import ReportFigures
import TestSupport
import Testing

@testable import UsageReports

@Suite struct NumberSetsTests {
  /// Few numbers among few, or among many.
  @Test(arguments: [0, 1, 511, 512, 513, 5000], [1, 1000])
  func setsHoldEachNumberOnce(count: Int, apart: Int) {
    var random = SeededRandom(seed: count)
    var set = NumberSet()
    var twin: Set<UInt32> = []
    for _ in 0..<count * 3 {
      let number = UInt32((random.below(max(1, count)) + 1) * apart)
      set.insert(number)
      twin.insert(number)
    }
    #expect(set.numbers.count == twin.count)
    #expect(Set(set.numbers) == twin)
  }

  @Test func sumsBelongToTheirNumber() {
    var random = SeededRandom(seed: 5)
    var sums = NumberedSums()
    var twin: [UInt32: Int64] = [:]
    for _ in 0..<20_000 {
      let number = UInt32(random.below(3000))
      let value = Int64(random.below(100))
      sums.add(number, .init(events: 1, uploaded: 0, total: value))
      twin[number, default: 0] += value
    }
    #expect(sums.keys.count == twin.count)
    for (number, total) in twin { #expect(sums.sums(of: number)?.total == total) }
    #expect(sums.sums(of: 5000) == nil)
  }

  /// Threads learn users at different times: one that knows fewer adds to what others have added.
  @Test func sumsHoldUsersThatAThreadDoesNotKnowYet() {
    let book = NameBook(apps: ReportBench.apps, canonical: nil)
    func rows(_ users: Range<Int>) -> UsageRows {
      let rows = users.map { Row(host: "app1.example", user: "u1-\($0)", total: Int64($0)) }
      return UsageRows(ReportBench.columns(rows), day: 100, book: book)
    }
    let (early, late) = (rows(0..<600), rows(0..<1200))
    var sums = PairSums()
    sums.add(late, 0..<1200)
    sums.add(early, 0..<600)
    sums.add(late, 0..<1200)
    #expect(sums.sums(of: late.users[1100])?.total == 2200)
    #expect(sums.sums(of: late.users[500])?.total == 1500)
    #expect(sums.sums(of: late.users[500])?.events == 3)
  }
}
