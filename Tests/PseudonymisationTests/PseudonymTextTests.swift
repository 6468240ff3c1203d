import Testing
import VeiledRecords

@testable import Pseudonymisation

@Suite struct PseudonymTextTests {
  @Test func base32KnowsItsVectors() {
    // RFC 4648, section 10, without padding.
    for (text, digits) in [
      ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"),
      ("fooba", "mzxw6ytb"), ("foobar", "mzxw6ytboi"),
    ] {
      let bytes = Array(digits.utf8)
      let decoded = Base32.decoded(bytes.span)
      #expect(decoded == Array(text.utf8))
      #expect(Base32.digitCount(byteCount: text.utf8.count) == digits.utf8.count)
    }
  }

  @Test func otherSpellingsAreRefused() {
    // Spare bits, capitals, digits outside the alphabet, padding, impossible lengths.
    for digits in [
      "mz", "mzxr", "mzxw7yr", "MY", "m1", "m0", "m8", "my======", "m", "mzx", "mzxw6y",
    ] {
      let bytes = Array(digits.utf8)
      let decoded = Base32.decoded(bytes.span)
      #expect(decoded == nil, "\(digits)")
    }
  }

  @Test func textsOfAllLengthsComeBack() {
    var random = SeededRandom(2)
    for blocks in 1...40 {
      var messages = BlockMessages()
      let sealed = random.bytes(16 * (blocks + 1))
      messages.appendSealed(sealed.span)
      messages.appendSealed(random.bytes(32).span)
      var target: [UInt8] = []
      var ends: [Int] = []
      let prefix = PseudonymText.prefix(kind: .machine, version: 17)
      #expect(prefix == Array("m17-".utf8))
      messages.writeTexts(prefix: prefix, into: &target, ends: &ends)
      let text = Array(target[..<ends[0]])
      #expect(naive(sealed) == Array(text.dropFirst(4)))
      let parsed = PseudonymText(parsing: text.span)
      #expect(parsed?.sealed == sealed)
      #expect(parsed?.kind == .machine)
      #expect(parsed?.version == 17)
    }
  }

  @Test func whatLooksLikeAPseudonym() {
    let digits = String(repeating: "a", count: 52)
    for (text, looks, parses) in [
      ("u1-\(digits)", true, true), ("p12-\(digits)", true, true),
      ("i999999-\(digits)", true, true),
      ("u1-\(digits)a", true, false), ("u1-\(digits.dropLast())b", true, false),
      ("u1-\(digits.dropLast())", false, false), ("u1-\(digits.dropLast())A", false, false),
      ("u1-\(digits.dropLast())1", false, false), ("u01-\(digits)", false, false),
      ("u0-\(digits)", false, false), ("u-\(digits)", false, false), ("u1\(digits)", false, false),
      ("u1000000-\(digits)", false, false), ("a1-\(digits)", false, false),
      ("u1-bob", false, false),
      ("", false, false), ("u", false, false), ("u1-", false, false), ("u1", false, false),
      ("u+1-\(digits)", false, false),
    ] {
      let bytes = Array(text.utf8)
      let isLikely = PseudonymText.looksLikeOne(bytes.span)
      let parsed = PseudonymText(parsing: bytes.span)
      #expect(isLikely == looks, "\(text)")
      #expect((parsed != nil) == parses, "\(text)")
    }
  }

  /// Five bits at a time.
  private func naive(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
    let bits = bytes.flatMap { byte in (0..<8).map { byte >> UInt8(7 - $0) & 1 } }
    return stride(from: 0, to: bits.count, by: 5).map { start in
      let group = bits[start..<min(start + 5, bits.count)]
      let value = group.reduce(0) { $0 << 1 | Int($1) } << (5 - group.count)
      return alphabet[value]
    }
  }
}
