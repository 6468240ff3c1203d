import GRDB

/// The governance log of a home: who did what, to what and why, in an order that cannot be
/// changed unnoticed.
///
/// Records are only ever added. Each carries a hash over itself and the hash before it (see
/// `RecordHash`), so that a changed, missing, moved or inserted record shows. A chain alone does
/// not show that its last records were cut off, so the records of each transaction are signed as an
/// `Epoch`; and that the whole home was put back to an older state shows by a `GovernanceAnchor`.
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

  /// Adds records as above, once what they tell of is done.
  ///
  /// - Parameter isDone: is called when all is ready, and returns when it is clear whether they are
  ///   to be added. Other processes cannot change the state meanwhile.
  package func append(
    _ records: [GovernanceRecord], if isDone: () -> Bool
  ) throws(GovernanceError) {
    if records.isEmpty { return _ = isDone() }
    try state.write { database in
      _ = try append(records, in: database)
      return ((), isDone() ? .commit : .rollback)
    }
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
    if records.isEmpty { return 0..<0 }
    try checkGuards(database)
    let epoch = try StateDatabase.openEpoch(state.keys, in: database)
    // A process that died may have left it.
    state.keys.erase(epoch.number - 1)
    var (sequence, hash) = try head(database)
    let first = sequence + 1
    guard epoch.first == first else { throw GovernanceError.unsignedEnd(path: state.path) }
    var time = ""
    let insert = try ExactStatement(
      "INSERT INTO governance (\(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      in: database)
    var message = RecordMessage()
    for record in records {
      sequence += 1
      time = UTCTime.text(clock())
      message.begin(sequence: sequence, previous: hash)
      message.append(time)
      message.append(record.action.rawValue)
      message.append(record.target)
      message.append(record.initiator)
      message.append(record.tenant)
      message.append(record.status.rawValue)
      message.append(record.justification)
      message.append(record.error)
      hash = try message.hash()
      insert.reset()
      try insert.bind(sequence, at: 1)
      for (index, field) in message.fields.enumerated() {
        let place = Int32(index) + 2
        if let field {
          try insert.bind(utf8: message.bytes.span.extracting(field), at: place)
        } else {
          try insert.bindNull(at: place)
        }
      }
      try insert.bind(utf8: RecordHash.utf8(hash).span, at: 10)
      try insert.run()
      guard database.changesCount == 1 else {
        throw GovernanceError.guardsChanged(path: state.path)
      }
    }
    try epoch.close(last: sequence, head: hash, time: time, state.keys, in: database)
    state.once { [keys = state.keys, number = epoch.number] in keys.erase(number) }
    try tellAnchorPlace(
      GovernanceAnchor(sequence: sequence, hash: RecordHash.text(hash), time: time), database)
    return first..<(sequence + 1)
  }

  /// Has the new head written to the place that the home's settings name, if they do.
  private func tellAnchorPlace(_ anchor: GovernanceAnchor, _ database: Database) throws {
    let setting = try ExactStatement(
      "SELECT value FROM settings WHERE tenant = '' AND key = ?", in: database)
    try setting.bind(SettingKey.anchor.rawValue, at: 1)
    guard try setting.step(), let place = setting.value(0).string.flatMap(AnchorPlace.init) else {
      return
    }
    state.once { try place.write(anchor) }
  }

  /// The head of the log as an anchor; `nil` for a log without records.
  package func anchor() throws(GovernanceError) -> GovernanceAnchor? {
    try state.read { database in
      let statement = try ExactStatement(
        "SELECT sequence, hash, time FROM governance ORDER BY sequence DESC LIMIT 1", in: database)
      guard try statement.step(), let sequence = statement.value(0).number else { return nil }
      return GovernanceAnchor(
        sequence: sequence, hash: statement.value(1).string ?? "",
        time: statement.value(2).string ?? "")
    }
  }

  /// Whether no record was purged.
  func isWhole(_ database: Database) throws -> Bool {
    let first = try ExactStatement("SELECT min(sequence) FROM governance", in: database)
    return try first.step() && first.value(0).number == 1
  }

  /// Whether the triggers are those of this version, and no others.
  func guardsAreIntact(_ database: Database) throws -> Bool {
    let statement = try ExactStatement(
      """
      SELECT name, sql FROM sqlite_master
      WHERE type = 'trigger' AND lower(tbl_name) IN ('governance', 'epochs', 'releases')
      """, in: database)
    let guards = [StateSchema.guards, StateSchema.epochGuards, StateSchema.releaseGuards]
      .reduce(into: [:]) { all, more in all.merge(more) { one, _ in one } }
    var found = 0
    while try statement.step() {
      guard case .text(let name) = statement.value(0), case .text(let sql) = statement.value(1),
        let expected = guards[String(decoding: name, as: UTF8.self)],
        Array(expected.utf8) == sql
      else { return false }
      found += 1
    }
    return found == guards.count
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
