import GRDB

/// The governance log of a home: who did what, to what and why, in an order that cannot be
/// changed unnoticed.
///
/// Records are only ever added. Each carries a hash over itself and the hash before it (see
/// `RecordHash`), so that a changed, missing, moved or inserted record shows. A chain alone does
/// not show that its last records were cut off, or that the whole file was put back to an older
/// state.
package struct GovernanceLog: Sendable {
  let state: StateDatabase
  let clock: @Sendable () -> Int64

  /// Adds a record.
  ///
  /// It is on the disk when this returns, and nothing was added when it throws.
  ///
  /// - Returns: the sequence of the record.
  @discardableResult
  package func append(_ record: GovernanceRecord) throws(GovernanceError) -> Int64 {
    try append([record]).lowerBound
  }

  /// Adds records in their order, all or none.
  ///
  /// - Returns: their sequences; empty for no records.
  @discardableResult
  package func append(_ records: [GovernanceRecord]) throws(GovernanceError) -> Range<Int64> {
    if records.isEmpty { return 0..<0 }
    return try state.write { database in try append(records, in: database) }
  }

  /// The records that meet every condition of `filter`, oldest first.
  ///
  /// Bytes that are no UTF-8, which only somebody else can have written, become U+FFFD.
  package func list(
    _ filter: GovernanceFilter = GovernanceFilter()
  ) throws(GovernanceError) -> [GovernanceEntry] {
    try state.read { database in
      let query = FilterQuery(filter)
      let statement = try ExactStatement(query.sql, in: database)
      try query.bind(to: statement)
      var entries: [GovernanceEntry] = []
      while try statement.step() { entries.append(GovernanceEntry(row: statement)) }
      return entries
    }
  }
}

extension GovernanceLog {
  static let columns =
    "sequence, time, action, target, initiator, tenant, status, justification, error, hash"

  /// Adds records inside a transaction that also changes what they tell of.
  func append(_ records: [GovernanceRecord], in database: Database) throws -> Range<Int64> {
    for record in records {
      if let (field, byteCount) = record.oversized {
        throw GovernanceError.fieldTooLong(field: field, byteCount: byteCount)
      }
    }
    try checkGuards(database)
    var (sequence, hash) = try head(database)
    let first = sequence + 1
    let insert = try ExactStatement(
      "INSERT INTO governance (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      in: database)
    for record in records {
      sequence += 1
      let texts = [
        UTCTime.text(clock()), record.action.rawValue, record.target, record.initiator,
        record.tenant, record.status.rawValue, record.justification, record.error,
      ]
      hash = try RecordHash.of(
        sequence: sequence, fields: texts.map { $0.map { Array($0.utf8) } }, previous: hash)
      insert.reset()
      try insert.bind(sequence, at: 1)
      for (index, text) in texts.enumerated() { try insert.bind(text, at: Int32(index) + 2) }
      try insert.bind(RecordHash.text(hash), at: 10)
      try insert.run()
    }
    return first..<(sequence + 1)
  }

  /// Whether the triggers are those of this version, and no others.
  func guardsAreIntact(_ database: Database) throws -> Bool {
    let statement = try ExactStatement(
      "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'governance'",
      in: database)
    var found = 0
    while try statement.step() {
      guard case .text(let name) = statement.value(0), case .text(let sql) = statement.value(1),
        let expected = StateSchema.guards[String(decoding: name, as: UTF8.self)],
        Array(expected.utf8) == sql
      else { return false }
      found += 1
    }
    return found == StateSchema.guards.count
  }

  /// A log whose guards are gone takes no more records: another trigger could remove them again.
  private func checkGuards(_ database: Database) throws {
    guard try guardsAreIntact(database) else {
      throw GovernanceError.guardsChanged(path: state.path)
    }
  }

  /// Sequence and hash of the last record.
  private func head(_ database: Database) throws -> (sequence: Int64, hash: [UInt8]) {
    let statement = try ExactStatement(
      "SELECT sequence, hash FROM governance ORDER BY sequence DESC LIMIT 1", in: database)
    guard try statement.step() else { return (0, RecordHash.start) }
    guard case .number(let sequence) = statement.value(0) else {
      throw GovernanceError.corrupt(path: state.path)
    }
    guard case .text(let text) = statement.value(1), let hash = RecordHash.bytes(text),
      sequence < Int64.max
    else { throw GovernanceError.damagedRecord(sequence: sequence) }
    return (sequence, hash)
  }
}

extension GovernanceEntry {
  /// Reads the current row of a statement with the columns of `GovernanceLog.columns`.
  fileprivate init(row: borrowing ExactStatement) {
    func text(_ index: Int32) -> String? { row.value(index).string }
    sequence = row.value(0).number ?? 0
    time = text(1) ?? ""
    action = text(2) ?? ""
    target = text(3)
    initiator = text(4) ?? ""
    tenant = text(5)
    status = text(6) ?? ""
    justification = text(7)
    error = text(8)
    hash = text(9) ?? ""
  }
}
