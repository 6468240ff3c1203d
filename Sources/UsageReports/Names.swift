internal import ByteBlocks
internal import ReportFigures
internal import TableQueries

/// The names of a column by their numbers, and under which key version each pseudonym is.
struct Names {
  private let texts: ByteStrings
  /// By the number of a name; 0 for what is no pseudonym.
  let versions: [Int]
  private let versionMax: Int

  init(_ numbers: NameNumbers) {
    let texts = numbers.texts()
    self.texts = texts
    versions = [0] + (0..<texts.count).map { Self.version(of: texts.span($0)) }
    versionMax = versions.max() ?? 0
  }

  func text(_ number: UInt32) -> String { texts.string(Int(number) - 1) }

  /// How many there are, as exactly as several key versions allow.
  func count(_ numbers: [UInt32]) -> DistinctCount {
    var byVersion = [Int](repeating: 0, count: versionMax + 1)
    for number in numbers { byVersion[versions[Int(number)]] += 1 }
    return DistinctCount(pseudonyms: numbers.count, atLeast: byVersion.max() ?? 0)
  }

  /// The key versions of pseudonyms among `numbers`.
  func versions(of numbers: [UInt32]) -> Set<Int> {
    Set(numbers.map { versions[Int($0)] }).subtracting([0])
  }

  /// The numbers with the largest sums, the largest first.
  func largest(_ sums: EntitySums, max: Int) -> [UInt32] {
    let numbers = sums.numbers.sorted { one, other in
      let (a, b) = (sums.sums[Int(one)], sums.sums[Int(other)])
      if a.total != b.total { return a.total > b.total }
      if a.events != b.events { return a.events > b.events }
      return texts.compare(Int(one) - 1, Int(other) - 1) < 0
    }
    return Array(numbers.prefix(max))
  }

  /// The names with the largest sums, the largest first.
  func largest(_ sums: NumberedSums, max: Int) -> [NamedSums] {
    // Most apps have far more users than are listed: only the largest are put in order.
    let least = Self.largest(sums.sums, max: max)
    let chosen = sums.keys.indices.filter { sums.sums[$0].total >= least }
    let named = chosen.map { NamedSums(name: text(sums.keys[$0]), sums: sums.sums[$0]) }
    return FigureMaker.largest(named, max: max)
  }

  /// The bytes of the last one of the `max` largest; all are larger where there are no more.
  private static func largest(_ sums: [UseSums], max: Int) -> Int64 {
    guard sums.count > max else { return .min }
    var largest: [Int64] = []  // Ascending, at most `max` of them.
    for sum in sums where largest.count < max || sum.total > largest[0] {
      if largest.count == max { largest.removeFirst() }
      let place = largest.firstIndex { $0 >= sum.total } ?? largest.count
      largest.insert(sum.total, at: place)
    }
    return largest.first ?? .min
  }

  /// The number behind the kind of a pseudonym, as 2 in `u2-…`; 0 where there is none.
  private static func version(of text: Span<UInt8>) -> Int {
    guard text.count > 3, text[0] >= UInt8(ascii: "a"), text[0] <= UInt8(ascii: "z") else {
      return 0
    }
    var version = 0
    // Five digits are more versions than anybody rotates to.
    for place in 1..<min(text.count, 7) {
      let byte = text[place]
      if byte == UInt8(ascii: "-") { return place > 1 ? version : 0 }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return 0 }
      version = version * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return 0
  }
}
