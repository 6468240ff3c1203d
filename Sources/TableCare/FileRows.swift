internal import ColumnTables
internal import DeltaLake
package import ParquetFiles
package import Storage

/// The rows of one file of a table, to be read a row group at a time.
struct FileRows {
  private let reader: ParquetReader
  /// Relative to the storage's root.
  private let path: String
  /// All columns that files have, in the table's order.
  private let columns: [String]

  /// Reads the footer of a file.
  init(_ file: AddedFile, of rewriter: TableRewriter) throws(TableCareError) {
    let path = rewriter.run.lake.table(rewriter.table).path + "/" + file.path
    let storage = rewriter.run.lake.storage
    self.path = path
    columns = rewriter.fileSchema.fields.map(\.name)
    do throws(ParquetError) {
      reader = try ParquetReader(
        file: path, of: file.byteCount, in: storage, keys: rewriter.layout.encryption?.keys)
    } catch { throw .file(path: path, error) }
  }

  var rowCount: Int { reader.rowCount }
  var groupCount: Int { reader.rowGroups.count }

  /// Whether the program that the layout names has made the file: then its rows are in order.
  func isMade(by program: String) -> Bool {
    guard let name = program.split(separator: " ").first else { return false }
    return reader.createdBy?.hasPrefix(name) ?? false
  }

  /// Rows in memory at once while the file is merged with others.
  func heldRows(_ program: String) -> Int {
    isMade(by: program) ? reader.rowGroups.map(\.rowCount).max() ?? 0 : rowCount
  }

  /// Rows of some groups (all, if `nil`), in `columns` (all, if `nil`).
  func read(
    _ groups: Range<Int>? = nil, columns: [String]? = nil
  ) throws(TableCareError) -> Table {
    do throws(ParquetError) {
      return try reader.readTable(columns: columns ?? self.columns, rowGroups: groups)
    } catch { throw .file(path: path, error) }
  }

  /// Rows of one group.
  func read(group: Int, columns: [String]? = nil) throws(TableCareError) -> Table {
    try read(group..<group + 1, columns: columns)
  }
}

extension ParquetReader {
  /// Reads the footer of a stored file, and later only what is asked for.
  package init(
    file path: String, of byteCount: Int64, in storage: any Storage, keys: FileKeys? = nil
  ) throws(ParquetError) {
    try self.init(byteCount: Int(byteCount), keys: keys) { range throws(ParquetError) in
      do throws(StorageError) {
        return try storage.read(path, Int64(range.lowerBound)..<Int64(range.upperBound))
      } catch { throw .unreadable(error.description) }
    }
  }
}
