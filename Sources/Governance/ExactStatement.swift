import GRDB
import GRDBSQLite

/// One SQL statement whose texts go in and come out byte for byte.
///
/// GRDB binds texts up to their first zero byte and repairs bytes that are no UTF-8. What a hash
/// was computed over must be neither cut nor repaired, so this type talks to SQLite itself; GRDB
/// prepares and finalises the statement.
struct ExactStatement: ~Copyable {
  private let statement: Statement

  /// Prepares `sql`, whose values are all parameters.
  init(_ sql: String, in database: Database) throws {
    statement = try database.makeStatement(sql: sql)
  }

  /// Ends the current execution, so that values can be bound for the next; those that are not keep
  /// theirs.
  func reset() { unsafe sqlite3_reset(statement.sqliteStatement) }

  /// Binds a text, or null, to the parameter `index`, from 1.
  func bind(_ text: String?, at index: Int32) throws {
    try bind(utf8: text.map { Array($0.utf8) }, at: index)
  }

  /// Binds a text in UTF-8, or null, to the parameter `index`, from 1.
  func bind(utf8 bytes: [UInt8]?, at index: Int32) throws {
    guard let bytes else { return try bindNull(at: index) }
    try bind(utf8: bytes.span, at: index)
  }

  /// Binds null to the parameter `index`, from 1.
  func bindNull(at index: Int32) throws {
    try check(unsafe sqlite3_bind_null(statement.sqliteStatement, index))
  }

  /// Binds a text in UTF-8 to the parameter `index`, from 1.
  func bind(utf8 bytes: Span<UInt8>, at index: Int32) throws {
    // SAFETY: SQLite copies the bytes before the call returns, as the last-but-one argument asks.
    // No bytes may have no address, which SQLite would take for null.
    let code = unsafe bytes.withUnsafeBytes { bytes in
      var none: CChar = 0
      return unsafe withUnsafePointer(to: &none) { none in
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) ?? none
        return unsafe sqlite3_bind_text64(
          statement.sqliteStatement, index, start, UInt64(bytes.count), Self.copied,
          UInt8(SQLITE_UTF8))
      }
    }
    try check(code)
  }

  /// Binds a number to the parameter `index`, from 1.
  func bind(_ number: Int64, at index: Int32) throws {
    try check(unsafe sqlite3_bind_int64(statement.sqliteStatement, index, number))
  }

  /// Binds bytes to the parameter `index`, from 1.
  func bind(bytes: [UInt8], at index: Int32) throws {
    // SAFETY: SQLite copies the bytes before the call returns. No bytes need an address, too.
    let code = unsafe bytes.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else {
        return unsafe sqlite3_bind_zeroblob(statement.sqliteStatement, index, 0)
      }
      return unsafe sqlite3_bind_blob64(
        statement.sqliteStatement, index, start, UInt64(bytes.count), Self.copied)
    }
    try check(code)
  }

  /// Goes to the next row, and tells whether there is one.
  func step() throws -> Bool {
    let code = unsafe sqlite3_step(statement.sqliteStatement)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    throw failure(code)
  }

  /// Runs a statement without rows.
  func run() throws {
    while try step() {}
  }

  /// What the column `index`, from 0, holds in the current row.
  func value(_ index: Int32) -> ExactValue {
    let raw = unsafe statement.sqliteStatement
    switch unsafe sqlite3_column_type(raw, index) {
    case SQLITE_NULL: return .null
    case SQLITE_INTEGER: return .number(unsafe sqlite3_column_int64(raw, index))
    case SQLITE_TEXT:
      guard let start = unsafe sqlite3_column_text(raw, index) else { return .other }
      let count = Int(unsafe sqlite3_column_bytes(raw, index))
      // SAFETY: SQLite keeps `count` bytes at `start` until the next step; they are copied here.
      return .text(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    case SQLITE_BLOB:
      let count = Int(unsafe sqlite3_column_bytes(raw, index))
      guard count > 0, let start = unsafe sqlite3_column_blob(raw, index) else { return .bytes([]) }
      // SAFETY: as above.
      return .bytes(unsafe Array(UnsafeRawBufferPointer(start: start, count: count)))
    default: return .other
    }
  }

  // SQLITE_TRANSIENT, a macro that Swift does not see: make a copy.
  private static var copied: sqlite3_destructor_type {
    unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }

  private func check(_ code: Int32) throws {
    if code != SQLITE_OK { throw failure(code) }
  }

  private func failure(_ code: Int32) -> DatabaseError {
    let connection = unsafe sqlite3_db_handle(statement.sqliteStatement)
    let extended = unsafe sqlite3_extended_errcode(connection)
    return DatabaseError(resultCode: ResultCode(rawValue: extended == SQLITE_OK ? code : extended))
  }
}

/// A value of SQLite as it is stored, without any conversion.
enum ExactValue: Equatable {
  case null
  case number(Int64)
  /// Bytes that should be UTF-8, and need not be when somebody else wrote them.
  case text([UInt8])
  case bytes([UInt8])
  /// A floating-point number: nothing that this room writes.
  case other
}

extension ExactValue {
  /// The text; `nil` for any other type.
  ///
  /// Bytes that are no UTF-8 become U+FFFD.
  var string: String? {
    guard case .text(let bytes) = self else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The bytes of a blob; `nil` for any other type.
  var blob: [UInt8]? {
    guard case .bytes(let bytes) = self else { return nil }
    return bytes
  }

  /// The number; `nil` for any other type.
  var number: Int64? {
    guard case .number(let number) = self else { return nil }
    return number
  }
}
