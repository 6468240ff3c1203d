import ColumnTables
import DeltaLake
import ParquetFiles
import SimulatedStorage
import Storage
import Testing

@testable import TableCare

/// Files of many row groups are merged with one of each in memory: by chance, against sorting all.
@Suite struct MergeTests {
  private typealias Row = TestTable.Row

  private static func isBefore(_ a: TestTable.Row, _ b: TestTable.Row) -> Bool {
    if a.batch != b.batch { return a.batch < b.batch }
    guard let user = a.user else { return b.user != nil }
    return b.user.map { user < $0 } ?? false
  }

  /// Rows of a few batches and users, so that many keys are the same.
  private static func rows(_ random: inout SeededRandom, _ number: Int) -> [TestTable.Row] {
    let first = random.below(4)
    return (0..<random.below(30) + 1).map { row in
      TestTable.Row(
        "b\(first + random.below(3))", random.isTrue(percent: 10) ? nil : "u\(random.below(5))",
        Int64(number * 100 + row))
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func filesOfManyRowGroupsAreMergedInOrder(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var test = try TestTable()
    test.layout.rowGroupRowsMax = 1 + random.below(9)
    var all: [Row] = []
    for number in 0..<2 + random.below(6) {
      let rows = Self.rows(&random, number)
      let isOurs = random.isTrue(percent: 75)
      try test.append(
        isOurs ? rows.sorted(by: Self.isBefore) : rows, run: "r\(number)",
        groupRows: isOurs ? 1 + random.below(12) : nil)
      all += rows
    }
    let rewriter = try test.rewriter("compact")
    let result = try Compaction(rewriter).run()
    _ = try rewriter.run.commit()
    #expect(result.filesAfter == 1 && result.rows == Int64(all.count))
    let merged = try #require(try test.files().first)
    #expect(Set(merged) == Set(all) && merged.count == all.count)
    for (row, next) in zip(merged, merged.dropFirst()) { #expect(!Self.isBefore(next, row)) }
    let table = test.lake.table("usage")
    let file = try #require(try table.files().first)
    let reader = try ParquetReader(bytes: try table.storage.read(table.path + "/" + file.path))
    let sizes = reader.rowGroups.map(\.rowCount)
    #expect(sizes.dropLast().allSatisfy { $0 == test.layout.rowGroupRowsMax })
  }

  @Test func filesOfDifferentBatchesAreOpenOneByOne() throws {
    let test = try TestTable()
    for name in ["c", "a", "b"] {
      try test.append([Row(name, "u", 1), Row(name, "v", 2)], run: name, groupRows: 1)
    }
    let rewriter = try test.rewriter("look")
    var merge = SortedMerge(rewriter.snapshot.files, of: rewriter)
    var sizes: [Int] = []
    while let rows = try merge.next() { sizes.append(rows.rowCount) }
    #expect(sizes == [1, 1, 1, 1, 1, 1])
  }

  @Test func filesThatAreTooMuchTogetherStayApart() throws {
    let test = try TestTable()
    for number in 0..<3 {
      try test.append(
        (0..<30).map { Row("b\(number)", "u\($0 + 10)", Int64($0)) }, run: "r\(number)",
        groupRows: 10)
    }
    let run = try test.rewriter("compact").run
    func filesBefore(_ change: (inout TableLayout) -> Void) throws -> Int {
      var layout = test.layout
      change(&layout)
      return try Compaction(TableRewriter(run, table: "usage", layout: layout)).groups()
        .reduce(0) { $0 + $1.files.count }
    }
    #expect(try filesBefore { _ in } == 3)
    #expect(try filesBefore { $0.fileBytesMax = 1 } == 0)
    #expect(try filesBefore { $0.fileRowsMax = 60 } == 2)
    // A row group of ten rows of each is in memory.
    #expect(try filesBefore { $0.heldRowsMax = 20 } == 2)
    #expect(try filesBefore { $0.heldRowsMax = 30 } == 3)
  }

  @Test func rowsAreTakenOutGroupByGroup() throws {
    let test = try TestTable()
    let rows = (0..<20).map { Row("b", "u\($0 + 10)", Int64($0)) }
    try test.append(rows, run: "r1", groupRows: 3)
    let rewriter = try test.rewriter("remove")
    var asked: [Int] = []
    let removed = try rewriter.removeRows(
      reading: ["events"], mayHold: { _, _ in true },
      where: { _, part in
        asked.append(part.rowCount)
        guard case .int64s(let events)? = part.column("events")?.values else { return [] }
        return events.map { $0 % 3 == 0 || $0 > 15 }
      })
    _ = try rewriter.run.commit()
    #expect(asked == [3, 3, 3, 3, 3, 3, 2])
    let kept = rows.filter { $0.events % 3 != 0 && $0.events <= 15 }
    #expect(try test.files() == [kept])
    #expect(removed.rewrittenFiles == 1 && Int(removed.rows) == rows.count - kept.count)
  }
}
