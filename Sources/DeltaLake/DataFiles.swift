import Storage

/// How the folders of partitions are called: `column=value`.
package enum PartitionFolder {
  /// What stands for null, as in Hive.
  package static let nullValue = "__HIVE_DEFAULT_PARTITION__"
}

/// The folder that the data files of a partition lie in.
struct PartitionPlace {
  private let folders: [String]

  /// The place of the partition with these values.
  ///
  /// Values must be of the bytes that a storage takes, so that nothing needs escaping.
  init(
    table: String, partitionColumns: [String], values: [String: String?]
  ) throws(DeltaError) {
    var folders: [String] = []
    for column in partitionColumns {
      guard let value = values[column] else { throw .badPartition(table: table, column: column) }
      let folder = "\(column)=\(value ?? PartitionFolder.nullValue)"
      guard value != "", StoragePath.isValidName(folder) else {
        throw .badPartition(table: table, column: column)
      }
      folders.append(folder)
    }
    if let other = values.keys.sorted().first(where: { !partitionColumns.contains($0) }) {
      throw .badPartition(table: table, column: other)
    }
    self.folders = folders
  }

  /// The path of a file in it, relative to the table's folder.
  func path(_ name: String) -> String { (folders + [name]).joined(separator: "/") }

  /// Makes the folders below `table`; not durable.
  func makeFolders(in table: DeltaTable) throws(DeltaError) {
    var folder = table.path
    for part in folders {
      folder += "/" + part
      try stored { () throws(StorageError) in try table.storage.makeFolder(folder) }
    }
  }
}

extension DeltaTable {
  // 4 MiB: what is compared of two files at once.
  private static let comparedBytes: Int64 = 4 << 20

  /// Whether two files hold the same bytes.
  func areEqual(_ first: String, _ second: String) throws(DeltaError) -> Bool {
    try stored { () throws(StorageError) in
      guard let count = try storage.status(first)?.byteCount,
        try storage.status(second)?.byteCount == count
      else { return false }
      var start: Int64 = 0
      while start < count {
        let range = start..<min(count, start + Self.comparedBytes)
        let bytes = try storage.read(first, range)
        guard try storage.read(second, range) == bytes, bytes.count == range.count else {
          return false
        }
        start = range.upperBound
      }
      return true
    }
  }

  /// Makes the names of data files durable: those in their folders, and the folders themselves.
  func synchroniseFolders(of files: [String]) throws(DeltaError) {
    var folders: Set<String> = []
    for file in files {
      var folder = StoragePath.folder(of: file)
      while folder != ".", folders.insert(folder).inserted {
        folder = StoragePath.folder(of: folder)
      }
    }
    guard !files.isEmpty else { return }
    // Inner folders first, so that a name never outlives what it leads to.
    let sorted = folders.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
    for folder in sorted {
      try stored { () throws(StorageError) in
        try storage.synchroniseFolder(path + "/" + folder)
      }
    }
    try stored { () throws(StorageError) in try storage.synchroniseFolder(path) }
  }
}
