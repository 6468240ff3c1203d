import ByteBlocks
import ColumnTables
import ParquetSamples
import Testing

@testable import ParquetFiles

/// A damaged file gives an error or its old values, and never ends the process.
@Suite struct DamageTests {
  static let table: Table = {
    let all = Samples.table(rows: 21, nulls: .few, seed: 2)
    let kept = ["runs", "small", "day", "bytes", "time", "unique", "words", "codes"]
    return Table(
      schema: Schema(all.schema.fields.filter { kept.contains($0.name) }),
      columns: kept.compactMap { all.column($0) },
      rowCount: all.rowCount
    )
  }()

  static func file(_ options: ParquetOptions = ParquetOptions()) throws -> [UInt8] {
    try Samples.writer(table, options).encode(table, rows: 0..<table.rowCount).bytes
  }

  /// What is left of a file's meaning: the values of each column by name.
  static func values(_ bytes: [UInt8]) throws(ParquetError) -> [String: [Value]] {
    let reader = try ParquetReader(bytes: bytes)
    try reader.verify()
    let table = try reader.readTable()
    var values: [String: [Value]] = [:]
    for (field, column) in zip(table.schema.fields, table.columns) {
      values[field.name] = Samples.rows(column)
    }
    return values
  }

  /// The footer has no checksum: a name may change there, unseen; the pages have one.
  @Test(arguments: [UInt8(0x01), 0x80, 0xFF]) func everyFlippedByte(mask: UInt8) throws {
    let bytes = try Self.file()
    let original = try Self.values(bytes)
    let reader = try ParquetReader(bytes: bytes)
    let footerStart =
      reader.metadata.rowGroups[0].columns.map {
        Int($0.chunkStart + $0.compressedSize)
      }.max() ?? 0
    var unnoticed = 0
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= mask
      do {
        let found = try Self.values(damaged)
        let isSame = found == original
        if index < footerStart { #expect(isSame, "byte \(index) of \(footerStart)") }
        if !isSame { unnoticed += 1 }
        for (name, values) in found where original[name] != nil {
          let isOld = values == original[name]
          #expect(isOld, "byte \(index), column \(name)")
        }
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    #expect(unnoticed < 200, "\(unnoticed) flips changed a name or type unnoticed")
  }

  @Test func everyTruncation() throws {
    let bytes = try Self.file()
    for count in 0..<bytes.count {
      #expect(throws: ParquetError.self) { try Self.values(Array(bytes[..<count])) }
    }
  }

  @Test(arguments: 0..<4) func randomDamage(seed: Int) throws {
    var options = ParquetOptions()
    options.isCompatible = seed % 2 == 0
    let bytes = try Self.file(options)
    var random = SeededRandom(UInt64(seed))
    for _ in 0..<300 {
      var damaged = bytes
      for _ in 0...random.next() % 4 {
        let index = Int(random.next() % UInt64(bytes.count))
        damaged[index] = UInt8(truncatingIfNeeded: random.next())
      }
      _ = try? Self.values(damaged)
    }
  }

  /// Page bodies are behind a checksum; here the decoders themselves get bad bytes.
  @Test(arguments: 0..<8) func decodersTakeAnyBytes(seed: Int) throws {
    var random = SeededRandom(UInt64(seed))
    for _ in 0..<2000 {
      let end = Int(random.next() % 40)
      let bytes: [UInt8] = (0..<end + 16).map { _ in
        UInt8(truncatingIfNeeded: random.next() & random.next())
      }
      let count = Int(random.next() % 100)
      var codes: [UInt32] = []
      var longs: [Int64] = []
      var ints: [Int32] = []
      var flags: [Bool] = []
      var strings = ByteStrings()
      let width = Int(random.next() % 34)
      var at = 0
      try? RunLengthHybrid.read(
        bytes.span,
        at: &at,
        end: end,
        width: width,
        count: count,
        into: &codes,
        page: 0
      )
      at = 0
      try? DeltaBinaryPacked.read(
        bytes.span,
        at: &at,
        end: end,
        count: count,
        into: &longs,
        page: 0
      )
      at = 0
      try? Plain.read(bytes.span, at: &at, end: end, count: count, into: &ints, page: 0)
      at = 0
      try? BooleanRuns.readBits(bytes.span, at: &at, end: end, count: count, into: &flags, page: 0)
      at = 0
      try? Plain.read(bytes.span, at: &at, end: end, count: count, into: &strings, page: 0)
      at = 0
      try? DeltaLengthByteArray.read(
        bytes.span,
        at: &at,
        end: end,
        count: count,
        into: &strings,
        page: 0
      )
      at = 0
      try? DeltaByteArray.read(
        bytes.span,
        at: &at,
        end: end,
        count: count,
        into: &strings,
        bytesMax: 1000,
        page: 0
      )
      #expect(codes.count <= 100 && longs.count <= 100 && ints.count <= 100)
    }
  }

  @Test(arguments: 0..<4) func footersTakeAnyBytes(seed: Int) {
    var random = SeededRandom(UInt64(seed))
    for _ in 0..<2000 {
      let bytes: [UInt8] = (0..<Int(random.next() % 200)).map { _ in
        UInt8(truncatingIfNeeded: random.next() & random.next() & 0x7F)
      }
      _ = try? FileMetadata(bytes, in: 0..<bytes.count)
    }
  }

  @Test func statedSizesDoNotMakeUsAllocate() throws {
    let bytes = try Self.file()
    var limits = ParquetLimits()
    limits.rowsMax = 20
    #expect(throws: ParquetError.self) { try ParquetReader(bytes: bytes, limits: limits) }
    limits = ParquetLimits()
    limits.pageBytesMax = 10
    let reader = try ParquetReader(bytes: bytes, limits: limits)
    #expect(throws: ParquetError.self) { try reader.readTable() }
    limits = ParquetLimits()
    limits.textBytesMax = 10
    let texts = try ParquetReader(bytes: bytes, limits: limits)
    #expect(throws: ParquetError.self) { try texts.readTable(columns: ["unique"]) }
  }

  @Test func notParquetAtAll() {
    for bytes in [[], Array("PAR1".utf8), Array("no Parquet file, this".utf8)] {
      #expect(throws: ParquetError.notParquet(byteCount: bytes.count)) {
        try ParquetReader(bytes: bytes)
      }
    }
    let encrypted = Array("PARExxxxxxxxPARE".utf8)
    #expect(throws: ParquetError.unsupported(.encryption)) {
      try ParquetReader(bytes: encrypted)
    }
  }

  @Test func aFlippedPageNamesItsColumnAndOffset() throws {
    var bytes = try Self.file()
    bytes[40] ^= 1
    let reader = try ParquetReader(bytes: bytes)
    #expect(throws: ParquetError.checksum(column: "runs", offset: 4)) { try reader.verify() }
  }

  @Test func callersMistakesTrap() async {
    await #expect(processExitsWith: .failure) {
      _ = Samples.writer(Table(schema: Schema([]), columns: [], rowCount: 0))
    }
    await #expect(processExitsWith: .failure) {
      let table = Samples.table(rows: 3, nulls: .none, seed: 1)
      _ = try Samples.writer(table).encode(table, rows: 0..<4)
    }
    await #expect(processExitsWith: .failure) {
      let table = Samples.table(rows: 3, nulls: .none, seed: 1)
      let other = Samples.table(rows: 3, nulls: .notNullable, seed: 1)
      _ = try Samples.writer(table).encode(other, rows: 0..<3)
    }
    await #expect(processExitsWith: .failure) {
      let table = Samples.table(rows: 3, nulls: .none, seed: 1)
      _ = Samples.writer(table).assemble(rowGroups: [[]])
    }
  }
}
