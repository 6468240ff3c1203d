internal import ColumnTables
internal import DeltaLake

/// Merges small files of a table into large ones, with the same rows.
package struct Compaction: Sendable {
  private let rewriter: TableRewriter

  package init(_ rewriter: TableRewriter) { self.rewriter = rewriter }

  /// What was merged.
  package struct Result: Sendable, Equatable {
    /// Small files that are gone, and the files that took their place.
    package var filesBefore = 0
    package var filesAfter = 0
    package var rows: Int64 = 0
    package init() {}
  }

  /// Files that become one.
  struct Group {
    var files: [AddedFile] = []
    var rows = 0
    var bytes: Int64 = 0
    /// Rows in memory when all files are open at once.
    var heldRows = 0
  }

  /// Merges all that is worth it; a row group of each file of a group is in memory at a time.
  package func run() throws(TableCareError) -> Result {
    var result = Result()
    for group in try groups() {
      result.filesAfter += try merge(group)
      result.filesBefore += group.files.count
      result.rows += Int64(group.rows)
    }
    return result
  }

  /// - Returns: how many files there are afterwards.
  private func merge(_ group: Group) throws(TableCareError) -> Int {
    var merge = SortedMerge(group.files, of: rewriter)
    var rewrite = try FileRewrite(rewriter, like: group.files[0])
    var (rows, files) = (0, 0)
    while let part = try merge.next() {
      rows += part.rowCount
      for piece in part.pieces(of: rewriter.layout.rowGroupRowsMax) {
        if rewrite.byteCount(with: piece.rowCount) > rewriter.layout.fileBytesMax {
          try rewrite.finish()
          files += 1
          rewrite = try FileRewrite(rewriter, like: group.files[0])
        }
        try rewrite.append(piece)
      }
    }
    if rewrite.rowCount > 0 {
      try rewrite.finish()
      files += 1
    }
    guard rows == group.rows else {
      throw .rowsDiffer(table: rewriter.table, before: group.rows, after: rows)
    }
    for file in group.files { try rewriter.remove(file) }
    return files
  }

  /// Small files of one partition each, in the order of their rows, as many as fit a file.
  func groups() throws(TableCareError) -> [Group] {
    var partitions: [String: [AddedFile]] = [:]
    for file in rewriter.snapshot.files where file.byteCount < rewriter.layout.smallBytesMax {
      let values = file.partitionValues.sorted { $0.key < $1.key }
      partitions[values.map { "\($0.key)=\($0.value ?? "")" }.joined(separator: "/"), default: []]
        .append(file)
    }
    var groups: [Group] = []
    for (_, files) in partitions.sorted(by: { $0.key < $1.key }) where files.count > 1 {
      groups += try split(inRowOrder(files)).filter { $0.files.count > 1 }
    }
    return groups
  }

  private func split(_ files: [AddedFile]) throws(TableCareError) -> [Group] {
    var groups: [Group] = []
    for file in files {
      guard let source = try rewriter.open(file) else { continue }
      let (rows, held) = (source.rowCount, source.heldRows(rewriter.layout.createdBy))
      if let last = groups.last, last.rows + rows <= rewriter.layout.fileRowsMax,
        last.bytes + file.byteCount <= rewriter.layout.mergedBytesMax,
        last.heldRows + held <= rewriter.layout.heldRowsMax
      {
        groups[groups.count - 1].files.append(file)
      } else {
        groups.append(Group(files: [file]))
      }
      groups[groups.count - 1].rows += rows
      groups[groups.count - 1].bytes += file.byteCount
      groups[groups.count - 1].heldRows += held
    }
    return groups
  }

  /// Files whose rows follow each other stand behind each other, so that merging need not sort.
  private func inRowOrder(_ files: [AddedFile]) -> [AddedFile] {
    files.map { (least: SortedMerge.least($0, rewriter), file: $0) }
      .sorted { ($0.least, $0.file.path) < ($1.least, $1.file.path) }.map(\.file)
  }
}

extension Table {
  /// The rows in tables of at most `rowsMax`.
  fileprivate func pieces(of rowsMax: Int) -> [Table] {
    if rowCount <= rowsMax { return [self] }
    return stride(from: 0, to: rowCount, by: rowsMax).map { start in
      picking(Array(start..<min(start + rowsMax, rowCount)))
    }
  }
}
