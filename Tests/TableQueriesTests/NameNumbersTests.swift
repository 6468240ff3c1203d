import ByteBlocks
import ColumnTables
import Synchronization
import TableQueries
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
