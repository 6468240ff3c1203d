internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import Pseudonymisation
internal import TableCare

/// Takes out of the tables what batches of archives contributed, in one run that also may add.
///
/// ```
/// usage     rows of the batches go; a file that holds others too is written anew without them
/// ingests   the archives' rows stay, with the status `replaced`
/// rejects   the archives' refused lines go
/// ```
struct ArchiveRemoval {
  let run: RunTransaction
  let records: IngestRecords
  /// For tables whose files are encrypted.
  let keyring: Keyring?

  /// What became of it.
  struct Summary: Sendable {
    var archives = 0
    var batches = 0
    /// By table, but those that only ingests and rejects lose.
    var rows: [String: Int64] = [:]
    /// Files that may hold such rows and that nobody can read any more.
    var sealedFiles = 0
  }

  /// Takes the archives of whole batches out.
  ///
  /// - Parameter note: what `ingests` says of the reason; `nil`: that they were replaced.
  func remove(_ batches: Set<BatchKey>, note: String? = nil) throws -> Summary {
    guard !batches.isEmpty else { return Summary() }
    let gone = records.committed.filter { batches.contains($0.batchKey) }
    var summary = Summary(archives: gone.count, batches: batches.count)
    for table in run.tables where table != "ingests" && hasBatches(table) {
      let removed = try removeRows(of: batches, from: table)
      summary.rows[table] = removed.rows
      summary.sealedFiles += removed.sealedFiles
    }
    try forgetDeletions(batches)
    try markReplaced(batches, note)
    try removeRejects(gone)
    return summary
  }

  private func rewriter(_ table: String) -> TableRewriter {
    TableRewriter(run, table: table, layout: LakeTables.layout(of: table, keyring))
  }

  private func removeRows(
    of batches: Set<BatchKey>, from table: String
  ) throws -> RemovedRows {
    try rewriter(table).removeRows(
      reading: ["batch", "source"],
      mayHold: { _, statistics in
        guard let statistics else { return true }
        return batches.contains {
          statistics.mayHold($0.batch, in: "batch") && statistics.mayHold($0.source, in: "source")
        }
      },
      where: { _, rows in rows.rowsOf(batches) })
  }

  private func hasBatches(_ table: String) -> Bool {
    let schema = run.snapshot(of: table).schema
    return schema.index(of: "batch") != nil && schema.index(of: "source") != nil
  }

  /// What was deleted of a batch does not lack any more once the batch is gone.
  private func forgetDeletions(_ batches: Set<BatchKey>) throws {
    let marks = run.snapshot(of: "usage").transactions
    for mark in batches.map(DeletedRows.mark(of:)).sorted() {
      guard let previous = marks[mark], previous != 0 else { continue }
      try run.claim(table: "usage", .init(appID: mark, previous: previous, next: 0))
    }
  }

  private func markReplaced(_ batches: Set<BatchKey>, _ note: String?) throws {
    try rewriter("ingests").changeRows(
      reading: ["batch", "source", "status", "error"]
    ) { _, rows in
      guard let status = rows.column("status"), let errors = rows.column("error") else {
        return nil
      }
      var isGone = rows.rowsOf(batches)
      for row in isGone.indices where status.text(row) != "committed" { isGone[row] = false }
      guard isGone.contains(true) else { return nil }
      let statuses = isGone.indices.map { isGone[$0] ? "replaced" : status.text($0) }
      let notes = isGone.indices.map { isGone[$0] ? note : errors.text($0) }
      return ["status": Column(texts: statuses), "error": Column(texts: notes)]
    }
  }

  /// The refused lines of an archive stand together, as many as its row in `ingests` says. Two
  /// sources may have the same archive: so many of its lines stay as the others have.
  private func removeRejects(_ gone: [IngestRecord]) throws {
    struct Place: Hashable {
      let archive: String
      let date: String
    }
    let rejects = rewriter("rejects")
    var surplus: [Place: Int64] = [:]
    for record in gone where record.rejectRows > 0 {
      surplus[Place(archive: record.archive, date: record.date), default: 0] += record.rejectRows
    }
    guard !surplus.isEmpty else { return }
    let goneBatches = Set(gone.map(\.batchKey))
    var kept: [Place: Int64] = [:]
    for record in records.committed where !goneBatches.contains(record.batchKey) {
      kept[Place(archive: record.archive, date: record.date), default: 0] += record.rejectRows
    }
    // Equal files of two sources are one file, so that there may be fewer rows than records say.
    if kept.keys.contains(where: { surplus[$0] != nil }) {
      var there: [Place: Int64] = [:]
      for file in rejects.snapshot.files {
        let archives = try rejects.read(file, columns: ["archive"]).column("archive")
        for row in 0..<(archives?.count ?? 0) {
          there[Place(archive: archives?.text(row) ?? "", date: file.date), default: 0] += 1
        }
      }
      for (place, count) in surplus {
        surplus[place] = min(count, max(0, there[place, default: 0] - kept[place, default: 0]))
      }
    }
    let dates = Set(surplus.keys.map(\.date))
    _ = try rejects.removeRows(
      reading: ["archive"], mayHold: { file, _ in dates.contains(file.date) },
      where: { file, rows in
        let archives = rows.column("archive")
        return (0..<rows.rowCount).map { row in
          let place = Place(archive: archives?.text(row) ?? "", date: file.date)
          guard let left = surplus[place], left > 0 else { return false }
          surplus[place] = left - 1
          return true
        }
      })
  }
}

extension Table {
  /// Which rows belong to one of `batches`.
  func rowsOf(_ batches: Set<BatchKey>) -> [Bool] {
    guard let ids = column("batch"), let sources = column("source") else {
      return Array(repeating: false, count: rowCount)
    }
    // Batches come in long stretches: most rows are as the one before.
    var last: (batch: UInt32?, source: UInt32?, isIn: Bool)?
    return (0..<rowCount).map { row in
      let (batch, source) = (ids.code(row), sources.code(row))
      if let last, batch != nil, source != nil, last.batch == batch, last.source == source {
        return last.isIn
      }
      let key = BatchKey(source: sources.text(row) ?? "", batch: ids.text(row) ?? "")
      let isIn = batches.contains(key)
      last = (batch, source, isIn)
      return isIn
    }
  }
}

extension Column {
  /// Texts, or nulls.
  init(texts: [String?]) {
    let isValid = texts.map { $0 != nil }
    self.init(
      .strings(ByteStrings(texts.map { $0 ?? "" })),
      isValid: isValid.contains(false) ? isValid : nil)
  }

  /// The code of a row that is not null; `nil` where the column has no codes.
  func code(_ row: Int) -> UInt32? {
    guard case .codes(let codes, _) = values, !isNull(row) else { return nil }
    return codes[row]
  }
}
