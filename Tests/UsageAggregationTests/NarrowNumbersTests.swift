import Testing

@testable import UsageAggregation

@Suite struct NarrowNumbersTests {
  private static let none = NarrowNumbers.none
  private static let narrowMax = Int64(UInt32.max) - 1

  private func isNarrow(_ numbers: NarrowNumbers) -> Bool {
    if case .narrow = numbers { true } else { false }
  }

  @Test(
    arguments: [
      ([], true), ([0, 5, none, narrowMax], true), ([0, narrowMax + 1], false),
      ([none, 1 << 32], false), ([-1], false), ([.max, none], false), ([.min + 1], false),
    ] as [([Int64], Bool)])
  func sizes(_ numbers: [Int64], isNarrow: Bool) {
    let made = NarrowNumbers(sizes: numbers)
    #expect(self.isNarrow(made) == isNarrow)
    #expect(made.wide == numbers)
  }

  @Test(
    arguments: [
      ([0, 1_700_000_000_000_000, none], true), ([narrowMax * 1_000_000], true),
      ([(narrowMax + 1) * 1_000_000], false), ([1_700_000_000_000_001], false),
      ([-1_000_000], false), ([.max], false),
    ] as [([Int64], Bool)])
  func times(_ numbers: [Int64], isNarrow: Bool) {
    let made = NarrowNumbers(times: numbers)
    #expect(self.isNarrow(made) == isNarrow)
    #expect(made.wide == numbers)
  }

  @Test func listsAreNarrowTogetherOrNotAtAll() {
    let (few, more) = (NarrowNumbers(sizes: [1, Self.none]), NarrowNumbers(sizes: [2]))
    let large = NarrowNumbers(sizes: [1 << 40])
    let narrow = NarrowNumbers(joining: [few, more], count: 3)
    #expect(isNarrow(narrow) && narrow.wide == [1, Self.none, 2])
    let wide = NarrowNumbers(joining: [few, large, more], count: 4)
    #expect(!isNarrow(wide) && wide.wide == [1, Self.none, 1 << 40, 2])
    #expect(NarrowNumbers(joining: [], count: 0).wide.isEmpty)
  }
}
