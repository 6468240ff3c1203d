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
    /// Rows of the row group that may be wanted, by its page index, in order; `nil`: all.
    var rows: [Range<Int>]?

    /// Some of the part's rows.
    package func narrowed(to range: Range<Int>) -> Part {
      if range == 0..<rowCount { return self }
      var (narrowed, start): ([Range<Int>], Int) = ([], 0)
      for rows in self.rows ?? [0..<rowCount] {
        let wanted = range.clamped(to: start..<start + rows.count)
        if !wanted.isEmpty {
          let first = rows.lowerBound + wanted.lowerBound - start
          narrowed.append(first..<first + wanted.count)
        }
        start += rows.count
      }
      return Part(
        date: date, rowCount: range.count, reader: reader, rowGroup: rowGroup, path: path,
        rows: narrowed)
    }
  }

  /// More ranges than that are read as a whole: each costs a page of each column.
  private static let rangesMax = 32

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
  /// Whether columns' dictionaries must be sorted, which costs time with files of other writers.
  package var sortsDictionaries = true

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
    sortsDictionaries = other.sortsDictionaries
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
    var parts: [Part] = []
    for (group, rows) in reader.rowGroups.enumerated() {
      guard rows.rowCount > 0, wanted.isEmpty || mayHold(rows.statistics) else { continue }
      let ranges = try ranges(of: group, reader, file)
      guard ranges?.isEmpty != true else { continue }
      parts.append(
        Part(
          date: file.day, rowCount: ranges?.reduce(0) { $0 + $1.count } ?? rows.rowCount,
          reader: reader, rowGroup: group, path: file.path, rows: ranges))
    }
    return parts
  }

  /// The rows of a row group that may be wanted, by its page index; `nil`: all of them.
  ///
  /// Of several conditions the one that leaves the fewest rows counts: the others are for those
  /// who look at the rows.
  private func ranges(
    of group: Int, _ reader: ParquetReader, _ file: AddedFile
  ) throws(TableQueryError) -> [Range<Int>]? {
    var best: [Range<Int>]?
    var bestCount = reader.rowGroups[group].rowCount
    for condition in wanted {
      let texts = condition.texts.map { Array($0.utf8) }
        .sorted { $0.lexicographicallyPrecedes($1) }
      let ranges: [Range<Int>]?
      do throws(ParquetError) {
        ranges = try reader.rows(of: group, whose: condition.column, mayHold: texts)
      } catch { throw .file(path: "\(table.path)/\(file.path)", error) }
      guard let ranges, ranges.count <= Self.rangesMax else { continue }
      let count = ranges.reduce(0) { $0 + $1.count }
      if count < bestCount { (best, bestCount) = (ranges, count) }
    }
    return best
  }

  /// The wanted columns of one part.
  package func read(_ part: Part) throws(TableQueryError) -> Table {
    do throws(ParquetError) {
      if let rows = part.rows {
        return try part.reader.readTable(
          columns: columns, rowGroup: part.rowGroup, rows: rows,
          sortsDictionaries: sortsDictionaries)
      }
      return try part.reader.readTable(
        columns: columns, rowGroups: part.rowGroup..<part.rowGroup + 1,
        sortsDictionaries: sortsDictionaries)
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

  /// What the table's log says of a file; `nil` where it says nothing.
  package func statistics(of file: AddedFile) -> TableStatistics? {
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
