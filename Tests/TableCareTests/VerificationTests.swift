import ColumnTables
import DeltaLake
import ParquetFiles
import Storage
import TableCare
import Testing

@Suite struct VerificationTests {
  private typealias Row = TestTable.Row

  private func verify(_ test: TestTable) throws -> TableVerification {
    let table = test.lake.table("usage")
    var check = TableVerification()
    check.verify(table, try table.snapshot()) { _, _ in }
    return check
  }

  @Test func aGoodTableHasNoFindings() throws {
    let test = try TestTable()
    try test.append([Row("a", "u1", 1), Row("b", nil, 7)], run: "r1")
    let check = try verify(test)
    #expect(check.findings.isEmpty)
    #expect(check.files == 1)
    #expect(check.rows == 2)
  }

  /// Every single bit of a file counts: pages by their checksums, all else by the file's name.
  @Test func everyFlippedByteIsFound() throws {
    let test = try TestTable()
    try test.append([Row("a", "u1", 1), Row("b", nil, 7)], run: "r1")
    let table = test.lake.table("usage")
    let file = try #require(try table.files().first)
    let path = table.path + "/" + file.path
    let good = try test.lake.storage.read(path)
    for place in good.indices {
      var bad = good
      bad[place] ^= 1 << UInt8(place % 8)
      try test.lake.storage.remove(path)
      try test.lake.storage.create(path, bad.span)
      let findings = try verify(test).findings
      #expect(findings.count >= 1, "byte \(place)")
      #expect(findings.allSatisfy { $0.path == path })
    }
  }

  /// A file is read in pieces; its damage is named where it lies in the file as a whole.
  @Test func damageIsNamedWhereItLies() throws {
    let test = try TestTable()
    let rows = (0..<60).map { Row("b\($0 / 20)", "u\(10 + $0)", Int64($0)) }
    try test.append(rows, run: "r1", groupRows: 20)
    let table = test.lake.table("usage")
    let file = try #require(try table.files().first)
    let path = table.path + "/" + file.path
    let good = try test.lake.storage.read(path)
    var named = 0
    for place in good.indices {
      var bad = good
      bad[place] ^= 4
      try test.lake.storage.remove(path)
      try test.lake.storage.create(path, bad.span)
      var words: String?
      do throws(ParquetError) {
        let reader = try ParquetReader(bytes: bad)
        try reader.verify()
        for group in reader.rowGroups.indices {
          _ = try reader.readTable(
            columns: TestTable.schema.fields.dropFirst().map(\.name), rowGroups: group..<group + 1)
        }
      } catch { words = error.description }
      guard let words else { continue }
      named += 1
      #expect(try verify(test).findings.first?.words == words, "byte \(place)")
    }
    #expect(named > good.count / 4)
  }

  @Test func aMissingOrShortFileIsFound() throws {
    let test = try TestTable()
    try test.append([Row("a", "u1", 1)], run: "r1")
    let table = test.lake.table("usage")
    let path = table.path + "/" + (try #require(try table.files().first).path)
    let good = try test.lake.storage.read(path)
    try test.lake.storage.remove(path)
    #expect(try verify(test).findings.count == 1)
    try test.lake.storage.create(path, Array(good.dropLast(5)).span)
    #expect(try verify(test).findings.count >= 1)
  }
}
