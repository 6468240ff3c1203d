internal import AppMatching
internal import ByteBlocks
internal import ColumnTables
internal import ParquetFiles
internal import StagedExecution
internal import Synchronization
internal import UsageAggregation
internal import VeiledRecords

/// Turns the sums of a batch, or small tables, into Parquet files.
struct BatchWriter: Sendable {
  /// Rows of one file of `usage`, at most: whole row groups.
  static let fileRowsMax = 1 << 20

  // A row group with the names of all its rows is what a run needs memory for at its end, however
  // little it has: some 200 Ki rows where each has names of its own, else more.
  static let rowGroupBounds = RowGroupBounds(rowsMax: fileRowsMax, rowsAndNamesMax: 5 << 17)

  // Level 1 writes files as small as level 3 does, in three quarters of the time.
  static let options: ParquetOptions = {
    var options = ParquetOptions()
    options.zstdLevel = 1
    return options
  }()

  let crew: TimedCrew
  let catalog: AppCatalog
  let sink: any FileSink
  let createdBy: String

  /// What a batch came to.
  struct Result {
    var rows = 0
    var appIDs: Set<Int32> = []
    var users = ByteStrings()
  }

  /// Shares of a batch that were merged.
  struct Merged {
    let rows: UsageRows
    let appIDs: Set<Int32>
    /// The distinct users; place 0 is none.
    let users: ByteStrings
  }

  var parallel: ParallelFor { { count, body in crew.forEach(count, body) } }

  /// Merges shares into sorted rows.
  ///
  /// - Parameter withDomains: whether the hosts' domains are wanted, which take longest to find.
  func merge(_ partials: [FinishedPartial], withDomains: Bool = true) throws -> Merged {
    let merge = crew.phase("rank") { UsageMerge(partials, parallel: parallel) }
    let classes = try crew.phase("classify") { try classify(merge.hosts, withDomains) }
    let rows = try crew.phase("merge") { try merge.rows(classes: classes, parallel: parallel) }
    return Merged(
      rows: rows, appIDs: Set(classes.apps.map(\.id)), users: merge.userNames)
  }

  /// Merges the shares of a batch and writes its files of `usage`.
  func write(_ partials: [FinishedPartial], batch: String, source: String) throws -> Result {
    let merged = try merge(partials)
    let rows = merged.rows
    let writer = parquetWriter(UsageSchema.fileSchema, "usage", UsageSchema.sortedBy)
    for (day, range) in rows.days {
      for part in range.cut(Self.fileRowsMax) {
        let groups = try encode(writer, rows.rowGroups(part, Self.rowGroupBounds)) { place, group in
          (rows.column(place, group, batch: batch, source: source), 0..<group.count)
        }
        try write(groups, by: writer, day: day)
      }
    }
    return Result(rows: rows.count, appIDs: merged.appIDs, users: merged.users)
  }

  /// Columns of `usage` of which the table's log says nothing.
  static let silent: Set<String> = ["user", "src_ip", "device"]

  /// Adds a file of `usage`.
  private func write(_ groups: [[EncodedChunk]], by writer: ParquetWriter, day: Int32) throws {
    try crew.phase("write") {
      var file = try GrowingParquet(writer, table: "usage", day: day, in: sink)
      for group in groups { try file.append(group) }
      try file.finish(silent: Self.silent)
    }
  }

  /// Writes a small table as one file.
  func write(_ table: Table, to name: String, day: Int32, sortedBy: [String]) throws {
    let writer = parquetWriter(table.schema, name, sortedBy)
    let groups = try encode(writer, writer.rowGroups(of: 0..<table.rowCount)) { place, group in
      (table.columns[place], group)
    }
    try crew.phase("write") {
      let file = writer.assemble(rowGroups: groups)
      try sink.write(file.segments, to: name, day: day, statistics: file.statistics)
    }
  }

  func parquetWriter(_ schema: Schema, _ name: String, _ sortedBy: [String]) -> ParquetWriter {
    ParquetWriter(
      schema: schema, sortedBy: sortedBy,
      metadata: [("logveil.schema", "1"), ("logveil.table", name)], createdBy: createdBy,
      options: Self.options)
  }

  /// Encodes row groups, as many columns of them at once as there are threads; a column of a group
  /// is made when its turn comes, and gone when it is encoded.
  ///
  /// - Parameter column: gives, of a row group, a column and where in it the group lies.
  func encode(
    _ writer: ParquetWriter, _ groups: [Range<Int>],
    column: @Sendable (Int, Range<Int>) -> (Column, Range<Int>)
  ) throws -> [[EncodedChunk]] {
    try crew.phase("encode") { try encodeColumns(writer, groups, column) }
  }

  private func encodeColumns(
    _ writer: ParquetWriter, _ groups: [Range<Int>],
    _ column: @Sendable (Int, Range<Int>) -> (Column, Range<Int>)
  ) throws -> [[EncodedChunk]] {
    let columns = writer.schema.fields.count
    let chunks = try crew.map(columns * groups.count) { turn in
      // Sums and times come last and take longest.
      let place = columns - 1 - turn / groups.count
      var compressor = try ZstdCompressor(level: writer.options.zstdLevel)
      let (column, rows) = column(place, groups[turn % groups.count])
      return try writer.encodeChunk(column, at: place, rows: rows, using: &compressor)
    }
    return groups.indices.map { group in
      (0..<columns).map { chunks[(columns - 1 - $0) * groups.count + group] }
    }
  }

  /// Looks the hosts' apps and domains up, each host once.
  private func classify(_ hosts: ByteStrings, _ withDomains: Bool) throws -> HostClasses {
    let parts = (0..<hosts.count).cut(4096)
    let found = try crew.map(parts.count) { try classify(parts[$0], of: hosts, withDomains) }
    var apps: [HostClasses.App] = []
    var places: [AppID: UInt32] = [:]
    var classes: [HostClasses.Host] = []
    classes.reserveCapacity(hosts.count)
    for part in found {
      for host in part {
        var place: UInt32 = 0
        if let app = host.app {
          place = places[app] ?? 0
          if place == 0, let name = catalog.name(app) {
            apps.append(
              HostClasses.App(
                name: name, id: app.rawValue, category: catalog.category(app) ?? ""))
            place = UInt32(apps.count)
            places[app] = place
          }
        }
        classes.append(HostClasses.Host(app: place, domain: host.domain))
      }
    }
    return HostClasses(apps: apps, hosts: classes)
  }

  private struct FoundHost {
    let app: AppID?
    let domain: Range<Int>
  }

  private func classify(
    _ places: Range<Int>, of hosts: ByteStrings, _ withDomains: Bool
  ) throws -> [FoundHost] {
    var domains = try RegistrableDomain()
    return places.map { place in
      let domain = withDomains ? domains.domain(of: hosts.span(place)) : nil
      return FoundHost(app: catalog.app(forHost: hosts.span(place)), domain: domain ?? 0..<0)
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
