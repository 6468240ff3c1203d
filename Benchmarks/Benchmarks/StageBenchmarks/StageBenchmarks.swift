import Benchmark
import BenchmarkDoors
import ByteBlocks
import ByteKernels

// Names become file names: no blanks, no commas.
let benchmarks: @Sendable () -> Void = {
  indexStages()
  fieldStages()
  parseStages()
  tableStages()
}

/// The structural index, at every level of this processor; the scalar one is the bar.
func indexStages() {
  let pool = BlockPool(blocksMax: 1, textBytesMax: Lines.blockBytes)
  var lines = Lines(seed: 1)
  let text = lines.w3c()
  let lineCount = lines.count
  for level in KernelLevel.supported {
    let index = Box(TextIndex(level: level))
    stage(
      "index-\(level.name)",
      bytes: text.count,
      records: lineCount,
      prepare: { makeBlock(text, from: pool) },
      { (block: consuming Block) in
        index.value.fill(from: block, dialect: .w3c)
        return index.value.lineCount
      },
      check: { $0 == lineCount }
    )
  }
}

/// What is done with fields, on lines that are indexed and cut already.
func fieldStages() {
  let cut = Box(CutLines(seed: 2))
  let count = cut.value.fields.recordCount
  stage(
    "cut",
    bytes: cut.value.block.count,
    records: count,
    prepare: {},
    { _ in cut.value.cut() },
    check: { $0 == count }
  )
  stage(
    "decimals-two-columns",
    records: 2 * count,
    prepare: {},
    { _ in cut.value.readDecimals() },
    check: { $0 > 0 }
  )
  stage(
    "date-times",
    records: count,
    prepare: {},
    { _ in cut.value.readTimes() },
    check: { $0 > 0 }
  )
  stage(
    "dictionary-find",
    records: count,
    prepare: {},
    { _ in cut.value.findUsers() },
    check: { $0 == 0 }
  )
  stage(
    "group",
    records: count,
    prepare: { GroupTable() },
    { (table: consuming GroupTable) in
      try table.add(cut.value.events)
      return table.count
    },
    check: { $0 > 1 && $0 <= count }
  )
}

/// Whole blocks through the parser of a format, as a thread of the pipeline does it.
func parseStages() {
  for format in ["w3c", "squid"] {
    let pool = BlockPool(blocksMax: 1, textBytesMax: Lines.blockBytes + Lines.w3cHeader.utf8.count)
    var lines = Lines(seed: 3)
    let text =
      format == "w3c" ? Array(Lines.w3cHeader.utf8) + lines.w3c() : lines.squid()
    let lineCount = lines.count
    guard let door = LogDoor(format: format) else { continue }
    let parser = Box(door)
    stage(
      "parse-\(format)",
      bytes: text.count,
      records: lineCount,
      prepare: { makeBlock(text, from: pool) },
      { (block: consuming Block) in parser.value.parse(block) },
      check: { $0 == lineCount }
    )
  }
}

/// Names under the cipher, and a table as a file.
func tableStages() {
  let nameCount = 1024
  var lines = Lines(seed: 4)
  let names = ByteStrings((0..<nameCount).map { _ in lines.user() })
  if let door = try? CipherDoor() {
    let cipher = Box(door)
    stage(
      "siv-batch-1024",
      records: nameCount,
      prepare: {},
      { _ in try cipher.value.seal(names) },
      check: { count in count == nameCount && (try? cipher.value.open()) == nameCount }
    )
  }
  let rowCount = 200_000
  let users = ByteStrings((0..<rowCount).map { _ in lines.user() }.sorted())
  let hosts = ByteStrings(Set((0..<rowCount).map { _ in lines.host() }).sorted())
  let codes = (0..<rowCount).map { _ in UInt32(lines.below(hosts.count)) }
  let bytes = (0..<rowCount).map { _ in Int64(lines.below(1 << 20)) }
  let table = TableDoor(users: users, hosts: hosts, hostCodes: codes, bytes: bytes)
  stage(
    "parquet-encode",
    records: rowCount,
    prepare: {},
    { _ in try table.encode() },
    check: { $0.prefix(4) == Array("PAR1".utf8)[...] && $0.suffix(4) == Array("PAR1".utf8)[...] }
  )
}
