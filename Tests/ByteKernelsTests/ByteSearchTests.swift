import TestSupport
import Testing

@testable import ByteKernels

/// Sixteen bytes at a time against one at a time.
@Suite struct ByteSearchTests {
  private func text(_ length: Int, _ random: inout SeededRandom) -> [UInt8] {
    let letters = Array("abAB@%?&; `\u{1B}".utf8) + [0, 0x80, 0xC3, 0xFF]
    return (0..<length).map { _ in letters[random.below(letters.count)] }
  }

  /// Words of their own, against one byte at a time.
  @Test(arguments: [2, 3, 17, 40, 100]) func findsWords(length: Int) {
    func folded(_ bytes: some Sequence<UInt8>) -> [UInt8] {
      bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
    func isLetter(_ byte: UInt8) -> Bool {
      byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
    func isEscape(_ before: ArraySlice<UInt8>) -> Bool {
      let tail = String(decoding: before.suffix(3), as: UTF8.self)
      return tail.utf8.count == 3 && tail.hasPrefix("%") && Int(tail.dropFirst(), radix: 16) != nil
        && !tail.contains("+") && !tail.contains("-")
    }
    var random = SeededRandom(seed: length)
    for _ in 0..<400 {
      let text = text(length, &random)
      let (first, end) = (random.below(3), length - random.below(2))
      guard first < end else { continue }
      let line = first..<end
      let word = random.bytes(2 + random.below(2), of: Array("abAB@".utf8))
      let start = line.lowerBound + random.below(line.count)
      let expected = (start..<max(start, line.upperBound - word.count + 1)).first { place in
        let end = place + word.count
        return folded(text[place..<end]) == folded(word)
          && (place == line.lowerBound || !isLetter(text[place - 1])
            || isEscape(text[line.lowerBound..<place]))
          && (end == line.upperBound || !isLetter(text[end]))
      }
      #expect(ByteSearch.word(word.span, in: text.span, line, from: start) == expected)
    }
  }

  @Test(arguments: [0, 1, 2, 15, 16, 17, 18, 31, 32, 33, 34, 100]) func agreesWithNaive(
    length: Int
  ) {
    var random = SeededRandom(seed: length)
    for _ in 0..<200 {
      let text = text(length, &random)
      let start = random.below(length + 1)
      let range = start..<start + random.below(length - start + 1)
      let pairs = [text.prefix(2), text.suffix(2)].map { $0.count == 2 ? Array($0) : [34, 58] }
      let signs = ByteSearch.first(
        of: (64, 37, 63, 92),
        orPairs: ((pairs[0][0], pairs[0][1]), (pairs[1][0], pairs[1][1])), in: text.span, range)
      let sign = range.first { place in
        [64, 37, 63, 92].contains(text[place])
          || place + 1 < range.upperBound && pairs.contains([text[place], text[place + 1]])
      }
      #expect(signs == sign ?? range.upperBound)
      let newline = ByteSearch.first(97, in: text.span, range)
      #expect(newline == range.first { text[$0] == 97 } ?? range.upperBound)
      // Of two bytes the search may stop too early, and never too late.
      let (one, two) = (text.first ?? 97, text.last ?? 98)
      let found = ByteSearch.first(one, then: two, in: text.span, range)
      #expect(range.contains(found) || found == range.upperBound)
      if found < range.upperBound { #expect(text[found] | 0x20 == one | 0x20) }
      let true_ = range.first { place in
        text[place] | 0x20 == one | 0x20 && place + 1 < range.upperBound
          && text[place + 1] | 0x20 == two | 0x20
      }
      #expect(found <= true_ ?? range.upperBound)
    }
  }
}
