internal import ByteBlocks
package import ColumnTables
internal import VeiledRecords

/// Rows of the activity log, put in their order and turned into columns.
///
/// ```
/// chunks (text order) ─► ranks of users ─► by day and privacy ─► by user, time ─► columns
/// ```
/// The result depends on the events and the order of their archives alone, not on who read them.
package struct ActivityRows: Sendable {
  /// Rows that become files of their own: of one day, private or not.
  package struct Part: Sendable {
    package let day: Int32
    package let isPrivate: Bool
    /// Places of the rows in text order, sorted by user and time.
    let order: [UInt32]
    package var count: Int { order.count }
  }

  package private(set) var parts: [Part] = []
  private let chunks: [ActivityChunk]
  private let users, addresses, devices, hosts, methods, agents: RankedNames
  /// By worker and number of a host: the code of its app in `appNames`, 0: none.
  private let apps: [[UInt32]]
  private let appNames: RankedNames
  private let archives: [String]
  private let tags: AddressTagCodes

  /// - Parameters:
  ///   - chunks: by archive, and by their place in its text.
  ///   - names: by worker; those of others may be empty.
  ///   - apps: by worker and number of a host: the place of its app in `appNames`, 0: none.
  ///   - archives: ids by their number in the chunks; one for all where they are not known yet.
  package init(
    _ chunks: [ActivityChunk], names: [ActivityNames], apps: [[UInt32]], appNames: [String],
    archives: [String], parallel: ParallelFor
  ) {
    self.chunks = chunks
    self.archives = archives
    self.apps = apps
    self.appNames = RankedNames(
      [ByteStrings([""] + appNames)], isUsed: [[false] + appNames.map { _ in true }])
    let ranked = Slots<RankedNames>(count: 6)
    parallel(6) { kind in
      let lists = names.map { Self.list(kind, $0) }
      let used = lists.enumerated().map { worker, list in
        var isUsed = [Bool](repeating: false, count: list.count)
        var marks = isUsed.mutableSpan
        for chunk in chunks where chunk.worker == worker {
          for number in Self.numbers(kind, chunk.columns) { marks[Int(number)] = true }
        }
        return isUsed
      }
      ranked.set(kind, RankedNames(lists, isUsed: used))
    }
    let all = ranked.all()
    (users, addresses, devices) = (all[0], all[1], all[2])
    (hosts, methods, agents) = (all[3], all[4], all[5])
    tags = AddressTagCodes(addresses, names.map(\.names))
    parts = sorted()
  }

  private static func list(_ kind: Int, _ names: ActivityNames) -> ByteStrings {
    [
      names.names.users, names.names.addresses, names.names.devices, names.names.hosts,
      names.details.methods, names.details.agents,
    ][kind]
  }

  private static func numbers(_ kind: Int, _ columns: ActivityChunk.Columns) -> [UInt32] {
    switch kind {
    case 0: columns.users
    case 1: columns.addresses
    case 2: columns.devices
    case 3: columns.hosts
    case 4: columns.methods
    default: columns.agents
    }
  }
}

// MARK: Order

extension ActivityRows {
  private func sorted() -> [Part] {
    let ranks: [UInt32] = codes(users.ranks) { $0.users }
    let times = values { $0.times }
    let isPrivate = VeiledNames.privateOnes(of: users.sorted)
    // By user, those of one in text order.
    var starts = [Int](repeating: 0, count: users.sorted.count + 1)
    for rank in ranks { starts[Int(rank) + 1] += 1 }
    for rank in 1..<starts.count { starts[rank] += starts[rank - 1] }
    var next = starts
    var order = [UInt32](repeating: 0, count: ranks.count)
    for (row, rank) in ranks.enumerated() {
      order[next[Int(rank)]] = UInt32(row)
      next[Int(rank)] += 1
    }
    let span = TimeSpan(times)
    if let day = span.onlyDay, span.isAscending, !order.isEmpty, !isPrivate.contains(true) {
      return [Part(day: day, isPrivate: false, order: order)]
    }
    var parts: [PartKey: [UInt32]] = [:]
    for rank in 0..<users.sorted.count {
      let rows = starts[rank]..<starts[rank + 1]
      if rows.isEmpty { continue }
      if !span.isAscending { Self.sortByTime(&order, rows, times) }
      for (day, rows) in span.onlyDay.map({ [($0, rows)] }) ?? Self.days(order, rows, times) {
        parts[PartKey(day: day, isPrivate: isPrivate[rank]), default: []]
          .append(contentsOf: order[rows])
      }
    }
    return parts.sorted { $0.key < $1.key }.map {
      Part(day: $0.key.day, isPrivate: $0.key.isPrivate, order: $0.value)
    }
  }

  /// What holds for the times of all rows in text order, so that those of a user need no look: most
  /// logs are in the order of time, and of one day.
  private struct TimeSpan {
    var isAscending = true
    /// The day, in days since 1970; `nil`: there are several.
    let onlyDay: Int32?

