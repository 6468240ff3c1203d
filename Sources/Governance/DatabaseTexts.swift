import GRDB
import GRDBSQLite

/// A file that begins as a database and is none.
package struct UnreadableDatabase: Error, CustomStringConvertible {
  package var description: String { "SQLite cannot read it as a database." }
}

/// Everything that a database of SQLite holds, value by value.
///
/// In the file the values of a row stand one behind the other, with nothing in between: who looks
/// for a word there does not see where it ends.
package enum DatabaseTexts {
  /// The bytes, or a text, of such a file without what our own schema puts into each: a line's ends
  /// stand in its place. A name may be a word of it, as `admin`.
  package static func withoutSchema(_ bytes: [UInt8]) -> [UInt8] {
    var left = bytes
    var place = 0
    while place < left.count {
      let known = schema[left[place]]?.first { left[place...].starts(with: $0) }
      for offset in 0..<(known?.count ?? 0) { left[place + offset] = 0x0A }
      place += max(known?.count ?? 0, 1)
    }
    return left
  }

  /// By their first byte.
  private static let schema = Dictionary(
    grouping: StateSchema.texts.map { Array($0.utf8) }, by: { $0[0] })

  /// Calls `body` with each column of each table and its values, a line each.
  ///
  /// They are read from a copy in memory: neither the file nor what SQLite puts beside it changes.
  ///
  /// - Parameter log: the bytes of its log (WAL), or none.
  /// - Throws: when the bytes cannot be read as a database.
  package static func forEach(
    in bytes: [UInt8], log: [UInt8], _ body: (_ column: String, _ text: [UInt8]) -> Void
  ) throws(UnreadableDatabase) {
    do {
      let image = DatabaseImage.merged(bytes, log: log)
      var configuration = Configuration()
      configuration.prepareDatabase { database in
        try database.execute(
          sql: """
            PRAGMA trusted_schema = OFF;
            PRAGMA encoding = '\(DatabaseImage.encoding(of: image))';
            """)
      }
      let queue = try DatabaseQueue(configuration: configuration)
      try queue.inDatabase { database in
        try open(image, database)
        let tables = try String.fetchAll(
          database, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
        for table in tables {
          for (column, text) in try texts(of: table, database).sorted(by: { $0.key < $1.key }) {
            body("\(table).\(column)", withoutSchema(text))
          }
        }
      }
    } catch { throw UnreadableDatabase() }
  }

  /// Puts a copy of a database in the place of the empty one in memory.
  private static func open(_ image: [UInt8], _ database: Database) throws {
    // SAFETY: SQLite owns the memory, which has the bytes that are copied, and frees it when it
    // closes, or at once where this fails.
    let code = unsafe image.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress,
        let target = unsafe sqlite3_malloc64(UInt64(bytes.count))
      else { return SQLITE_NOMEM }
      unsafe target.copyMemory(from: source, byteCount: bytes.count)
      let count = Int64(bytes.count)
      return unsafe sqlite3_deserialize(
        database.sqliteConnection, "main", target.assumingMemoryBound(to: UInt8.self), count, count,
        UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY))
    }
    guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
  }

  private static func texts(of table: String, _ database: Database) throws -> [String: [UInt8]] {
    var texts: [String: [UInt8]] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT * FROM \"\(table.replacing("\"", with: "\"\""))\"")
    while let row = try rows.next() {
      for (column, value) in row {
        let bytes: [UInt8]
        switch value.storage {
        case .string(let text): bytes = Array(text.utf8)
        case .blob(let data): bytes = Array(data)
        default: continue
        }
        texts[column, default: []] += bytes + [0x0A]
      }
    }
    return texts
  }
}
