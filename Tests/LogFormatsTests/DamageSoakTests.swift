import ByteKernels
import Foundation
import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// Samples of all formats, damaged in many ways, read by the format they have and by all others.
///
/// `LOGVEIL_SOAK` is the number of damaged texts for each format; a failing one names its seed.
@Suite struct DamageSoakTests {
  static let casesPerFormat =
    ProcessInfo.processInfo.environment["LOGVEIL_SOAK"].flatMap { Int($0) } ?? 12
  static let formats = FormatCatalog.all.filter { samples[$0.name] != nil }
  static let samples: [String: [UInt8]] = Dictionary(
    uniqueKeysWithValues: FormatCatalog.all.compactMap { format in
      (try? repositoryFile("Datasets/samples/\(format.name)/samples.log")).map {
        (format.name, $0)
      }
    })

  /// Every line of a damaged text is accounted for, whichever format reads it; it reads the same
  /// again, by the other kernels, and in blocks.
  @Test(arguments: formats.map(\.name)) func nothingIsLost(name: String) throws {
    let own = try #require(FormatCatalog.profile(named: name))
    let seed = name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }
    let other = Self.formats[Int(seed.magnitude % UInt(Self.formats.count))]
    let subjects = (own.shapes + other.shapes).map { shape in
      var format = own
      format.shapes = [shape]
      return Subject(format)
    }
    for number in 0..<Self.casesPerFormat {
      var random = SeededRandom(seed: seed &+ number)
      var damage = Damage(text: Self.someLines(of: name, &random))
      for _ in 0...random.below(4) { damage.next(&random) }
      let subject = subjects[random.below(subjects.count)]
      let whole = try subject.read(damage.text)
      #expect(whole.counts.addUp, "seed \(seed &+ number)")
      let lines = Self.lineCount(damage.text)
      let mayShareLines = damage.text.contains(UInt8(ascii: "{"))
      #expect(
        whole.counts.lines == lines || mayShareLines && whole.counts.lines > lines,
        "seed \(seed &+ number)")
      #expect(try subject.readByTwins(damage.text) == whole, "seed \(seed &+ number)")
      guard !mayShareLines else { continue }
      let cuts = lineStarts(damage.text).filter { _ in random.once(in: 3) }
      #expect(try subject.read(damage.text, cuts: cuts) == whole, "seed \(seed &+ number)")
    }
  }

  /// One shape of a format, compiled once for all texts.
  private final class Subject {
    private let shape: FormatProfile
    private var best, twins: LogReader

    init(_ shape: FormatProfile) {
      self.shape = shape
      best = LogReader(shape)
      twins = LogReader(shape, level: .scalar)
    }

    func read(_ text: [UInt8], cuts: [Int] = []) throws -> Reading {
      best.header = HeaderReader(shape)
      return try best.read(text, cuts: cuts)
    }

    func readByTwins(_ text: [UInt8]) throws -> Reading {
      twins.header = HeaderReader(shape)
      return try twins.read(text)
    }
  }

  /// Detection takes damaged text for what it was, or refuses it.
  @Test(arguments: formats.map(\.name)) func detectionRefusesRatherThanMisreads(name: String)
    throws
  {
    let seed = name.utf8.reduce(11) { $0 &* 37 &+ Int($1) }
    // Each one tries all formats: a few of them are enough, unless more is asked for.
    let isAsked = Self.casesPerFormat > 12
    let cases = isAsked ? Self.casesPerFormat / 12 : seed & 7 == 0 ? 1 : 0
    for number in 0..<cases {
      var random = SeededRandom(seed: seed &+ number)
      var damage = Damage(text: try #require(Self.samples[name]))
      for _ in 0..<random.below(6) { damage.next(&random) }
      guard let match = try? FormatDetection.detect(try makeBlock(damage.text)) else { continue }
      let isKin = Self.kin.contains { $0.contains(name) && $0.contains(match.profile.name) }
      #expect(
        match.profile.name == name || isKin, "\(match.profile.name), seed \(seed &+ number)")
    }
  }

  /// Formats that read the same lines, as one product has them of another, or many products.
  static let kin: [Set<String>] = [
    ["bluecoat", "w3c", "iis", "microsoft-tmg", "squid", "cisco-cws", "netskope"],
    ["cisco-asa", "cisco-firepower", "cisco-fwsm"], ["forcepoint", "websense"],
  ]

  /// Some of a sample's lines, in their order.
  private static func someLines(of name: String, _ random: inout SeededRandom) -> [UInt8] {
    let text = samples[name] ?? []
    guard random.once(in: 2) else { return text }
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return Array(lines.filter { _ in random.once(in: 2) }.joined(separator: [UInt8(ascii: "\n")]))
  }

  private static func lineCount(_ text: [UInt8]) -> Int {
    let newlines = text.count { $0 == UInt8(ascii: "\n") }
    return newlines + (text.last.map { $0 != UInt8(ascii: "\n") } == true ? 1 : 0)
  }
}

/// A text that is damaged step by step.
private struct Damage {
  var text: [UInt8]

  mutating func next(_ random: inout SeededRandom) {
    guard !text.isEmpty else { return text.append(UInt8(random.below(256))) }
    let place = random.below(text.count)
    let length = min(text.count - place, 1 + random.below(200))
    switch random.below(12) {
    case 0: text.removeLast(text.count - place)
    case 1: for _ in 0..<1 + random.below(40) { flip(&random) }
    case 2: text.removeSubrange(place..<place + length)
    case 3: text.insert(contentsOf: text[place..<place + length], at: random.below(text.count))
    case 4: text.insert(contentsOf: [UInt8](repeating: 0, count: 1 + random.below(9)), at: place)
    case 5: text = text.flatMap { $0 == 10 ? [13, 10] : [$0] }
    case 6: text.insert(contentsOf: [0xef, 0xbb, 0xbf], at: random.once(in: 2) ? 0 : place)
    case 7:
      let byte = random.once(in: 2) ? UInt8(ascii: "a") : text[place]
      let count = random.once(in: 20) ? 300_000 : 1 + random.below(4000)
      text.insert(contentsOf: [UInt8](repeating: byte, count: count), at: place)
    case 8:  // The first line again, as where two logs were put together.
      let first = text.prefix { $0 != 10 } + [10]
      text.insert(contentsOf: first, at: text[place...].firstIndex(of: 10).map { $0 + 1 } ?? place)
    case 9:
      let names = DamageSoakTests.samples.keys.sorted()
      let other = DamageSoakTests.samples[names[random.below(names.count)]] ?? []
      text.insert(contentsOf: other.prefix(1 + random.below(max(1, other.count))), at: place)
    case 10: text.insert(contentsOf: Array("\"\\'[]{}=|,;:<>%\t".utf8), at: place)
    default: text.insert(contentsOf: Array("<134>Nov 20 08:15:01 relay ".utf8), at: place)
    }
  }

  private mutating func flip(_ random: inout SeededRandom) {
    text[random.below(text.count)] ^= UInt8(1 << random.below(8))
  }
}
