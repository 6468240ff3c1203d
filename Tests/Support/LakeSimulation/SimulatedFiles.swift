internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import ParquetFiles
internal import Synchronization

/// A row of the simulated tables.
struct SimulatedRow: Hashable, Comparable {
  let batch: String
  let events: Int64

  static func < (a: Self, b: Self) -> Bool { (a.batch, a.events) < (b.batch, b.events) }

  /// The rows of a table; the column `events` may be left out.
  static func rows(of table: Table) -> [SimulatedRow] {
    guard case .codes(let codes, let dictionary)? = table.column("batch")?.values else {
      return strings(of: table)
    }
    return codes.indices.map { row in
      SimulatedRow(batch: dictionary.string(Int(codes[row])), events: events(table, row))
    }
  }

  private static func strings(of table: Table) -> [SimulatedRow] {
    guard case .strings(let batches)? = table.column("batch")?.values else { return [] }
    return (0..<batches.count).map { row in
      SimulatedRow(batch: batches.string(row), events: events(table, row))
    }
  }

  private static func events(_ table: Table, _ row: Int) -> Int64 {
    if case .int64s(let numbers)? = table.column("events")?.values { numbers[row] } else { 0 }
  }
}

/// Files of one row, each made once in a process.
enum SimulatedFiles {
  struct File: Sendable {
    let bytes: [UInt8]
    let statistics: TableStatistics
  }

  private static let made = Mutex<[String: File]>([:])

  static func file(of row: SimulatedRow, table: String) -> File {
    let name = "\(table) \(row.batch) \(row.events)"
    if let file = made.withLock({ $0[name] }) { return file }
    let schema = SimulatedWorld.schema.without(["date"])
    let rows = Table(
      schema: schema,
      columns: [
        Column(.codes([0], ByteStrings([row.batch]))), Column(.int64s([row.events])),
      ], rowCount: 1)
    let writer = ParquetWriter(
      schema: schema, sortedBy: ["batch"], metadata: [("table", table)], createdBy: "simulation")
    guard let parquet = try? writer.encode(rows, rows: 0..<1) else {
      preconditionFailure("One row is always encoded.")
    }
    let file = File(bytes: parquet.bytes, statistics: parquet.statistics)
    made.withLock { $0[name] = file }
    return file
  }
}

/// Files that were verified once in this process and found good: what the same bytes under the
/// same line of a log would be again.
enum VerifiedFiles {
  private struct Verified: Sendable {
    let file: AddedFile
    let bytes: [UInt8]
    let rows: [SimulatedRow]
  }

  private static let countMax = 10_000
  private static let verified = Mutex<[String: Verified]>([:])

  /// The rows of a file that is as it was when it was verified.
  static func rows(of file: AddedFile, at path: String, _ bytes: [UInt8]?) -> [SimulatedRow]? {
    guard let known = verified.withLock({ $0[path] }), known.file == file, known.bytes == bytes
    else { return nil }
    return known.rows
  }

  static func note(_ file: AddedFile, at path: String, _ bytes: [UInt8], rows: [SimulatedRow]) {
    verified.withLock { verified in
      if verified.count >= countMax { verified = [:] }
      verified[path] = Verified(file: file, bytes: bytes, rows: rows)
    }
  }
}
