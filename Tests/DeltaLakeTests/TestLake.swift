import ColumnTables
import DeltaLake
import Foundation
import SimulatedStorage
import Storage

/// A lake of its own for one test, on a simulated disk or in a folder that goes with it.
final class TestLake: Sendable {
  static let schema = Schema([Field("date", .date), Field("events", .int64)])
  static let time: Int64 = 1_795_219_480_000
  let lake: Lake
  let folder: URL?

  init(onDisk: Bool = false, tables: [String] = ["usage", "ingests"]) throws {
    let storage: any Storage
    if onDisk {
      let folder = FileManager.default.temporaryDirectory.appending(
        path: "lake-\(UUID().uuidString)"
      )
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      self.folder = folder
      storage = try DiskStorage(root: folder.path)
    } else {
      folder = nil
      storage = SimulatedStorage(SimulatedDisk(seed: 1))
    }
    lake = Lake(storage: storage, path: "lake/default", waitMilliseconds: onDisk ? 60_000 : 0) {
      TestLake.time
    }
    for table in tables {
      try lake.table(table).create(schema: Self.schema, partitionColumns: ["date"])
    }
  }

  deinit { if let folder { try? FileManager.default.removeItem(at: folder) } }

  static func statistics(_ rows: Int) -> TableStatistics {
    TableStatistics(
      rowCount: rows,
      columns: [
        .init(
          name: "events",
          type: .int64,
          nullCount: 0,
          minimum: .integer(1),
          maximum: .integer(9)
        )
      ]
    )
  }

  static func golden(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
}

extension RunTransaction {
  /// Adds a small file of its own to `table`.
  @discardableResult
  func add(_ table: String, _ text: String, date: String = "2026-01-01") throws -> AddedFile {
    let bytes = Array(text.utf8)
    return try add(
      table: table,
      bytes: bytes.span,
      partition: ["date": date],
      statistics: TestLake.statistics(3)
    )
  }
}

extension Storage {
  func put(_ path: String, _ bytes: [UInt8]) throws(StorageError) {
    try makeFolders(StoragePath.folder(of: path))
    try create(path, bytes.span)
  }

  func put(_ path: String, _ text: String) throws(StorageError) { try put(path, Array(text.utf8)) }
}
