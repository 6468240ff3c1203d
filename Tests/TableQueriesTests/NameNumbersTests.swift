import ByteBlocks
import ColumnTables
import Synchronization
import TableQueries
import TestSupport
import Testing

@Suite struct NameNumbersTests {
  @Test func dictionariesOfSeveralFilesGetOneNumbering() {
    let names = NameNumbers()
    let first = Column(
      .codes([1, 0, 1], ByteStrings(["anna", "bert"])), isValid: [true, true, false])
    let second = Column(.codes([0, 1], ByteStrings(["bert", "carl"])))
    let one = names.numbers(of: first)
    let two = names.numbers(of: second)
    #expect(one[2] == 0)
    #expect(one[0] == two[0])
    #expect(Set([one[0], one[1], two[1]]).count == 3)
    #expect(names.texts().string(Int(one[1]) - 1) == "anna")
  }

  @Test func plainTextsAreNumberedRowByRow() {
    let names = NameNumbers()
    let column = Column(
      .strings(ByteStrings(["x", "", "x", "y"])), isValid: [true, false, true, true])
    let numbers = names.numbers(of: column)
    #expect(numbers[0] == numbers[2])
    #expect(numbers[1] == 0)
    #expect(numbers[3] != numbers[0])
  }

  /// Sorted dictionaries and others, small and large, with texts that differ late or by their
  /// length, against one dictionary of Swift's.
  @Test(arguments: 0..<40) func anyDictionariesGetOneNumbering(seed: Int) {
    var random = SeededRandom(seed: seed)
    let names = NameNumbers()
    var expected: [String: UInt32] = [:]
    let all = (0..<1500).map { number in
      var stem = random.once(in: 2) ? "u1-\(number % 7)" : "a long beginning \(number % 3) "
      if random.once(in: 3) { stem += String(repeating: "-", count: 40) }
      return stem + String(repeating: "x", count: random.below(4)) + String(number / 3)
    }
    for _ in 0..<12 {
      let share = 1 + random.below(random.once(in: 3) ? 100 : 3)
      var texts = Array(Set(all.filter { _ in random.once(in: share) }))
      texts.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      if random.once(in: 4) { texts.shuffle(using: &random) }
      if random.once(in: 4) { texts += texts.prefix(2) }
      let codes = texts.indices.map { UInt32($0) }
      let numbers = names.numbers(of: Column(.codes(codes, ByteStrings(texts))))
      for (text, number) in zip(texts, numbers) {
        #expect(expected[text, default: number] == number, "\(text), seed \(seed)")
        expected[text] = number
        #expect(names.texts().string(Int(number) - 1) == text, "seed \(seed)")
      }
    }
    #expect(Set(expected.values).count == expected.count && names.count == expected.count)
  }

  /// Each text is announced once, numbers go up one by one, also those of texts that stand for
  /// others.
  @Test func newTextsAreToldInOrder() {
    let told = Mutex<[UInt32]>([])
    let names = NameNumbers(
      canonical: { $0.count == 1 ? [UInt8(ascii: "a"), UInt8(ascii: "a")] : nil },
      onNew: { number, _ in told.withLock { $0.append(number) } })
    let column = Column(.strings(ByteStrings(["b", "aa", "c", "dd", "b"])))
    let numbers = names.numbers(of: column)
    #expect(told.withLock { $0 } == [1, 2, 3, 4])
    #expect(numbers == [2, 2, 2, 4, 2])
    #expect(names.texts().string(1) == "aa")
  }
}
