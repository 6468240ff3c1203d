package import ColumnTables
package import DeltaLake
package import ParquetFiles
internal import Storage

/// Something that is not as the table's log says.
package struct TableFinding: Sendable, Equatable, CustomStringConvertible {
  /// Relative to the storage's root.
  package let path: String
  package let words: String

  package init(path: String, words: String) {
    self.path = path
    self.words = words
  }

  package var description: String { "\(path): \(words)" }
}

/// Reads every byte of a table and holds it against what the log and the files themselves say.
package struct TableVerification: Sendable {
  package private(set) var files = 0
  package private(set) var bytes: Int64 = 0
  package private(set) var rows: Int64 = 0
  package private(set) var findings: [TableFinding] = []

  private let keys: FileKeys?

  /// - Parameter keys: opens the files of encrypted tables.
  package init(keys: FileKeys? = nil) { self.keys = keys }

  /// Checks all files of `table`; a group of rows is in memory at a time.
  ///
  /// - Parameter body: is given the rows of good files, in the columns that files hold.
  package mutating func verify(
    _ table: DeltaTable, _ snapshot: Snapshot, _ body: (AddedFile, Table) -> Void
  ) {
    for file in snapshot.files {
      files += 1
      bytes += file.byteCount
      verify(file, of: table, snapshot, body)
    }
  }

  /// Checks what else lies in the table's folder: files that left the table, which older versions
  /// need until a vacuum takes them. Their names tell what their bytes must be.
  package mutating func verifyOtherFiles(
    _ table: DeltaTable, _ snapshot: Snapshot
  ) throws(DeltaError) {
    for file in try table.filesOnDisk() where snapshot.liveFiles[file] == nil {
      let path = table.path + "/" + file
      // A vacuum may have come in between.
      guard let content = try? table.storage.read(path),
        DataFileName.matches(content.span, path: file) == false
      else { continue }
      var reason = "its bytes are not those that its name stands for."
      do throws(ParquetError) { try ParquetReader(bytes: content).verify() } catch {
        reason = error.description
      }
      findings.append(
        TableFinding(
          path: path,
          words: "\(reason) It does not belong to the table now, only to older versions."))
    }
  }

  /// Adds something that was found elsewhere.
  package mutating func note(_ finding: TableFinding) { findings.append(finding) }

  private mutating func verify(
    _ file: AddedFile, of table: DeltaTable, _ snapshot: Snapshot,
    _ body: (AddedFile, Table) -> Void
  ) {
    let path = table.path + "/" + file.path
    let content: [UInt8]
    do {
      content = try table.storage.read(path)
    } catch {
      findings.append(TableFinding(path: path, words: error.description))
      return
    }
    if content.count != file.byteCount {
      let words = "has \(content.count) bytes, the log says \(file.byteCount)"
      findings.append(TableFinding(path: path, words: words))
    }
    do throws(ParquetError) {
      try verifyContent(content, of: file, path, snapshot, body)
    } catch {
      // Nobody can read it once its key version was destroyed, and that is as it should be.
      if error == .noKey, DataFileName.matches(content.span, path: file.path) == true { return }
      findings.append(TableFinding(path: path, words: error.description))
      return
    }
    // Pages have checksums of their own; this is for the footer and the indexes.
    if DataFileName.matches(content.span, path: file.path) == false {
      let words = "its bytes are not those that its name stands for; its pages are whole"
      findings.append(TableFinding(path: path, words: words))
    }
  }

  private mutating func verifyContent(
    _ content: [UInt8], of file: AddedFile, _ path: String, _ snapshot: Snapshot,
    _ body: (AddedFile, Table) -> Void
  ) throws(ParquetError) {
    let reader = try ParquetReader(bytes: content, keys: keys)
    try reader.verify()
    let columns = snapshot.schema.without(Set(snapshot.partitionColumns)).fields.map(\.name)
    for group in reader.rowGroups.indices {
      let rows = try reader.readTable(columns: columns, rowGroups: group..<group + 1)
      body(file, rows)
    }
    rows += Int64(reader.rowCount)
    let stated = file.statisticsText.flatMap {
      FileStatistics.statistics(of: $0, schema: snapshot.schema)
    }
    if let stated, stated.rowCount != reader.rowCount {
      let words = "has \(reader.rowCount) rows, the log says \(stated.rowCount)"
      findings.append(TableFinding(path: path, words: words))
    }
  }
}
