import ByteKernels
import TestSupport
import Testing

/// The kernel against a loop that anybody can read.
@Suite struct NameSumsTests {
  @Test(arguments: [0, 1, 2, 15, 16, 17, 31, 33, 1000]) func agreesWithNaive(rowCount: Int) {
    var random = SeededRandom(seed: rowCount)
    func column() -> [Int64] {
      (0..<rowCount).map { _ in
        random.once(in: 20) ? .max - Int64(random.below(3)) : Int64(random.below(1000)) - 200
      }
    }
    let numbers = (0..<rowCount).map { _ in UInt32(random.below(1 + rowCount / 3)) }
    let (events, blocked, uploaded) = (column(), column(), column())
    let (downloaded, total, seen) = (column(), column(), column())
    var sums = [NameSums](repeating: NameSums(), count: rowCount / 3 + 1)
    var expected = sums
    for _ in 0..<2 {
      let rows = NameSums.Rows(
        events: events.span, blocked: blocked.span, uploaded: uploaded.span,
        downloaded: downloaded.span, total: total.span, seen: seen.span)
      NameSums.add(numbers.span, rows, into: &sums)
      for (row, number) in numbers.enumerated() {
        var one = NameSums()
        (one.events, one.blocked, one.uploaded) = (events[row], blocked[row], uploaded[row])
        (one.downloaded, one.total, one.lastSeen) = (downloaded[row], total[row], seen[row])
        expected[Int(number)] += one
      }
    }
    #expect(sums == expected)
  }

  @Test func numbersWithoutSumsStop() async {
    await #expect(processExitsWith: .failure) { addToNobody() }
  }
}

private func addToNobody() {
  var sums = [NameSums()]
  let (numbers, column): ([UInt32], [Int64]) = ([1], [0])
  let rows = NameSums.Rows(
    events: column.span, blocked: column.span, uploaded: column.span, downloaded: column.span,
    total: column.span, seen: column.span)
  NameSums.add(numbers.span, rows, into: &sums)
}
