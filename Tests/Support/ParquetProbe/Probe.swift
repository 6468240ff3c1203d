import ByteBlocks
import ColumnTables
import Glibc
import ParquetFiles
import ParquetSamples

/// Lets other programs meet our Parquet code: writes seeded tables with their values beside them
/// as JSON, and prints the values of files that others wrote.
@main struct Probe {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do throws(ParquetError) {
      switch arguments.first {
      case "write" where arguments.count == 2: try writeSamples(arguments[1])
      case "read": for path in arguments.dropFirst() { try readFile(path) }
      case "time" where arguments.count == 3:
        try Timing.run(rows: Int(arguments[1]) ?? 0, level: Int(arguments[2]) ?? 3)
      default:
        print("usage: parquet-probe write FOLDER | read FILE… | time ROWS LEVEL")
        exit(64)
      }
    } catch {
      print(error)
      exit(65)
    }
  }

  /// Writes `NAME.parquet`, and `NAME.json` with rows and statistics, for each shape.
  static func writeSamples(_ folder: String) throws(ParquetError) {
    for rows in [0, 1, 8, 33, 129, 1000, 20_001] {
      for nulls in Nulls.allCases {
        var options = ParquetOptions()
        let table = Samples.table(rows: rows, nulls: nulls, seed: UInt64(rows))
        try write(table, options, "\(folder)/\(rows)-\(nulls)-default")
        options.rowGroupRowsMax = 700
        options.pageRowsMax = 90
        options.isCompatible = true
        options.zstdLevel = 1
        guard rows <= 1000 else { continue }
        try write(table, options, "\(folder)/\(rows)-\(nulls)-compatible")
        options.isCompatible = false
        options.bloomFilterColumns = ["codes", "ids", "count"]
        try write(table, options, "\(folder)/\(rows)-\(nulls)-small-pages")
      }
    }
  }

  static func write(
    _ table: Table,
    _ options: ParquetOptions,
    _ path: String
  ) throws(ParquetError) {
    let file = try Samples.writer(table, options).encode(table, rows: 0..<table.rowCount)
    store(file.segments, "\(path).parquet")
    let json = JSON.object([
      ("table", JSON.table(table)), ("statistics", JSON.statistics(file.statistics)),
    ])
    store([Array(json.utf8)], "\(path).json")
  }

  static func readFile(_ path: String) throws(ParquetError) {
    let reader = try ParquetReader(bytes: load(path))
    try reader.verify()
    print(JSON.table(try reader.readTable()))
  }

  static func store(_ segments: [[UInt8]], _ path: String) {
    guard let file = unsafe fopen(path, "wb") else { return quit("cannot create \(path)") }
    for segment in segments {
      unsafe segment.withUnsafeBytes { _ = unsafe fwrite($0.baseAddress, 1, $0.count, file) }
    }
    unsafe fclose(file)
  }

  static func load(_ path: String) -> [UInt8] {
    guard let file = unsafe fopen(path, "rb") else {
      quit("cannot open \(path)")
      return []
    }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe fread($0.baseAddress, 1, $0.count, file)
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  static func quit(_ reason: String) {
    print(reason)
    exit(74)
  }
}
