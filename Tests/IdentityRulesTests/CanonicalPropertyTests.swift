import Testing

@testable import IdentityRules

/// What holds for every name, tried on rows and on strings made of what the steps look at.
@Suite struct CanonicalPropertyTests {
  private static let tables =
    CanonicalNamesTests.plain + CanonicalNamesTests.escapes + CanonicalNamesTests.unicode
    + CanonicalNamesTests.directories + CanonicalNamesTests.mapped + CanonicalNamesTests.machines
  private static let rules: [CanonicalRules] = [
    CanonicalRules(),
    CanonicalRules(realms: ["corp": "corp.example", "x": "y", "y": "y", "a.b": "z"]),
  ]

  @Test(arguments: 0..<2) func theFormOfAFormIsItself(_ index: Int) throws {
    let rules = try CanonicalNames(Self.rules[index])
    for row in Self.tables { expectStable(rules, Array(row.raw.utf8)) }
    var random = SplitMix(seed: 11)
    let pieces =
      [
        "a", "B", "corp", "CORP", "x", "y", "\\", "\\\\", "@", "/", "%41", "%25", "%5C", "%", "=",
        "cn=", "CN=", "dc=", "uid=", ",", ";", "+", "\"", " ", "-", "$", ".", "é", "E\u{301}", "Ａ",
        "％", "４", "１", "＝", "İ", "null", "%C3%A9", "%EF%BC%85", "%2", "5", "\t", "\u{1}", "@corp",
      ].map { Array($0.utf8) } + [[0xff], [0xc3]]
    for _ in 0..<12_000 {
      let count = 1 + random.below(9)
      expectStable(rules, (0..<count).flatMap { _ in pieces[random.below(pieces.count)] })
    }
  }

  @Test func namesThatDifferInMoreThanCaseStayTwo() throws {
    let rules = try CanonicalNames()
    var random = SplitMix(seed: 5)
    let first = ["anna", "bjorn", "carla", "o'neil", "x"]
    let last = ["schmidt", "garcia", "li", "s"]
    var raw: Set<String> = []
    for _ in 0..<20_000 {
      let name = "\(first[random.below(5)]).\(last[random.below(4)])\(random.below(300))"
      raw.insert(
        ["CORP\\\(name)", "\(name)@corp.example", name, "corp/\(name)", "\(name)@CORP"][
          random.below(5)
        ]
      )
    }
    let forms = Set(raw.map { canonical(rules, Array($0.utf8)) })
    #expect(forms.count == Set(raw.map { $0.lowercased() }).count)
    #expect(forms == Set(raw.map { Array($0.lowercased().utf8) }))
  }

  @Test func hugeNamesTakeLinearTime() throws {
    let rules = try CanonicalNames(Self.rules[1])
    let nasty = ["%25", "\\\\", "\"", "cn=a,", "@corp", " ", "e\u{301}", "\\ ", "$."]
    for piece in nasty {
      let raw = Array(String(repeating: piece, count: 60_000 / piece.utf8.count).utf8)
      let start = ContinuousClock().now
      expectStable(rules, raw)
      #expect(start.duration(to: ContinuousClock().now) < .seconds(5), "\(piece)")
    }
  }

  private func expectStable(_ rules: CanonicalNames, _ raw: [UInt8]) {
    let once = canonical(rules, raw)
    if !once.isEmpty { #expect(canonical(rules, once) == once, "\(raw.prefix(60))") }
    var machine: [UInt8] = []
    if rules.canonicaliseMachine(raw.span, into: &machine) == .nobody { return }
    var again: [UInt8] = []
    _ = rules.canonicaliseMachine(machine.span, into: &again)
    #expect(again == machine, "machine \(raw.prefix(60))")
  }

  private func canonical(_ rules: CanonicalNames, _ raw: [UInt8]) -> [UInt8] {
    var name: [UInt8] = []
    _ = rules.canonicalise(raw.span, into: &name)
    return name
  }
}

/// Numbers that are the same for the same seed.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return Int((word ^ word >> 31) % UInt64(limit))
  }
}
