internal import ColumnTables
internal import DeltaLake

/// Merges files whose rows are in order, a row group of each open file in memory.
///
/// ```
/// file A  [ group ] group …        All rows that can be no greater than what is still to be read
/// file B  [ group ] group …   ──►  come out: up to the least of the last rows in memory, and
/// file C  not open yet             before the least row of the files that are not open yet.
/// ```
/// Batches are what rows are sorted by first, so files of different ones are open one by one.
struct SortedMerge {
  private let rewriter: TableRewriter
  /// Files that are not open yet, by the least that their first column can be.
  private var waiting: [(least: RowKey.Part, file: AddedFile)]
  private var open: [FileCursor] = []

  init(_ files: [AddedFile], of rewriter: TableRewriter) {
    self.rewriter = rewriter
    waiting = files.map { (Self.least($0, rewriter), $0) }
      .sorted { ($0.least, $0.file.path) < ($1.least, $1.file.path) }
  }

  /// The least that the first column of a file's order can be.
  static func least(_ file: AddedFile, _ rewriter: TableRewriter) -> RowKey.Part {
    guard let name = rewriter.layout.sortedBy.first,
      let column = rewriter.statistics(of: file)?.columns.first(where: { $0.name == name }),
      column.nullCount == 0
    else { return .null }
    return switch column.minimum {
    case .string(let text)?: .text(Array(text.utf8))
    case .integer(let number)?: .number(number)
    case .boolean(let flag)?: .number(flag ? 1 : 0)
    case nil: .null
    }
  }

  /// The next rows, in order; `nil` behind the last ones.
  mutating func next() throws(TableCareError) -> Table? {
    while true {
      for place in open.indices { try open[place].refill() }
      open.removeAll(where: \.isOver)
      if let rows = take() { return rows }
      guard !waiting.isEmpty else { return nil }
      open.append(try FileCursor(waiting.removeFirst().file, of: rewriter))
    }
  }

  private mutating func take() -> Table? {
    let last = open.filter(\.hasMore).compactMap(\.lastKey).min()
    let least = rewriter.layout.sortedBy.isEmpty ? nil : waiting.first?.least
    var parts: [TablePart] = []
    for place in open.indices {
      if let part = open[place].take(upTo: last, before: least) { parts.append(part) }
    }
    guard !parts.isEmpty else { return nil }
    if parts.count == 1, parts[0].rows == nil { return parts[0].table }
    let rows = Table.joined(parts)
    return rows.order(by: rewriter.layout.sortedBy).map { rows.picking($0) } ?? rows
  }
}

/// A place in the rows of a file.
private struct FileCursor {
  private let file: FileRows
  private let sortedBy: [String]
  private var nextGroup = 0
  private var rows: Table
  private var keys: RowKeys
  private var taken = 0

  init(_ file: AddedFile, of rewriter: TableRewriter) throws(TableCareError) {
    self.file = try FileRows(file, of: rewriter)
    sortedBy = rewriter.layout.sortedBy
    if self.file.isMade(by: rewriter.layout.createdBy), self.file.groupCount > 0 {
      rows = try self.file.read(group: 0)
      nextGroup = 1
    } else {
      // Other programs' rows are in any order.
      let all = try self.file.read()
      rows = all.order(by: sortedBy).map { all.picking($0) } ?? all
      nextGroup = self.file.groupCount
    }
    keys = RowKeys(rows, sortedBy)
  }

  /// Whether there are rows that are not in memory yet.
  var hasMore: Bool { nextGroup < file.groupCount }
  /// Whether all rows were taken.
  var isOver: Bool { taken == rows.rowCount && !hasMore }
  /// The key of the last row in memory.
  var lastKey: RowKey? { rows.rowCount > 0 ? keys.key(rows.rowCount - 1) : nil }

  /// Reads the next row group when all of this one was taken.
  mutating func refill() throws(TableCareError) {
    while taken == rows.rowCount, hasMore {
      rows = try file.read(group: nextGroup)
      keys = RowKeys(rows, sortedBy)
      nextGroup += 1
      taken = 0
    }
  }

  /// Takes the rows up to a key and before a first value; `nil`: there are none.
  mutating func take(upTo last: RowKey?, before least: RowKey.Part?) -> TablePart? {
    var (low, high) = (taken, rows.rowCount)
    while low < high {
      let middle = (low + high) / 2
      let isBehind =
        last.map { keys.key(middle) > $0 } ?? false
        || least.flatMap { least in keys.first(middle).map { $0 >= least } } ?? false
      if isBehind { high = middle } else { low = middle + 1 }
    }
    guard low > taken else { return nil }
    defer { taken = low }
    let isWhole = taken == 0 && low == rows.rowCount
    return TablePart(rows, rows: isWhole ? nil : Array(taken..<low))
  }
}