    init(_ times: [Int64]) {
      var (low, high) = (times.first ?? 0, times.first ?? 0)
      var before = low
      for time in times {
        isAscending = isAscending && before <= time
        before = time
        low = min(low, time)
        high = max(high, time)
      }
      onlyDay = dayOf(low) == dayOf(high) ? dayOf(low) : nil
    }
  }

  /// `range` of rows sorted by time, cut by days.
  private static func days(
    _ order: [UInt32], _ range: Range<Int>, _ times: [Int64]
  ) -> [(day: Int32, rows: Range<Int>)] {
    var days: [(Int32, Range<Int>)] = []
    var place = range.lowerBound
    while place < range.upperBound {
      let day = dayOf(times[Int(order[place])])
      let first = place
      while place < range.upperBound, dayOf(times[Int(order[place])]) == day { place += 1 }
      days.append((day, first..<place))
    }
    return days
  }

  private struct PartKey: Hashable, Comparable {
    let day: Int32
    let isPrivate: Bool

    static func < (a: Self, b: Self) -> Bool {
      a.day != b.day ? a.day < b.day : !a.isPrivate && b.isPrivate
    }
  }

  /// Sorts the rows of a user, which often are in order though those of all are not.
  private static func sortByTime(_ order: inout [UInt32], _ range: Range<Int>, _ times: [Int64]) {
    var isSorted = true
    for place in range.dropFirst() where isSorted {
      isSorted = times[Int(order[place - 1])] <= times[Int(order[place])]
    }
    if isSorted { return }
    order[range].sort {
      let (a, b) = (times[Int($0)], times[Int($1)])
      return a != b ? a < b : $0 < $1
    }
  }

  /// A column of all rows in text order.
  private func values<Value>(_ column: (ActivityChunk.Columns) -> [Value]) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(rowCount)
    for chunk in chunks { values += column(chunk.columns) }
    return values
  }

  /// A column of names in text order, each by its code in `codes` of its worker.
  private func codes<Code: FixedWidthInteger & BitwiseCopyable>(
    _ codes: [[UInt32]], _ column: (ActivityChunk.Columns) -> [UInt32]
  ) -> [Code] {
    [Code](joining: chunks, count: rowCount, { column($0.columns) }) { chunk in
      let codes = codes[chunk.worker]
      return { Code(truncatingIfNeeded: codes[Int($0)]) }
    }
  }
}

// MARK: Columns

extension ActivityRows {
  /// Calls `body` with a column of each part, one after the other: column `place` of
  /// `ActivitySchema.fileSchema`.
  ///
  /// - Parameters:
  ///   - batch: its id, or anything while it is not known.
  ///   - source: the data source.
  package func forEachPart(
    column place: Int, batch: String, source: String, _ body: (Int, Column) -> Void
  ) {
    switch ActivitySchema.fileSchema.fields[place].name {
    case "batch": constant(batch, body)
    case "source": constant(source, body)
    case "archive" where archives.count == 1: constant(archives[0], body)
    case "archive": archiveColumn(body)
    case "ip_tag":
      let codes = addresses.ranks.map { $0.map { tags.ofAddress[Int($0)] } }
      pickNames(codes, tags.sorted, body) { $0.addresses }
    case "user": pickNames(users.ranks, users.sorted, body) { $0.users }
    case "src_ip": pickNames(addresses.ranks, addresses.sorted, body) { $0.addresses }
    case "device": pickNames(devices.ranks, devices.sorted, body) { $0.devices }
    case "host": pickNames(hosts.ranks, hosts.sorted, body) { $0.hosts }
    case "app":
      let codes = apps.map { $0.map { appNames.ranks[0][Int($0)] } }
      pickNames(codes, appNames.sorted, body) { $0.hosts }
    case "method": pickNames(methods.ranks, methods.sorted, body) { $0.methods }
    case "user_agent": pickNames(agents.ranks, agents.sorted, body) { $0.agents }
    case "action":
      let words = ByteStrings(EventAction.allCases.map { $0.word ?? "" })
      pick(values { $0.actions }, words, body)
    case "http_status": statusColumn(body)
    case "uploaded_bytes": pick({ $0.uploaded }, body)
    case "downloaded_bytes": pick({ $0.downloaded }, body)
    case "total_bytes": pick({ $0.totals }, body)
    case "time": pick({ $0.times }, body)
    case "line": lineColumn(body)
    default: preconditionFailure("The activity log has no column of this name.")
    }
  }

  private var rowCount: Int { chunks.reduce(0) { $0 + $1.count } }

  private func constant(_ value: String, _ body: (Int, Column) -> Void) {
    for (number, part) in parts.enumerated() {
      body(number, Column(.codes(Array(repeating: 0, count: part.count), ByteStrings([value]))))
    }
  }

