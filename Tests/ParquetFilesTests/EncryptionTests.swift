import ByteBlocks
import ColumnTables
import ParquetFiles
import Sealing
import Testing

@Suite struct EncryptionTests {
  private static let schema = Schema([
    Field("user", .string), Field("events", .int64), Field("ok", .boolean),
  ])

  private func table(_ rows: Int) -> Table {
    let users = ByteStrings(["", "p1-anna", "p1-bert"])
    return Table(
      schema: Self.schema,
      columns: [
        Column(
          .codes((0..<rows).map { UInt32($0 % 3) }, users), isValid: (0..<rows).map { $0 % 3 > 0 }),
        Column(.int64s((0..<rows).map { Int64($0 * 7) })),
        Column(.booleans((0..<rows).map { $0 % 2 == 0 })),
      ], rowCount: rows)
  }

  private func key(_ byte: UInt8) throws -> KeyHandle {
    try KeyHandle(bytes: [UInt8](repeating: byte, count: 32).span)
  }

  private func file(_ table: Table, key byte: UInt8 = 1) throws -> [UInt8] {
    var options = ParquetOptions()
    options.rowGroupRowsMax = 100
    options.pageRowsMax = 30
    let writer = ParquetWriter(
      schema: Self.schema, sortedBy: ["user"], metadata: [("a", "b")], createdBy: "test",
      options: options)
    var codec = try ZstdCompressor(level: 1)
    var groups: [[EncodedChunk]] = []
    for rows in writer.rowGroups(of: 0..<table.rowCount) {
      groups.append(
        try table.columns.indices.map {
          try writer.encodeChunk(table.columns[$0], at: $0, rows: rows, using: &codec)
        })
    }
    let encryption = FileEncryption(
      key: try key(byte), nonceKey: try key(byte + 100), keyName: "the key")
    return try writer.assemble(rowGroups: groups, encryptedBy: encryption).bytes
  }

  private func keys(_ byte: UInt8) throws -> FileKeys {
    let key = try key(byte)
    return { $0 == "the key" ? key : nil }
  }

  @Test(arguments: [1, 31, 100, 257]) func comesBackWithTheKeyOnly(rows: Int) throws {
    let bytes = try file(table(rows))
    let reader = try ParquetReader(bytes: bytes, keys: try keys(1))
    try reader.verify()
    let read = try reader.readTable()
    #expect(read.rowCount == rows)
    guard case .int64s(let events)? = read.column("events")?.values else {
      Issue.record("no column events")
      return
    }
    #expect(events == (0..<rows).map { Int64($0 * 7) })
    #expect(read.column("user")?.isNull(0) == true)
    let none: FileKeys = { _ in nil }
    for wrong in [try keys(2), none] {
      #expect(throws: ParquetError.noKey(name: "the key")) {
        try ParquetReader(bytes: bytes, keys: wrong)
      }
    }
    #expect(throws: ParquetError.unsupported(.encryption)) { try ParquetReader(bytes: bytes) }
    #expect(try file(table(rows)) == bytes, "the same rows give the same bytes")
    let text = String(decoding: bytes, as: UTF8.self)
    for word in ["anna", "user", "events"] { #expect(!text.contains(word)) }
  }

  @Test func rangesAreReadAsWell() throws {
    let bytes = try file(table(257))
    let reader = try ParquetReader(byteCount: bytes.count, keys: try keys(1)) {
      Array(bytes[$0])
    }
    #expect(try reader.readTable(columns: ["ok"], rowGroups: 1..<3).rowCount == 157)
  }

  @Test func everyChangedByteIsFound() throws {
    let bytes = try file(table(40))
    let keys = try keys(1)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      do {
        let reader = try ParquetReader(bytes: changed, keys: keys)
        try reader.verify()
        // What names the algorithm may say the same in two ways; the rows are as they were.
        guard case .int64s(let events)? = try reader.readTable().column("events")?.values else {
          continue
        }
        #expect(place < 4 && events.count == 40, "byte \(place)")
      } catch {}
    }
  }
}
