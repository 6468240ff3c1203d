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
        for chunk in chunks where chunk.worker == worker {
          for number in Self.numbers(kind, chunk) { isUsed[Int(number)] = true }
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

  private static func numbers(_ kind: Int, _ chunk: ActivityChunk) -> [UInt32] {
    switch kind {
    case 0: chunk.users
    case 1: chunk.addresses
    case 2: chunk.devices
    case 3: chunk.hosts
    case 4: chunk.methods
    default: chunk.agents
    }
  }
}

// MARK: Order

extension ActivityRows {
  private static let dayMicros: Int64 = 86_400_000_000

  private func sorted() -> [Part] {
    let ranks = ranks(users) { $0.users }
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
    var parts: [PartKey: [UInt32]] = [:]
    for rank in 0..<users.sorted.count {
      Self.sortByTime(&order, starts[rank]..<starts[rank + 1], times)
      var place = starts[rank]
      while place < starts[rank + 1] {
        let day = times[Int(order[place])] / Self.dayMicros
        let first = place
        while place < starts[rank + 1], times[Int(order[place])] / Self.dayMicros == day {
          place += 1
        }
        parts[PartKey(day: Int32(day), isPrivate: isPrivate[rank]), default: []]
          .append(contentsOf: order[first..<place])
      }
    }
    return parts.sorted { $0.key < $1.key }.map {
      Part(day: $0.key.day, isPrivate: $0.key.isPrivate, order: $0.value)
    }
  }

  private struct PartKey: Hashable, Comparable {
    let day: Int32
    let isPrivate: Bool

    static func < (a: Self, b: Self) -> Bool {
      a.day != b.day ? a.day < b.day : !a.isPrivate && b.isPrivate
    }
  }

  /// Most logs are in the order of time already.
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
  private func values<Value>(_ column: (ActivityChunk) -> [Value]) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(chunks.reduce(0) { $0 + $1.count })
    for chunk in chunks { values += column(chunk) }
    return values
  }

  /// A column of names by their ranks, in text order.
  private func ranks(
    _ names: RankedNames, _ column: (ActivityChunk) -> [UInt32]
  ) -> [UInt32] {
    var ranks: [UInt32] = []
    ranks.reserveCapacity(chunks.reduce(0) { $0 + $1.count })
    for chunk in chunks {
      let map = names.ranks[chunk.worker]
      ranks += column(chunk).map { map[Int($0)] }
    }
    return ranks
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
    case "uploaded_bytes": pick(values { $0.uploaded }, body)
    case "downloaded_bytes": pick(values { $0.downloaded }, body)
    case "total_bytes": pick(values { $0.totals }, body)
    case "time": pick(values { $0.times }, body)
    case "line":
      pick(
        values { chunk in chunk.lines.map { Int64(chunk.linesBefore) + Int64($0) + 1 } }, body)
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
    _ column: (ActivityChunk) -> [UInt32]
  ) {
    func pick<Code: FixedWidthInteger>(as: Code.Type) {
      var all: [Code] = []
      all.reserveCapacity(rowCount)
      for chunk in chunks {
        let codes = codes[chunk.worker]
        all += column(chunk).lazy.map { Code(truncatingIfNeeded: codes[Int($0)]) }
      }
      self.pick(all, dictionary, body)
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
  private func pick<Code: FixedWidthInteger>(
    _ codes: [Code], _ dictionary: ByteStrings, _ body: (Int, Column) -> Void
  ) {
    for (number, part) in parts.enumerated() {
      let picked = part.order.map { UInt32(truncatingIfNeeded: codes[Int($0)]) }
      let hasNulls = picked.contains(0)
      body(
        number,
        Column(.codes(picked, dictionary), isValid: hasNulls ? picked.map { $0 != 0 } : nil))
    }
  }

  /// Numbers; the smallest one is null.
  private func pick(_ numbers: [Int64], _ body: (Int, Column) -> Void) {
    for (number, part) in parts.enumerated() {
      var picked = Self.picked(numbers, part.order)
      guard picked.contains(.min) else {
        body(number, Column(.int64s(picked)))
        continue
      }
      let isValid = picked.map { $0 != .min }
      for row in picked.indices where !isValid[row] { picked[row] = 0 }
      body(number, Column(.int64s(picked), isValid: isValid))
    }
  }

  private func statusColumn(_ body: (Int, Column) -> Void) {
    let statuses = values { $0.statuses }
    for (number, part) in parts.enumerated() {
      let picked = Self.picked(statuses, part.order).map { Int32($0) }
      let isValid = picked.contains(0) ? picked.map { $0 != 0 } : nil
      body(number, Column(.int32s(picked), isValid: isValid))
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

  private static func picked<Value>(_ values: [Value], _ order: [UInt32]) -> [Value] {
    order.map { values[Int($0)] }
  }
}
