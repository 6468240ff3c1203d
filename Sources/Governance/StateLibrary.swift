import GRDBSQLite

/// The library that keeps the state, for `doctor`.
package enum StateLibrary {
  /// SQLite's version.
  package static var version: String {
    // SAFETY: SQLite gives a constant text.
    unsafe String(cString: sqlite3_libversion())
  }
}
