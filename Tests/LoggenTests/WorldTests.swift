import Foundation
import Testing

@testable import loggen

@Suite struct WorldTests {
  @Test(
    arguments: [
      ("0", 0), ("1048576", 1_048_576), ("64MiB", 67_108_864), ("1GiB", 1_073_741_824),
      ("500MB", 500_000_000), ("2 kB", 2_000), ("3kib", 3_072), ("7B", 7),
      ("1TB", 1_000_000_000_000),
      ("", nil), ("MiB", nil), ("-1", nil), ("1.5GiB", nil), ("1XB", nil), ("1M", nil),
      ("9223372036854775808", nil), ("9999999TiB", nil), ("١", nil),
    ] as [(String, Int?)]
  )
  func sizes(text: String, bytes: Int?) {
    #expect(ByteSize(argument: text)?.bytes == bytes)
  }

  @Test(
    arguments: [
      ("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-11-01", 20_758), ("2200-12-31", 84_370),
      ("2026-02-29", nil), ("2026-13-01", nil), ("2026-1-01", nil), ("1969-12-31", nil),
      ("2026-11-01x", nil), ("+026-11-01", nil), ("", nil),
    ] as [(String, Int?)]
  )
  func days(text: String, number: Int?) {
    #expect(CalendarDay(text)?.number == number)
  }

  @Test func daysGoBothWays() {
    for number in stride(from: 0, to: 84_000, by: 17) {
      #expect(CalendarDay(number: number).number == number)
    }
  }

  @Test func namesAndHostsAreDistinct() {
    let people = People.names(5_000, seed: 9)
    #expect(Set((0..<people.count).map { people.string($0) }).count == 5_000)
    let hosts = Hosts(9_000, seed: 9)
    #expect(hosts.traits.count == 9_000)
    #expect(Set((0..<hosts.count).map { hosts.names.string($0) }).count == 9_000)
    for (number, trait) in hosts.traits.enumerated() {
      #expect(hosts.names.string(number).contains(":") == trait.isIPv6)
      #expect(Int(trait.category) < Vocabulary.categoryCount)
    }
  }

  @Test func vocabularyHasTheLengthsThatLinesRelyOn() {
    let vocabulary = Vocabulary()
    let categories = vocabulary.categories.count
    let agents = vocabulary.agents.count
    let endings = vocabulary.endings.count
    let types = vocabulary.types.count
    let words = vocabulary.words.count
    #expect(categories == Vocabulary.categoryCount)
    #expect(agents == Vocabulary.agentCount)
    #expect(endings == Vocabulary.contentCount && types == Vocabulary.contentCount)
    #expect(words == Vocabulary.wordCount)
  }

  @Test(arguments: [(1, 0.9), (2, 1.05), (100, 0.9), (100, 1.05)])
  func ranksFollowZipf(count: Int, exponent: Double) {
    let zipf = Zipf(count: count, exponent: exponent)
    var random = Random(seed: 5, stream: 9)
    var seen = Array(repeating: 0.0, count: count)
    let draws = 40_000
    for _ in 0..<draws { seen[zipf.next(&random)] += 1 }
    let weights = (1...count).map { pow(Double($0), -exponent) }
    let total = weights.reduce(0, +)
    for rank in [0, 1, 9, 50].filter({ $0 < count }) {
      let expected = Double(draws) * weights[rank] / total
      #expect(abs(seen[rank] - expected) < 5 * expected.squareRoot() + 1, "rank \(rank)")
    }
  }

  @Test func sizesFollowTheirMedian() {
    let sizes = LogNormal(median: 1_000, spread: 1.5)
    var random = Random(seed: 5, stream: 9)
    let drawn = (0..<20_000).map { _ in sizes.number(random.next()) }
    let below = drawn.count { $0 < 1_000 }
    #expect((9_700...10_300).contains(below))
    #expect(Set(drawn).count > 5_000)
  }

  @Test func clockNeverGoesBackAndStaysWithinItsDays() {
    var clock = Clock(firstDay: 20_758, days: 3)
    var last: Int64 = 0
    for step in 0..<30_000 {
      let now = clock.microseconds(at: Double(step) / 30_000)
      #expect(now >= last)
      last = now
    }
    #expect(last / 86_400_000_000 == 20_760)
    #expect(clock.microseconds(at: 0.999_999_999_999) / 86_400_000_000 == 20_760)
  }

  @Test(arguments: [(0, 1), (1, 1), (10, 3), (1_000, 7), (7, 10), (1 << 40, 1_000)])
  func framesCoverTheText(bytes: Int, frames: Int) throws {
    let cutter = FrameCutter(textBytesMax: bytes, frames: frames)
    let ends = (0..<frames).map { cutter.end(of: $0) }
    #expect(ends == ends.sorted())
    #expect(ends.last == bytes)
    let lengths = zip([0] + ends, ends).map { $1 - $0 }
    #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1)
  }

  @Test func overfullBufferTraps() async {
    await #expect(processExitsWith: .failure) {
      var text = TextBuffer(bytesMax: 3)
      text.append("four")
    }
  }

  @Test(arguments: [0, 9, 10, 99, 100, 12_345, UInt64.max]) func decimals(number: UInt64) {
    var text = TextBuffer(bytesMax: 64)
    text.append(decimal: number)
    text.append(UInt8(ascii: " "))
    text.append(decimal: number, digits: 2)
    text.append(UInt8(ascii: " "))
    text.append(hex: number, digits: 16)
    let expected = "\(number) \(padded(number % 100, 10, 2)) \(padded(number, 16, 16))"
    #expect(string(text) == expected)
  }

  private func padded(_ number: UInt64, _ radix: Int, _ digits: Int) -> String {
    let text = String(number, radix: radix)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }

  private func string(_ text: borrowing TextBuffer) -> String {
    var bytes: [UInt8] = []
    for index in 0..<text.count { bytes.append(text.bytes[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
