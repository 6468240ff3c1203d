package import DeltaLake
package import ParquetFiles

/// Why files of a table could not be read or rewritten; nothing was changed.
package enum TableCareError: Error, CustomStringConvertible {
  case delta(DeltaError)
  /// A file of the table cannot be read; the path is relative to the storage's root.
  case file(path: String, ParquetError)
  /// There is no key for a file of an encrypted table; the reason in words.
  case key(table: String, String)
  /// A rewritten table would not hold what it held before. A fault of this program.
  case rowsDiffer(table: String, before: Int, after: Int)

  package var description: String {
    switch self {
    case .delta(let error): error.description
    case .file(let path, let error): "\(path): \(error.description)"
    case .key(let table, let reason): "\(table): \(reason)"
    case .rowsDiffer(let table, _, _):
      // Without the numbers: the rows may be private ones.
      "\(table) would not hold as many rows as it held. Nothing was changed; report this fault of "
        + "the program."
    }
  }
}

/// Calls the tables in the words of this room.
func tabled<Result>(_ body: () throws(DeltaError) -> Result) throws(TableCareError) -> Result {
  do { return try body() } catch { throw .delta(error) }
}
