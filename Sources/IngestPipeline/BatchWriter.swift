internal import AppMatching
internal import ByteBlocks
package import ColumnTables
internal import ParquetFiles
internal import StagedExecution
internal import Synchronization
internal import UsageAggregation
internal import VeiledRecords

/// Where the files of a run go.
package protocol FileSink: Sendable {
  /// Makes a file of a table durable, to be committed with the run. May be called at once.
  ///
  /// - Parameters:
  ///   - day: the partition, in days since 1970.
  ///   - statistics: what the table's log says of the rows; `nil`: nothing at all.
  ///   - silent: columns of which the table's log must say nothing.
  func add(
    table: String, bytes: [UInt8], day: Int32, statistics: TableStatistics?, silent: Set<String>
  ) throws
}

/// Turns the sums of a batch, or small tables, into Parquet files.
struct BatchWriter: Sendable {
  /// Rows of one file, at most.
  static let fileRowsMax = 4 << 20

  // Level 1 writes files as small as level 3 does, in three quarters of the time.
  private static let options: ParquetOptions = {
    var options = ParquetOptions()
    options.zstdLevel = 1
    return options
  }()

  let executor: any Executor
  let catalog: AppCatalog
  let sink: any FileSink
  let createdBy: String
  let clock: StageClock

  /// What a batch came to.
  struct Result {
    var rows = 0
    var appIDs: Set<Int32> = []
    var users = ByteStrings()
  }

  /// Merges the shares of a batch and writes its files of `usage`.
  func write(_ partials: [FinishedPartial], batch: String, source: String) throws -> Result {
    let start = StageClock.now()
    let parallel: ParallelFor = { count, body in executor.forEach(count, body) }
    let merge = UsageMerge(partials, parallel: parallel)
    let ranked = clock.addBusy("rank", since: start)
    let classes = try classify(merge.hosts)
    let classified = clock.addBusy("classify", since: ranked)
    let rows = try merge.rows(classes: classes, parallel: parallel)
    var mark = clock.addBusy("merge", since: classified)
    for (day, range) in rows.days {
      for part in range.cut(Self.fileRowsMax) {
        let file = try encode(
          UsageSchema.fileSchema, rows: part.count, as: "usage", sortedBy: UsageSchema.sortedBy
        ) { rows.column($0, part, batch: batch, source: source) }
        mark = clock.addBusy("encode", since: mark)
        try sink.add(
          table: "usage", bytes: file.bytes, day: day, statistics: file.statistics,
          silent: ["user", "src_ip", "device"])
        mark = clock.addBusy("write", since: mark)
      }
    }
    return Result(
      rows: rows.count, appIDs: Set(classes.compactMap { $0.app?.id }), users: merge.userNames)
  }

  /// Writes a small table as one file.
  func write(_ table: Table, to name: String, day: Int32, sortedBy: [String]) throws {
    let start = StageClock.now()
    let file = try encode(
      table.schema, rows: table.rowCount, as: name, sortedBy: sortedBy
    ) { table.columns[$0] }
    try sink.add(
      table: name, bytes: file.bytes, day: day, statistics: file.statistics, silent: [])
    clock.addBusy("write", since: start)
  }

  /// Encodes a file, as many columns at once as there are threads; a column is made when its turn
  /// comes, and gone when it is encoded.
  private func encode(
    _ schema: Schema, rows: Int, as name: String, sortedBy: [String],
    column: @Sendable (Int) -> Column
  ) throws -> ParquetFile {
    let writer = ParquetWriter(
      schema: schema, sortedBy: sortedBy,
      metadata: [("logveil.schema", "1"), ("logveil.table", name)], createdBy: createdBy,
      options: Self.options)
    let groups = writer.rowGroups(of: 0..<rows)
    let columns = schema.fields.count
    let encoded = Mutex<[Swift.Result<[EncodedChunk], ParquetError>?]>(
      Array(repeating: nil, count: columns))
    executor.forEach(columns) { turn in
      let place = columns - 1 - turn  // Sums and times come last and take longest.
      let chunks = Swift.Result { () throws(ParquetError) in
        var compressor = try ZstdCompressor(level: writer.options.zstdLevel)
        let column = column(place)
        var chunks: [EncodedChunk] = []
        for group in groups {
          chunks.append(try writer.encodeChunk(column, at: place, rows: group, using: &compressor))
        }
        return chunks
      }
      encoded.withLock { $0[place] = chunks }
    }
    let chunks = try encoded.withLock { $0 }.compactMap { try $0?.get() }
    return writer.assemble(
      rowGroups: groups.indices.map { group in chunks.map { $0[group] } })
  }

  /// Looks the hosts' apps and domains up, each host once.
  private func classify(_ hosts: ByteStrings) throws -> [HostClass] {
    let parts = (0..<hosts.count).cut(4096)
    let classes = Mutex<[Swift.Result<[HostClass], any Error>?]>(
      Array(repeating: nil, count: parts.count))
    executor.forEach(parts.count) { part in
      let found = Swift.Result { try classify(parts[part], of: hosts) }
      classes.withLock { $0[part] = found }
    }
    return try classes.withLock { $0 }.compactMap { try $0?.get() }.flatMap { $0 }
  }

  private func classify(_ places: Range<Int>, of hosts: ByteStrings) throws -> [HostClass] {
    var domains = try RegistrableDomain()
    return places.map { place in
      let host = hosts[place]
      let app = catalog.app(forHost: host.span).flatMap { app in
        catalog.name(app).map {
          HostClass.App(name: $0, id: app.rawValue, category: catalog.category(app) ?? "")
        }
      }
      let range = domains.domain(of: host.span)
      return HostClass(
        app: app,
        domain: range.map {
          String(
            decoding: host[(host.startIndex + $0.lowerBound)..<(host.startIndex + $0.upperBound)],
            as: UTF8.self)
        })
    }
  }
}

extension Range<Int> {
  /// Pieces of at most `countMax`, in order.
  func cut(_ countMax: Int) -> [Range<Int>] {
    stride(from: lowerBound, to: upperBound, by: countMax).map {
      $0..<Swift.min(upperBound, $0 + countMax)
    }
  }
}
