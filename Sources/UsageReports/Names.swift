internal import ByteBlocks
internal import ReportFigures
internal import TableQueries

/// The names of a column by their numbers, and under which key version each pseudonym is.
struct Names {
  private let texts: ByteStrings
  /// By the number of a name; 0 for what is no pseudonym.
  let versions: [Int]
  /// By the number of a name: the letter of a pseudonym's kind, 0 for what is none.
  let kinds: [UInt8]
  private let versionMax: Int
  /// The numbers under each version.
  private let ofVersion: [BitSet]

  /// Whether lists leave out members of private groups; they are counted all the same.
  private let hidesPrivate: Bool

  init(_ numbers: NameNumbers, hidesPrivate: Bool = false) {
    self.hidesPrivate = hidesPrivate
    let texts = numbers.texts()
    self.texts = texts
    versions = [0] + (0..<texts.count).map { Self.version(of: texts.span($0)) }
    versionMax = versions.max() ?? 0
    var ofVersion = [BitSet](repeating: BitSet(), count: versionMax + 1)
    for number in versions.indices.dropFirst() {
      ofVersion[versions[number]].insert(UInt32(number))
    }
    self.ofVersion = ofVersion
    kinds = versions.enumerated().map { number, version in
      version == 0 ? 0 : texts.span(number - 1)[0]
    }
  }

  func text(_ number: UInt32) -> String { texts.string(Int(number) - 1) }

  /// Whether a name may stand in a list.
  func isListed(_ number: UInt32) -> Bool {
    !hidesPrivate || kinds[Int(number)] != UInt8(ascii: "p")
  }

  /// How many there are, as exactly as several key versions allow.
  func count(_ numbers: [UInt32]) -> DistinctCount {
    var byVersion = [Int](repeating: 0, count: versionMax + 1)
    for number in numbers { byVersion[versions[Int(number)]] += 1 }
    return DistinctCount(pseudonyms: numbers.count, atLeast: byVersion.max() ?? 0)
  }

  /// The same of a set.
  func count(_ set: NumberSet) -> DistinctCount {
    guard let bits = set.bits else { return count(set.numbers) }
    let counts = ofVersion.map { bits.count(in: $0) }
    return DistinctCount(pseudonyms: counts.reduce(0, +), atLeast: counts.max() ?? 0)
  }

  /// The key versions of pseudonyms among `numbers`.
  func versions(of numbers: [UInt32]) -> Set<Int> {
    Set(numbers.map { versions[Int($0)] }).subtracting([0])
  }

  /// The numbers with the largest sums, the largest first.
  func largest(_ sums: EntitySums, max: Int) -> [UInt32] {
    let listed = sums.numbers.filter { isListed($0) }
    let chosen = Self.places(ofLargest: listed.map { sums[$0].sums.total }, max: max)
    let numbers = chosen.map { listed[$0] }.sorted { one, other in
      let (a, b) = (sums[one].sums, sums[other].sums)
      if a.total != b.total { return a.total > b.total }
      if a.events != b.events { return a.events > b.events }
      return texts.compare(Int(one) - 1, Int(other) - 1) < 0
    }
    return Array(numbers.prefix(max))
  }

  /// The names with the largest sums, the largest first.
  func largest(_ sums: PairSums, max: Int) -> [NamedSums] {
    var (numbers, values): ([UInt32], [UseSums]) = ([], [])
    sums.visit { number, uses in
      guard isListed(number) else { return }
      numbers.append(number)
      values.append(uses)
    }
    let chosen = Self.places(ofLargest: values.map(\.total), max: max)
    return FigureMaker.largest(
      chosen.map { NamedSums(name: text(numbers[$0]), sums: values[$0]) }, max: max)
  }

  /// The places of all numbers that are no smaller than the `max`th largest: of many only these
  /// have to be put in order.
  private static func places(ofLargest numbers: [Int64], max: Int) -> [Int] {
    guard numbers.count > max, max > 0 else { return Array(numbers.indices) }
    var largest: [Int64] = []  // Ascending, at most `max` of them.
    for number in numbers where largest.count < max || number > largest[0] {
      if largest.count == max { largest.removeFirst() }
      let place = largest.firstIndex { $0 >= number } ?? largest.count
      largest.insert(number, at: place)
    }
    return numbers.indices.filter { numbers[$0] >= largest[0] }
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
