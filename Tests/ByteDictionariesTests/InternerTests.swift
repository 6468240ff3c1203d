import ByteBlocks
import ByteDictionaries
import TestSupport
import Testing

@Suite struct InternerTests {
  @Test func numbersAreDenseInTheOrderOfFirstSight() {
    var random = SeededRandom(seed: 2)
    var interner = Interner()
    var known: [[UInt8]: UInt32] = [:]
    for _ in 0..<5000 {
      let string = random.bytes(random.below(4), of: Array("abcdefg\u{0}".utf8))
      let number = interner.number(of: string.span)
      #expect(number == known[string, default: UInt32(known.count)])
      known[string] = number
    }
    #expect(interner.count == known.count)
    for (string, number) in known { #expect(Array(interner.strings[Int(number)]) == string) }
    #expect(interner.byteCount > 0)
  }
}