  /// A column of names.
  ///
  /// - Parameters:
  ///   - codes: of each worker's numbers the code in `dictionary`.
  ///   - column: the numbers of a chunk's rows.
  private func pickNames(
    _ codes: [[UInt32]], _ dictionary: ByteStrings, _ body: (Int, Column) -> Void,
    _ column: (ActivityChunk.Columns) -> [UInt32]
  ) {
    func pick<Code: FixedWidthInteger & BitwiseCopyable>(as: Code.Type) {
      self.pick(self.codes(codes, column) as [Code], dictionary, body)
    }
    // Rows are picked from all over memory: the narrower, the more of it is near.
    switch dictionary.count {
    case 1: allNull(dictionary, body)
    case ...(1 << 8): pick(as: UInt8.self)
    case ...(1 << 16): pick(as: UInt16.self)
    default: pick(as: UInt32.self)
    }
  }

  private func allNull(_ dictionary: ByteStrings, _ body: (Int, Column) -> Void) {
    for (number, part) in parts.enumerated() {
      body(
        number,
        Column(
          .codes([UInt32](repeating: 0, count: part.count), dictionary),
          isValid: [Bool](repeating: false, count: part.count)))
    }
  }

  /// Codes of a sorted dictionary; code 0 is null.
  private func pick<Code: FixedWidthInteger & BitwiseCopyable>(
    _ codes: [Code], _ dictionary: ByteStrings, _ body: (Int, Column) -> Void
  ) {
    let hasNulls = codes.has(0)
    for (number, part) in parts.enumerated() {
      let picked = [UInt32](codes, at: part.order) { UInt32(truncatingIfNeeded: $0) }
      let isValid = hasNulls ? Self.isValid(picked, null: 0) : nil
      body(number, Column(.codes(picked, dictionary), isValid: isValid))
    }
  }

  /// Which of the values are not null; `nil`: all.
  private static func isValid<Value: Equatable & BitwiseCopyable>(
    _ values: [Value], null: Value
  ) -> [Bool]? {
    values.has(null) ? [Bool](values) { $0 != null } : nil
  }

  /// Sizes, of 0 or more, and times; the smallest number is null.
  private func pick(
    _ column: (ActivityChunk.Columns) -> [Int64], _ body: (Int, Column) -> Void
  ) {
    // No number has a bit that is not in here.
    var bits: UInt64 = 0
    for chunk in chunks {
      for number in column(chunk.columns) { bits |= UInt64(bitPattern: number) }
    }
    let hasNulls = bits >> 63 != 0
    guard bits & ~(1 << 63) < UInt32.max else {
      return pick(values(column), null: hasNulls ? .min : nil, body)
    }
    // Rows are picked from all over memory: half of it is enough for sizes.
    let narrow = [UInt32](joining: chunks, count: rowCount, { column($0.columns) }) { _ in
      { $0 < 0 ? .max : UInt32(truncatingIfNeeded: $0) }
    }
    pick(narrow, null: hasNulls ? .max : nil, body)
  }

  /// - Parameter null: what may stand for null; `nil`: there is none.
  private func pick<Number: FixedWidthInteger & BitwiseCopyable>(
    _ numbers: [Number], null: Number?, _ body: (Int, Column) -> Void
  ) {
    for (number, part) in parts.enumerated() {
      guard let null else {
        let picked = [Int64](numbers, at: part.order) { Int64($0) }
        body(number, Column(.int64s(picked)))
        continue
      }
      let picked = [Number](numbers, at: part.order) { $0 }
      let wide = [Int64](picked) { $0 == null ? 0 : Int64($0) }
      body(number, Column(.int64s(wide), isValid: Self.isValid(picked, null: null)))
    }
  }

  /// The numbers of the lines in their archives, from 1.
  private func lineColumn(_ body: (Int, Column) -> Void) {
    func pick<Number: FixedWidthInteger & BitwiseCopyable>(as: Number.Type) {
      let lines = [Number](joining: chunks, count: rowCount, \.columns.lines) { chunk in
        let first = Number(chunk.linesBefore + 1)
        return { first + Number($0) }
      }
      self.pick(lines, null: nil, body)
    }
    let last = chunks.map { $0.linesBefore + Int($0.columns.lines.max() ?? 0) + 1 }.max() ?? 0
    if last <= UInt32.max { pick(as: UInt32.self) } else { pick(as: Int64.self) }
  }

  private func statusColumn(_ body: (Int, Column) -> Void) {
    let statuses = values { $0.statuses }
    for (number, part) in parts.enumerated() {
      let picked = [Int32](statuses, at: part.order) { Int32($0) }
      body(number, Column(.int32s(picked), isValid: Self.isValid(picked, null: 0)))
    }
  }

  private func archiveColumn(_ body: (Int, Column) -> Void) {
    let ranked = RankedNames(
      [ByteStrings([""] + archives)], isUsed: [[false] + archives.map { _ in true }])
    var codes: [UInt32] = []
    codes.reserveCapacity(rowCount)
    for chunk in chunks {
      codes += repeatElement(ranked.ranks[0][Int(chunk.archive) + 1], count: chunk.count)
    }
    pick(codes, ranked.sorted, body)
  }
}

/// The day of a time in microseconds, in days since 1970.
private func dayOf(_ time: Int64) -> Int32 { Int32(time / 86_400_000_000) }
