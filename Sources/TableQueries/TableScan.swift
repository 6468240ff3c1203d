package import ColumnTables
package import DeltaLake
package import ParquetFiles
internal import Storage

/// A column that must hold one of some texts, for files and row groups to be left out by their
/// bounds. What is read may still hold other rows: the bounds tell, the rows do not.
package struct WantedTexts: Sendable, Equatable {
  package let column: String
  package let texts: [String]

  package init(_ column: String, _ texts: [String]) {
    self.column = column
    self.texts = texts
  }
}

/// Reads of a table, partitioned by `date`, only what a question needs.
///
/// ```
/// files of the wanted days ─► those whose bounds fit ─► their row groups ─► the wanted columns
/// ```
/// `parts` names the row groups; each is read on its own, so that a caller can spread them over
/// threads and holds no more rows than it reads at once.
package struct TableScan: Sendable {
  /// One row group of one file.
  package struct Part: Sendable {
    /// The day, as the partition has it: `YYYY-MM-DD`.
    package let date: String
    package let rowCount: Int
    let reader: ParquetReader
    let rowGroup: Int
    let path: String
  }

  package let table: DeltaTable
  package let snapshot: Snapshot
  /// Columns of the files to be read; `date` is none of them.
  package let columns: [String]
  /// Days wanted, as `YYYY-MM-DD`; `nil`: all.
  package var days: ClosedRange<String>?
  /// All of them must fit.
  package var wanted: [WantedTexts] = []
  /// Opens the files of an encrypted table.
  package var keys: FileKeys?

  /// A scan over a version of a table.
  package init(_ table: DeltaTable, _ snapshot: Snapshot, columns: [String]) {
    self.table = table
    self.snapshot = snapshot
    self.columns = columns
  }

  /// The same scan for other columns.
  package init(like other: TableScan, columns: [String]) {
    self.init(other.table, other.snapshot, columns: columns)
    days = other.days
    wanted = other.wanted
    keys = other.keys
  }

  /// The files that may hold wanted rows, day by day.
  package var files: [AddedFile] {
    snapshot.files.filter { file in
      if let days, !days.contains(file.day) { return false }
      return wanted.isEmpty || mayHold(statistics(of: file))
    }
  }

  /// The row groups of a file that may hold wanted rows; reads its footer.
  package func parts(of file: AddedFile) throws(TableQueryError) -> [Part] {
    let reader = try reader(of: file)
    return reader.rowGroups.indices.compactMap { group in
      let rows = reader.rowGroups[group]
      guard rows.rowCount > 0, wanted.isEmpty || mayHold(rows.statistics) else { return nil }
      return Part(
        date: file.day, rowCount: rows.rowCount, reader: reader, rowGroup: group, path: file.path)
    }
  }

  /// The wanted columns of one part.
  package func read(_ part: Part) throws(TableQueryError) -> Table {
    do throws(ParquetError) {
      return try part.reader.readTable(
        columns: columns, rowGroups: part.rowGroup..<part.rowGroup + 1)
    } catch { throw .file(path: "\(table.path)/\(part.path)", error) }
  }

  /// Reads one part after the other.
  package func readEach(_ body: (Part, Table) throws -> Void) throws {
    for file in files {
      for part in try parts(of: file) { try body(part, try read(part)) }
    }
  }

  private func reader(of file: AddedFile) throws(TableQueryError) -> ParquetReader {
    let path = "\(table.path)/\(file.path)"
    let storage = table.storage
    do throws(ParquetError) {
      return try ParquetReader(byteCount: Int(file.byteCount), keys: keys) {
        range throws(ParquetError) -> [UInt8] in
        do throws(StorageError) {
          return try storage.read(path, Int64(range.lowerBound)..<Int64(range.upperBound))
        } catch { throw .unreadable(error.description) }
      }
    } catch { throw .file(path: path, error) }
  }

  private func statistics(of file: AddedFile) -> TableStatistics? {
    file.statisticsText.flatMap { FileStatistics.statistics(of: $0, schema: snapshot.schema) }
  }

  private func mayHold(_ statistics: TableStatistics?) -> Bool {
    guard let statistics else { return true }
    return wanted.allSatisfy { wanted in
      guard let column = statistics.columns.first(where: { $0.name == wanted.column }),
        case .string(let low)? = column.minimum, case .string(let high)? = column.maximum
      else { return true }
      return wanted.texts.contains { text in
        !text.utf8.lexicographicallyPrecedes(low.utf8)
          && !high.utf8.lexicographicallyPrecedes(text.utf8)
      }
    }
  }
}

extension AddedFile {
  /// The day of the file's rows; empty where the table has none.
  package var day: String { (partitionValues["date"] ?? nil) ?? "" }
}

/// Why a table could not be read; nothing was changed.
package enum TableQueryError: Error, CustomStringConvertible {
  /// The path is relative to the storage's root.
  case file(path: String, ParquetError)

  package var description: String {
    switch self {
    case .file(let path, let error): "\(path): \(error.description)"
    }
  }
}
