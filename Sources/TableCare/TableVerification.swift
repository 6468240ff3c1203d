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
  /// Files that nobody can read any more, as the version of their key was destroyed.
  package private(set) var sealedFiles = 0

  private let keys: FileKeys?

  /// - Parameter keys: opens the files of encrypted tables.
  package init(keys: FileKeys? = nil) { self.keys = keys }

  /// Checks all files of `table`; a row group is in memory at a time.
  ///
  /// - Parameter body: is given the rows of good files, in the columns that files hold.
  package mutating func verify(
    _ table: DeltaTable, _ snapshot: Snapshot, _ body: (AddedFile, Table) -> Void
  ) {
    for file in snapshot.files { verify(file, of: table, snapshot, body) }
  }

  /// Checks what else lies in the table's folder: files that left the table, which older versions
  /// need until a vacuum takes them. Their names tell what their bytes must be.
  package mutating func verifyOtherFiles(
    _ table: DeltaTable, _ snapshot: Snapshot
  ) throws(DeltaError) {
    for file in try table.filesOnDisk() where snapshot.liveFiles[file] == nil {
      let path = table.path + "/" + file
      // A vacuum may have come in between.
      guard let content = try? DataFileContent(of: path, in: table.storage),
        content.isAsNamed == false
      else { continue }
      var reason = "its bytes are not those that its name stands for."
      do throws(ParquetError) {
        try ParquetReader(file: path, of: content.byteCount, in: table.storage).verify()
      } catch { reason = error.description }
      findings.append(
        TableFinding(
          path: path,
          words: "\(reason) It does not belong to the table now, only to older versions."))
    }
  }

  /// Adds something that was found elsewhere.
  package mutating func note(_ finding: TableFinding) { findings.append(finding) }

  /// Checks one file of `table`, as the log's line `file` has it.
  package mutating func verify(
    _ file: AddedFile, of table: DeltaTable, _ snapshot: Snapshot,
    _ body: (AddedFile, Table) -> Void
  ) {
    files += 1
    bytes += file.byteCount
    let path = table.path + "/" + file.path
    let content: DataFileContent
    do {
      content = try DataFileContent(of: path, in: table.storage)
    } catch {
      findings.append(TableFinding(path: path, words: error.description))
      return
    }
    if content.byteCount != file.byteCount {
      let words = "has \(content.byteCount) bytes, the log says \(file.byteCount)"
      findings.append(TableFinding(path: path, words: words))
    }
    do throws(ParquetError) {
      let reader = try ParquetReader(
        file: path, of: content.byteCount, in: table.storage, keys: keys)
      try verifyContent(reader, of: file, path, snapshot, body)
    } catch {
      // Nobody can read it once its key version was destroyed, and that is as it should be.
      if error == .noKey, content.isAsNamed == true {
        sealedFiles += 1
        return
      }
      findings.append(TableFinding(path: path, words: error.description))
      return
    }
    // Pages have checksums of their own; this is for the footer and the indexes.
    if content.isAsNamed == false {
      let words = "its bytes are not those that its name stands for; its pages are whole"
      findings.append(TableFinding(path: path, words: words))
    }
  }

  private mutating func verifyContent(
    _ reader: ParquetReader, of file: AddedFile, _ path: String, _ snapshot: Snapshot,
    _ body: (AddedFile, Table) -> Void
  ) throws(ParquetError) {
    try reader.verify()
    let columns = snapshot.schema.without(Set(snapshot.partitionColumns)).fields.map(\.name)
    let stated = file.statisticsText.flatMap {
      FileStatistics.statistics(of: $0, schema: snapshot.schema)
    }
    var checks = (stated?.columns ?? []).map { StatedColumn($0) }
    for group in reader.rowGroups.indices {
      let rows = try reader.readTable(columns: columns, rowGroups: group..<group + 1)
      for place in checks.indices { checks[place].look(at: rows) }
      body(file, rows)
    }
    rows += Int64(reader.rowCount)
    var problems: [String] = []
    if let stated, stated.rowCount != reader.rowCount {
      problems.append("has \(reader.rowCount) rows, the log says \(stated.rowCount)")
    }
    problems += checks.compactMap(\.problem)
    if let problem = Self.placeProblem(of: file) { problems.append(problem) }
    findings += problems.map { TableFinding(path: path, words: $0) }
  }

  /// What is wrong with the folders that a file lies in, which readers may take its partition from.
  private static func placeProblem(of file: AddedFile) -> String? {
    for folder in file.path.split(separator: "/").dropLast() {
      guard let sign = folder.firstIndex(of: "=") else { continue }
      let (column, value) = (String(folder[..<sign]), String(folder[folder.index(after: sign)...]))
      guard let stated = file.partitionValues[column] else { continue }
      if (stated ?? PartitionFolder.nullValue) != value {
        return "lies in the partition \(folder), the log says \(stated ?? "null")"
      }
    }
    return nil
  }
}
