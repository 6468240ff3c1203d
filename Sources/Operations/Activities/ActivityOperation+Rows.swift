internal import ByteBlocks
internal import ColumnTables

extension ActivityOperation {
  /// Rows that are sorted in memory, at most.
  private static let sortedRowsMax = 5_000_000

  /// Writes rows as text.
  ///
  /// - Parameters:
  ///   - columns: empty: all that the form has.
  ///   - emit: gets whole lines.
  /// - Returns: how many rows there were.
  package func writeRows(
    _ form: RowForm, columns names: [String], order: RowOrder,
    _ emit: ([UInt8]) throws(OperationError) -> Void
  ) throws(OperationError) -> Int {
    let columns = try Self.columns(names, of: form, order, request)
    let text = RowText(form: form, columns: columns)
    do {
      try emit(text.head)
      return order.columns.isEmpty
        ? try writeInFileOrder(text, limit: order.limit, emit) : try writeSorted(text, order, emit)
    } catch { throw OperationError(error) }
  }

  /// The columns of rows, once it is clear that there are all that were asked for.
  ///
  /// Asked before an operation is made, too: what cannot be shown is not to be recorded as shown.
  @discardableResult
  package static func columns(
    _ names: [String], of form: RowForm, _ order: RowOrder, _ request: ActivityRequest
  ) throws(OperationError) -> [String] {
    let showsPrivate = request.confirmation != nil
    if form == .cef || form == .leef {
      // A feed goes to many eyes: pseudonyms only, and never a private row.
      guard !showsPrivate, !request.isClear else {
        throw OperationError(
          .usage,
          "Feeds carry pseudonyms only, and no private activities: leave out --clear "
            + "and --show-private.")
      }
    }
    let all = Self.columns + (showsPrivate ? ["private"] : [])
    if let unknown = names.first(where: { !all.contains($0) }) {
      throw OperationError(
        .usage,
        "There is no column \(unknown). Those there are: \(all.joined(separator: ", ")).")
    }
    if let unknown = order.columns.first(where: { !Self.columns.contains($0) }) {
      throw OperationError(.usage, "--sort \(unknown): there is no such column.")
    }
    if form == .cef || form == .leef { return names.isEmpty ? FeedKeys.columns : names }
    return names.isEmpty
      ? all : names + (showsPrivate && !names.contains("private") ? ["private"] : [])
  }

  private func writeInFileOrder(
    _ text: RowText, limit: Int?, _ emit: ([UInt8]) throws(OperationError) -> Void
  ) throws -> Int {
    var count = 0
    try readEach(columns: text.columns) { found in
      var bytes: [UInt8] = []
      var ends: [Int] = []
      text.append(
        found.table, rows: limit.map { Array(found.rows.prefix($0)) } ?? found.rows,
        constants: found.constants, to: &bytes
      ) { ends.append($0) }
      return (bytes: bytes, ends: ends)
    } _: { written in
      let taken = min(written.ends.count, (limit ?? .max) - count)
      guard taken > 0 else { return limit.map { count < $0 } ?? true }
      try emit(Array(written.bytes[..<written.ends[taken - 1]]))
      count += taken
      return limit.map { count < $0 } ?? true
    }
    return count
  }

  private func writeSorted(
    _ text: RowText, _ order: RowOrder, _ emit: ([UInt8]) throws(OperationError) -> Void
  ) throws -> Int {
    var lines = SortedLines(isDescending: order.isDescending, limit: order.limit)
    try readEach(columns: text.columns + order.columns) { found in
      var part = SortedLines(isDescending: order.isDescending, limit: order.limit)
      let keys = SortKeys(order.columns, found)
      var bytes: [UInt8] = []
      var ends: [Int] = []
      text.append(found.table, rows: found.rows, constants: found.constants, to: &bytes) {
        ends.append($0)
      }
      var start = 0
      for (place, end) in ends.enumerated() {
        part.add(keys.key(of: found.rows[place]), Array(bytes[start..<end]))
        start = end
      }
      return part
    } _: { part in
      lines.add(part)
      guard lines.count <= Self.sortedRowsMax else {
        throw OperationError(
          .usage,
          "More than \(Self.sortedRowsMax) rows are not sorted here: ask for fewer by "
            + "filters or days, or give --limit.")
      }
      return true
    }
    return try lines.finish { try emit($0) }
  }
}

/// Keys of rows that sort as bytes: nulls come first.
private struct SortKeys: Sendable {
  private let columns: [Column?]
  private let date: [UInt8]

  init(_ names: [String], _ found: ActivityOperation.Found) {
    columns = names.map { found.table.column($0) }
    date = Array(found.date.utf8)
  }

  func key(of row: Int) -> [UInt8] {
    var key: [UInt8] = []
    for column in columns {
      guard let column else {
        key += date
        continue
      }
      guard !column.isNull(row) else {
        key.append(0)
        continue
      }
      key.append(1)
      switch column.values {
      case .codes(let codes, let dictionary): key += dictionary[Int(codes[row])] + [0]
      case .strings(let strings): key += strings[row] + [0]
      case .booleans(let values): key.append(values[row] ? 1 : 0)
      case .int32s(let values): Self.append(Int64(values[row]), to: &key)
      case .int64s(let values): Self.append(values[row], to: &key)
      }
    }
    return key
  }

  private static func append(_ number: Int64, to key: inout [UInt8]) {
    let bits = UInt64(bitPattern: number) ^ 1 << 63
    for shift: UInt64 in stride(from: 56, through: 0, by: -8) {
      key.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
  }
}

/// Lines in the order of their keys, with a limit no more than twice as many as are wanted.
private struct SortedLines: Sendable {
  private let isDescending: Bool
  private let limit: Int?
  private var lines: [(key: [UInt8], line: [UInt8])] = []

  init(isDescending: Bool, limit: Int?) {
    self.isDescending = isDescending
    self.limit = limit
  }

  var count: Int { lines.count }

  mutating func add(_ key: [UInt8], _ line: [UInt8]) {
    lines.append((key, line))
    prune()
  }

  mutating func add(_ other: SortedLines) {
    lines += other.lines
    prune()
  }

  private mutating func prune() {
    guard let limit, lines.count > max(2 * limit, 1024) else { return }
    sort()
    lines.removeLast(lines.count - limit)
  }

  private mutating func sort() {
    let isDescending = isDescending
    lines.sort { a, b in
      isDescending
        ? b.key.lexicographicallyPrecedes(a.key) : a.key.lexicographicallyPrecedes(b.key)
    }
  }

  consuming func finish(_ emit: ([UInt8]) throws -> Void) rethrows -> Int {
    sort()
    let wanted = lines.prefix(limit ?? .max)
    var bytes: [UInt8] = []
    for line in wanted {
      bytes += line.line
      guard bytes.count > 1 << 20 else { continue }
      try emit(bytes)
      bytes = []
    }
    try emit(bytes)
    return wanted.count
  }
}
