import ByteBlocks
import ColumnTables
import Glibc
import ParquetFiles
import ParquetSamples

/// Times the encoding of a table shaped as a run's `usage` rows, column by column.
enum Timing {
  static func run(rows: Int, level: Int) throws(ParquetError) {
    let table = usageTable(rows: rows)
    var options = ParquetOptions()
    options.zstdLevel = level
    let writer = ParquetWriter(
      schema: table.schema,
      sortedBy: ["source", "app"],
      metadata: [],
      createdBy: "probe",
      options: options
    )
    var codec = try ZstdCompressor(level: level)
    var total = 0.0
    var chunks: [EncodedChunk] = []
    for (index, field) in table.schema.fields.enumerated() {
      var best = Double.infinity
      var encoded: EncodedChunk?
      for _ in 0..<5 {
        let start = seconds()
        let chunk = try writer.encodeChunk(
          table.columns[index], at: index, rows: 0..<rows, using: &codec)
        best = min(best, seconds() - start)
        encoded = chunk
      }
      total += best
      if let encoded { chunks.append(encoded) }
      let nanoseconds = String(Int(best * 1e10 / Double(rows)))
      print("\(field.name): \(nanoseconds) tenths of ns/value, \(encoded?.byteCount ?? 0) bytes")
    }
    let start = seconds()
    let file = writer.assemble(rowGroups: [chunks])
    total += seconds() - start
    print("all: \(Int(total * 1e6)) µs, \(file.byteCount) bytes")
    try timeReading(file.bytes)
  }

  private static func timeReading(_ bytes: [UInt8]) throws(ParquetError) {
    let reader = try ParquetReader(bytes: bytes)
    for field in reader.schema.fields {
      let start = seconds()
      let table = try reader.readTable(columns: [field.name])
      let spent = (seconds() - start) * 1e10 / Double(max(1, table.rowCount))
      print("read \(field.name): \(Int(spent)) tenths of ns/value")
    }
  }

  private static func seconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Sorted by source, app, host, user, as the aggregation leaves it.
  private static func usageTable(rows: Int) -> Table {
    var random = SeededRandom(1)
    var fields: [Field] = []
    var columns: [Column] = []
    func text(_ name: String, distinct: Int, sorted: Bool, prefix: String) {
      let strings = (0..<distinct).map { "\(prefix)\(String(SeededRandom.mixed($0), radix: 32))" }
        .sorted()
      let codes = (0..<rows).map { row in
        sorted ? UInt32(row * distinct / max(rows, 1)) : UInt32(random.next() % UInt64(distinct))
      }
      fields.append(Field(name, .string))
      columns.append(Column(.codes(codes, ByteStrings(strings))))
    }
    func numbers(_ name: String, _ type: ColumnType, _ make: () -> Int64) {
      fields.append(Field(name, type))
      columns.append(Column(.int64s((0..<rows).map { _ in make() })))
    }
    text("source", distinct: 1, sorted: true, prefix: "default")
    text("app", distinct: 300, sorted: true, prefix: "app-")
    text("category", distinct: 20, sorted: true, prefix: "category-")
    text("host", distinct: 3000, sorted: true, prefix: "www.example.")
    text("domain", distinct: 2000, sorted: true, prefix: "example.")
    text("user", distinct: 30_000, sorted: false, prefix: "u1-abcdefghijklmnopqrstuvwxyz234567")
    text("src_ip", distinct: 30_000, sorted: false, prefix: "i1-abcdefghijklmnopqrstuvwxyz23456")
    text("action", distinct: 2, sorted: false, prefix: "a")
    fields.append(Field("private", .boolean, isNullable: false))
    columns.append(Column(.booleans([Bool](repeating: false, count: rows))))
    numbers("app_id", .int64) { Int64(random.next() % 300) }
    numbers("events", .int64) { Int64(random.next() % 4 * (random.next() % 4)) + 1 }
    numbers("uploaded_bytes", .int64) { Int64(random.next() >> (44 + random.next() % 12)) }
    numbers("downloaded_bytes", .int64) { Int64(random.next() >> (40 + random.next() % 16)) }
    numbers("total_bytes", .int64) { Int64(random.next() >> (40 + random.next() % 16)) }
    let day: Int64 = 1_700_000_000_000_000
    numbers("first_seen", .timestamp) { day + Int64(random.next() % 86_400) * 1_000_000 }
    numbers("last_seen", .timestamp) { day + Int64(random.next() % 86_400) * 1_000_000 }
    return Table(schema: Schema(fields), columns: columns, rowCount: rows)
  }
}

extension SeededRandom {
  fileprivate static func mixed(_ index: Int) -> UInt64 {
    var random = SeededRandom(UInt64(index))
    return random.next()
  }
}
