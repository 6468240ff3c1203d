public import ByteBlocks
internal import ColumnTables
internal import ParquetFiles

/// Encodes a table shaped like `usage` as a Parquet file, for the benchmarks.
public struct TableDoor: Sendable {
  private let table: Table
  private let writer: ParquetWriter

  /// A table of sorted users, hosts that are looked up in a dictionary, and sums.
  ///
  /// - Parameters:
  ///   - users: one a row.
  ///   - hosts: sorted by bytes, none twice.
  ///   - hostCodes: places in `hosts`, one a row.
  ///   - bytes: sums, one a row.
  public init(users: ByteStrings, hosts: ByteStrings, hostCodes: [UInt32], bytes: [Int64]) {
    let schema = Schema([
      Field("user", .string), Field("host", .string, isNullable: false),
      Field("events", .int64, isNullable: false), Field("uploaded_bytes", .int64),
    ])
    let events = bytes.map { $0 & 63 + 1 }
    table = Table(
      schema: schema,
      columns: [
        Column(.strings(users)), Column(.codes(hostCodes, hosts)), Column(.int64s(events)),
        Column(.int64s(bytes)),
      ],
      rowCount: bytes.count
    )
    writer = ParquetWriter(
      schema: schema,
      sortedBy: ["user"],
      metadata: [],
      createdBy: "logveil version 0.0.0 (build benchmark)"
    )
  }

  /// The whole table as a file.
  public func encode() throws -> [UInt8] {
    try writer.encode(table, rows: 0..<table.rowCount).bytes
  }
}
