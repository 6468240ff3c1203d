internal import ByteBlocks
package import ColumnTables
internal import VeiledRecords

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
    case "uploaded_bytes": pick(numbers { $0.uploaded }, body)
    case "downloaded_bytes": pick(numbers { $0.downloaded }, body)
    case "total_bytes": pick(numbers { $0.totals }, body)
    case "time": pick(numbers { $0.times }, body)
    case "line": lineColumn(body)
    default: preconditionFailure("The activity log has no column of this name.")
    }
  }

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

  /// Sizes and times.
  private func pick(_ numbers: NarrowNumbers, _ body: (Int, Column) -> Void) {
    switch numbers {
    case .narrow(let narrow, let unit):
      pick(narrow, null: NarrowNumbers.narrowNone, body) { $0 * unit }
    case .wide(let wide): pick(wide, null: NarrowNumbers.none, body) { $0 }
    }
  }

  /// - Parameters:
  ///   - null: what stands for null.
  ///   - change: what becomes of a number that is not null.
  @inline(__always)
  private func pick<Number: FixedWidthInteger & BitwiseCopyable>(
    _ numbers: [Number], null: Number, _ body: (Int, Column) -> Void, _ change: (Int64) -> Int64
  ) {
    let hasNulls = numbers.has(null)
    for (number, part) in parts.enumerated() {
      guard hasNulls else {
        body(number, Column(.int64s([Int64](numbers, at: part.order) { change(Int64($0)) })))
        continue
      }
      let picked = [Number](numbers, at: part.order) { $0 }
      let wide = [Int64](picked) { $0 == null ? 0 : change(Int64($0)) }
      body(number, Column(.int64s(wide), isValid: Self.isValid(picked, null: null)))
    }
  }

  /// The numbers of the lines in their archives, from 1.
  private func lineColumn(_ body: (Int, Column) -> Void) {
    func pick<Number: FixedWidthInteger & BitwiseCopyable>(as: Number.Type) {
      let lines = [Number](
        joining: chunks, count: rowCount, \.columns.lines, with: { Number($0.linesBefore + 1) }
      ) { first, line in first + Number(line) }
      for (number, part) in parts.enumerated() {
        body(number, Column(.int64s([Int64](lines, at: part.order) { Int64($0) })))
      }
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
