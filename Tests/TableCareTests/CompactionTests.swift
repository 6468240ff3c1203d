import DeltaLake
import Storage
import TableCare
import Testing

@Suite struct CompactionTests {
  private typealias Row = TestTable.Row

  private func compact(_ test: TestTable, run: String = "compact") throws -> Compaction.Result {
    let rewriter = try test.rewriter(run)
    let result = try Compaction(rewriter).run()
    _ = try rewriter.run.commit()
    return result
  }

  @Test func smallFilesOfADayBecomeOneAndStaySorted() throws {
    let test = try TestTable()
    try test.append([Row("b", "u2", 3), Row("b", "u1", 4)], run: "r1")
    try test.append([Row("a", "u9", 1), Row("c", nil, 7)], run: "r2")
    try test.append([Row("a", nil, 2)], run: "r3")
    try test.append([Row("a", "u1", 5)], date: "2026-01-02", run: "r4")
    let result = try compact(test)
    #expect(result.filesBefore == 3)
    #expect(result.filesAfter == 1)
    #expect(result.rows == 5)
    #expect(
      try test.files() == [
        [
          Row("a", nil, 2), Row("a", "u9", 1), Row("b", "u1", 4), Row("b", "u2", 3),
          Row("c", nil, 7),
        ], [Row("a", "u1", 5)],
      ])
    #expect(try compact(test, run: "again").filesBefore == 0)
  }

  @Test func filesGrowNoLargerThanTheLimit() throws {
    var test = try TestTable()
    test.layout.fileRowsMax = 4
    for number in 0..<5 {
      try test.append(
        [Row("b\(number)", "u", 1), Row("b\(number)", "v", 2)], run: "r\(number)")
    }
    #expect(try compact(test).filesAfter == 2)
    #expect(try test.files().map(\.count).sorted() == [2, 4, 4])
  }

  @Test func readersWhoFollowChangesSeeNone() throws {
    let test = try TestTable()
    try test.append([Row("a", "u", 1)], run: "r1")
    try test.append([Row("b", "u", 1)], run: "r2")
    let rewriter = try test.rewriter("compact")
    _ = try Compaction(rewriter).run()
    var info = CommitInfo(operation: "OPTIMIZE")
    info.changesRows = false
    let version = try #require(try rewriter.run.commit(info: ["usage": info])["usage"])
    let path = "lake/default/usage/_delta_log/0000000000000000000\(version).json"
    let text = String(decoding: try test.lake.storage.read(path), as: UTF8.self)
    #expect(!text.contains(#""dataChange":true"#))
    #expect(text.contains(#""dataChange":false"#))
  }

  @Test func aFileThatIsGoneMeanwhileIsAConflict() throws {
    let test = try TestTable()
    try test.append([Row("a", "u", 1)], run: "r1")
    try test.append([Row("b", "u", 1)], run: "r2")
    let first = try test.rewriter("first")
    let second = try test.rewriter("second")
    _ = try Compaction(first).run()
    _ = try Compaction(second).run()
    _ = try first.run.commit()
    #expect(throws: DeltaError.self) { _ = try second.run.commit() }
    #expect(try test.files().flatMap { $0 }.count == 2)
  }
}

@Suite struct RowRemovalTests {
  private typealias Row = TestTable.Row

  private func remove(_ users: Set<String?>, _ test: TestTable) throws -> RemovedRows {
    let rewriter = try test.rewriter("remove")
    let removed = try rewriter.removeRows(
      reading: ["user", "batch", "events"], mayHold: { _, _ in true },
      where: { _, rows in
        (try? TestTable.rows(of: rows).map { users.contains($0.user) }) ?? []
      })
    _ = try rewriter.run.commit()
    return removed
  }

  @Test func filesAreRewrittenOnlyWhereTheyMust() throws {
    let test = try TestTable()
    try test.append([Row("a", "u1", 1), Row("a", "u2", 2), Row("a", nil, 7)], run: "r1")
    try test.append([Row("b", "u1", 3)], run: "r2")
    try test.append([Row("c", "u3", 4)], run: "r3")
    let before = Set(try test.lake.table("usage").files().map(\.path))
    let removed = try remove(["u1"], test)
    #expect(removed.rows == 2)
    #expect(removed.wholeFiles == 1)
    #expect(removed.rewrittenFiles == 1)
    let after = Set(try test.lake.table("usage").files().map(\.path))
    #expect(before.intersection(after).count == 1)
    #expect(
      Set(try test.files().flatMap { $0 }) == [
        Row("a", "u2", 2), Row("a", nil, 7), Row("c", "u3", 4),
      ])
  }

  @Test func theLogSaysNothingOfSilentColumns() throws {
    let test = try TestTable()
    try test.append([Row("a", "u1", 1), Row("a", "u2-secret", 2)], run: "r1")
    _ = try remove(["u1"], test)
    let file = try #require(try test.lake.table("usage").files().first)
    #expect(file.statisticsText?.contains("secret") == false)
  }

  @Test func boundsTellWhatAFileCannotHold() throws {
    let test = try TestTable()
    try test.append([Row("bb", "u1", 1), Row("dd", "u1", 1)], run: "r1")
    let rewriter = try test.rewriter("look")
    let file = try #require(rewriter.snapshot.files.first)
    let statistics = try #require(rewriter.statistics(of: file))
    let held = ["aa", "bb", "cc", "dd", "de", ""].map { statistics.mayHold($0, in: "batch") }
    #expect(held == [false, true, true, true, false, false])
    #expect(statistics.mayHold("anything", in: "user"))
  }
}
