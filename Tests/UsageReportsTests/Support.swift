import ByteBlocks
import ColumnTables
import DeltaLake
import ParquetFiles
import ReportFigures
import SimulatedStorage
import StagedExecution
import Storage
import UsageReports
import VeiledRecords

/// One row of `usage`, with what a test does not care about left at its default.
struct Row {
  var day: Int32 = 100
  var source = "default"
  var host: String? = "a.example"
  var user: String? = "u1-aaaa"
  var address: String? = nil
  var device: String? = nil
  var tag: String? = nil
  var action: String? = "allowed"
  var events: Int64 = 1
  var up: Int64? = 10
  var down: Int64? = 20
  var total: Int64? = 30
  var isPrivate = false
}

/// A table `usage` in memory, and reports on it.
struct ReportBench {
  let table: DeltaTable
  private let lake: Lake

  static let schema = Schema([
    Field("date", .date), Field("source", .string), Field("host", .string),
    Field("user", .string), Field("src_ip", .string), Field("device", .string),
    Field("action", .string), Field("events", .int64), Field("uploaded_bytes", .int64),
    Field("downloaded_bytes", .int64), Field("total_bytes", .int64),
    Field("last_seen", .timestamp), Field("ip_tag", .string), Field("private", .boolean),
  ])

  /// A table with a file for each of `files`; the rows of a file are of one day.
  init(_ files: [[Row]]) throws {
    lake = Lake(
      storage: SimulatedStorage(SimulatedDisk(seed: 1)), path: "lake/default", waitMilliseconds: 0
    ) { 0 }
    table = lake.table("usage")
    try table.create(schema: Self.schema, partitionColumns: ["date"])
    let run = try RunTransaction.begin(lake, run: "run-1", tables: ["usage"])
    for rows in files {
      let columns = Self.columns(rows)
      let writer = ParquetWriter(
        schema: columns.schema, sortedBy: [], metadata: [], createdBy: "test")
      let file = try writer.encode(columns, rows: 0..<rows.count)
      let day = CivilDay(rows[0].day).description
      _ = try run.add(
        table: "usage", bytes: file.bytes.span, partition: ["date": day],
        statistics: file.statistics, leavingOut: [])
    }
    _ = try run.commit()
  }

  static func columns(_ rows: [Row]) -> Table {
    let numbers: [[Int64?]] = [
      rows.map(\.events), rows.map(\.up), rows.map(\.down), rows.map(\.total),
      rows.map { Int64($0.day) * 86_400_000_000 },
    ]
    let texts: [[String?]] = [
      rows.map(\.source), rows.map(\.host), rows.map(\.user), rows.map(\.address),
      rows.map(\.device), rows.map(\.action),
    ]
    func valid<Value>(_ values: [Value?]) -> [Bool]? {
      values.contains { $0 == nil } ? values.map { $0 != nil } : nil
    }
    let tags = rows.map(\.tag)
    let columns =
      texts.map { Column(.strings(ByteStrings($0.map { $0 ?? "" })), isValid: valid($0)) }
      + numbers.map { Column(.int64s($0.map { $0 ?? 0 }), isValid: valid($0)) }
      + [
        Column(.strings(ByteStrings(tags.map { $0 ?? "" })), isValid: valid(tags)),
        Column(.booleans(rows.map(\.isPrivate))),
      ]
    return Table(schema: schema.without(["date"]), columns: columns, rowCount: rows.count)
  }

  /// Hosts below `app1.example` … are apps 1 …; the domain of all others is the host itself.
  static let apps = AppDirectory(
    version: "test",
    classify: { host in
      var text = ""
      for place in host.indices { text.unicodeScalars.append(Unicode.Scalar(host[place])) }
      let label = text.split(separator: ".").dropLast().last ?? ""
      if label.hasPrefix("app"), let number = Int32(label.dropFirst(3)) { return .app(number) }
      return .domain(text)
    },
    facts: { AppFacts(number: $0, name: "App \($0)", category: $0 % 2 == 0 ? "Even" : "Odd") })

  func report(
    _ period: ReportPeriod = .newest(days: 30), source: String? = nil, tags: [String] = [],
    group: Set<String>? = nil,
    crew: some Executor = ThreadCrew(workers: 2),
    canonical: (@Sendable (Span<UInt8>) -> [UInt8]?)? = nil
  ) throws -> DiscoveryReport {
    var query = ReportQuery(tenant: "default")
    query.period = period
    query.source = source
    query.addressTags = tags
    query.group = group.map { ("team", $0) }
    query.canonical = canonical
    return try UsageReport(table, try table.snapshot(), query: query, apps: Self.apps)
      .make(crew, made: "2026-01-01T00:00:00Z", toolVersion: "test")
  }
}
