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
  }

  /// Merges all that is worth it; one group of files is in memory at a time.
  package func run() throws(TableCareError) -> Result {
    var result = Result()
    for group in try groups() {
      let tables = try group.files.map { file throws(TableCareError) in
        TablePart(try rewriter.read(file))
      }
      let joined = Table.joined(tables)
      let sorted = joined.order(by: rewriter.layout.sortedBy).map { joined.picking($0) } ?? joined
      guard sorted.rowCount == group.rows else {
        throw .rowsDiffer(
          table: rewriter.table, before: group.rows, after: sorted.rowCount)
      }
      for file in group.files { try rewriter.remove(file) }
      try rewriter.add(sorted, like: group.files[0])
      result.filesBefore += group.files.count
      result.filesAfter += 1
      result.rows += Int64(group.rows)
    }
    return result
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
      let rows = try rowCount(of: file)
      if let last = groups.last, last.rows + rows <= rewriter.layout.fileRowsMax,
        last.bytes + file.byteCount <= rewriter.layout.fileBytesMax
      {
        groups[groups.count - 1].files.append(file)
      } else {
        groups.append(Group(files: [file]))
      }
      groups[groups.count - 1].rows += rows
      groups[groups.count - 1].bytes += file.byteCount
    }
    return groups
  }

  /// Files whose rows follow each other stand behind each other, so that merging need not sort.
  private func inRowOrder(_ files: [AddedFile]) -> [AddedFile] {
    guard let first = rewriter.layout.sortedBy.first else { return files }
    let keyed = files.map { file -> (key: String, file: AddedFile) in
      let column = rewriter.statistics(of: file)?.columns.first { $0.name == first }
      if case .string(let minimum)? = column?.minimum { return (minimum, file) }
      return ("", file)
    }
    return keyed.sorted { ($0.key, $0.file.path) < ($1.key, $1.file.path) }.map(\.file)
  }

  private func rowCount(of file: AddedFile) throws(TableCareError) -> Int {
    if let known = rewriter.statistics(of: file)?.rowCount { return known }
    return try rewriter.read(file, columns: []).rowCount
  }
}
