import DeltaLake
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
