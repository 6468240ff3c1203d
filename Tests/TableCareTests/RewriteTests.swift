import ByteBlocks
import ColumnTables
import DeltaLake
import ParquetFiles
import SimulatedStorage
import Storage
import Testing

@testable import TableCare

/// Files are written anew a row group at a time; what comes out is in order again.
@Suite struct RewriteTests {
  private typealias Row = TestTable.Row

  private static func isBefore(_ a: TestTable.Row, _ b: TestTable.Row) -> Bool {
    (a.batch, a.user ?? "") < (b.batch, b.user ?? "")
  }

  private static func isInOrder(_ rows: [TestTable.Row]) -> Bool {
    zip(rows, rows.dropFirst()).allSatisfy { !isBefore($1, $0) }
  }

  /// By chance: users of some rows change, so that rows belong elsewhere in their file.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func changedRowsComeOutInOrder(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var test = try TestTable()
    test.layout.rowGroupRowsMax = 1 + random.below(9)
    var wanted: [Row] = []
    let chosen = "u\(random.below(6))"
    for number in 0..<1 + random.below(4) {
      let rows = (0..<1 + random.below(40)).map { row in
        Row("b\(random.below(3))", "u\(random.below(6))", Int64(number * 100 + row))
      }
      let isOurs = random.isTrue(percent: 75)
      try test.append(
        isOurs ? rows.sorted(by: Self.isBefore) : rows, run: "r\(number)",
        groupRows: isOurs ? 1 + random.below(12) : nil)
      wanted += rows.map { Row($0.batch, $0.user == chosen ? "a" : $0.user, $0.events) }
    }
    let before = try test.lake.table("usage").files().map(\.path)
    let rewriter = try test.rewriter("change")
    let files = try rewriter.changeRows(reading: ["user"]) { _, rows in
      #expect(rows.columns.count == 1)
      let users = Self.texts(rows.column("user"))
      guard users.contains(chosen) else { return nil }
      return ["user": Column(.strings(ByteStrings(users.map { $0 == chosen ? "a" : $0 })))]
    }
    _ = try rewriter.run.commit()
    let after = try test.files()
    #expect(after.joined().sorted { $0.events < $1.events } == wanted)
    let kept = Set(before).intersection(try test.lake.table("usage").files().map(\.path))
    #expect(kept.count == before.count - files)
    for (file, rows) in zip(try test.lake.table("usage").files(), after)
    where !kept.contains(file.path) {
      #expect(Self.isInOrder(rows))
    }
  }

  private static func texts(_ column: Column?) -> [String] {
    switch column?.values {
    case .strings(let strings)?: (0..<strings.count).map { strings.string($0) }
    case .codes(let codes, let names)?: codes.map { names.string(Int($0)) }
    default: []
    }
  }

  /// What stays in order stays one file.
  @Test func aFileWithoutMovedRowsStaysOneFile() throws {
    var test = try TestTable()
    test.layout.rowGroupRowsMax = 4
    let rows = (0..<30).map { Row("b\($0 / 10)", "u\(10 + $0)", Int64($0)) }
    try test.append(rows, run: "r1", groupRows: 5)
    let rewriter = try test.rewriter("change")
    let files = try rewriter.changeRows(reading: ["private"]) { _, rows in
      guard case .booleans(let flags)? = rows.column("private")?.values else { return nil }
      return ["private": Column(.booleans(flags.map { !$0 }))]
    }
    _ = try rewriter.run.commit()
    #expect(files == 1)
    #expect(try test.files() == [rows])
  }

  @Test func rowsThatGoAreHandedOver() throws {
    let test = try TestTable()
    let rows = (0..<20).map { Row("b\($0 / 10)", "u\(10 + $0)", Int64($0)) }
    try test.append(rows, run: "r1", groupRows: 3)
    try test.append([Row("c", "u1", 100), Row("c", "u2", 102)], run: "r2", groupRows: 3)
    let rewriter = try test.rewriter("move")
    var taken: [Row] = []
    let removed = try rewriter.moveRows(
      reading: ["events"],
      where: { _, rows in
        guard case .int64s(let events)? = rows.column("events")?.values else { return [] }
        return events.map { $0 % 3 == 1 || $0 >= 100 }
      }, to: { _, rows in taken += try TestTable.rows(of: rows) })
    _ = try rewriter.run.commit()
    #expect(removed.rows == 9 && removed.wholeFiles == 1 && removed.rewrittenFiles == 1)
    #expect(taken.map(\.events).sorted() == [1, 4, 7, 10, 13, 16, 19, 100, 102])
    #expect(try test.files() == [rows.filter { $0.events % 3 != 1 }])
  }
}
