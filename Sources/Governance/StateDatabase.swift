import GRDB
import Synchronization

/// The open state of a home: one connection, and the errors of SQLite in our words.
final class StateDatabase: Sendable {
  let path: String
  private let busyMilliseconds: Int
  private let queue: DatabaseQueue
  /// The keys that sign the governance log.
  let keys: EpochKeys
  /// What is to be done once the present transaction is durable.
  private let afterCommit = Mutex<[@Sendable () throws -> Void]>([])

  /// Opens the state of `home`, and makes an empty one where `creating` is set.
  ///
  /// Throws `.missing` where there is none and none is to be made.
  init(home: String, creating: Bool, busyMilliseconds: Int) throws(GovernanceError) {
    let file = try StateFile(home: home)
    let path = file.path
    // Two processes must not make one file at once.
    if creating { try file.lock(waitMilliseconds: busyMilliseconds) }
    if try !file.check() {
      guard creating else { throw .missing(path: path) }
      try file.create()
    }
    self.path = path
    self.busyMilliseconds = busyMilliseconds
    keys = EpochKeys(home: home)
    let migrator = StateSchema.migrator(keys)
    queue = try Self.translating(path, busyMilliseconds) {
      try DatabaseQueue(path: path, configuration: Self.configuration(busyMilliseconds))
    }
    let version = try read { database in
      SchemaVersion(
        isEmpty: try migrator.appliedIdentifiers(database).isEmpty,
        isCurrent: try migrator.hasCompletedMigrations(database),
        isNewer: try migrator.hasBeenSuperseded(database))
    }
    if version.isNewer { throw .newerSchema(path: path) }
    if version.isCurrent { return }
    if version.isEmpty, !creating { throw .missing(path: path) }
    if !creating { try file.lock(waitMilliseconds: busyMilliseconds) }
    let queue = queue
    try Self.translating(path, busyMilliseconds) {
      // A new file has nothing to lose yet: the first record, which comes next, synchronises all.
      if version.isEmpty { try Self.synchronise(queue, "NORMAL") }
      try migrator.migrate(queue)
      try Self.synchronise(queue, "FULL")
    }
  }

  /// Has `step` done once the present transaction is durable; called inside of `write` only.
  func once(committed step: @escaping @Sendable () throws -> Void) {
    afterCommit.withLock { $0.append(step) }
  }

  /// Reads from one state of the tables.
  func read<Result>(_ body: (Database) throws -> Result) throws(GovernanceError) -> Result {
    try Self.translating(path, busyMilliseconds) {
      try queue.read { database in try body(database) }
    }
  }

  /// Changes the tables in one transaction, durable when this returns; on an error nothing is
  /// changed.
  func write<Result>(_ body: (Database) throws -> Result) throws(GovernanceError) -> Result {
    try write { database in (try body(database), .commit) }
  }

  /// The same, where what `body` returns says whether anything is changed.
  func write<Result>(
    _ body: (Database) throws -> (Result, Database.TransactionCompletion)
  ) throws(GovernanceError) -> Result {
    try Self.translating(path, busyMilliseconds) {
      var result: Result?
      try queue.writeWithoutTransaction { database in
        afterCommit.withLock { $0.removeAll() }
        // Immediate: the lock is taken before anything is read that the change builds on.
        try database.inTransaction(.immediate) {
          let (value, completion) = try body(database)
          result = value
          if completion == .rollback { afterCommit.withLock { $0.removeAll() } }
          return completion
        }
        let steps = afterCommit.withLock { steps in
          defer { steps.removeAll() }
          return steps
        }
        for step in steps { try step() }
      }
      guard let result else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
      return result
    }
  }
}

/// How far the migrations of a state file came.
private struct SchemaVersion {
  let isEmpty: Bool
  let isCurrent: Bool
  let isNewer: Bool
}

extension StateDatabase {
  private static func configuration(_ busyMilliseconds: Int) -> Configuration {
    var configuration = Configuration()
    configuration.label = "governance"
    configuration.busyMode = .timeout(Double(busyMilliseconds) / 1000)
    configuration.prepareDatabase { database in
      // WAL with FULL: a commit is synchronised before it returns. The other two keep what was
      // deleted out of free pages, and functions out of a schema that somebody else wrote.
      try database.execute(
        sql: """
          PRAGMA journal_mode = WAL;
          PRAGMA synchronous = FULL;
          PRAGMA secure_delete = ON;
          PRAGMA trusted_schema = OFF;
          """)
    }
    return configuration
  }

  private static func synchronise(_ queue: DatabaseQueue, _ level: String) throws {
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(level)") }
  }

  private static func translating<Result>(
    _ path: String, _ busyMilliseconds: Int, _ body: () throws -> Result
  ) throws(GovernanceError) -> Result {
    do {
      return try body()
    } catch let error as GovernanceError {
      throw error
    } catch let error as DatabaseError {
      throw translated(error, path, busyMilliseconds)
    } catch {
      throw .databaseFailed(path: path, code: ResultCode.SQLITE_ERROR.rawValue)
    }
  }

  private static func translated(
    _ error: DatabaseError, _ path: String, _ busyMilliseconds: Int
  ) -> GovernanceError {
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path, milliseconds: busyMilliseconds)
    case .SQLITE_FULL: .cannotWrite(path: path, .diskFull)
    case .SQLITE_READONLY: .cannotWrite(path: path, .readOnly)
    case .SQLITE_IOERR:
      .cannotWrite(path: path, .inputOutput(code: error.extendedResultCode.rawValue))
    // SQLite cannot make the files beside its own there, and does not say why.
    case .SQLITE_CANTOPEN where StateFile.isReadOnly(path): .cannotWrite(path: path, .readOnly)
    case .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_CANTOPEN: .accessRefused(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt(path: path)
    default: .databaseFailed(path: path, code: error.extendedResultCode.rawValue)
    }
  }
}
