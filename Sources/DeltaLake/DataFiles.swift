import Storage

/// A place for one data file: named by its bytes, in the folder of its partition.
struct DataFilePlace {
  /// Relative to the table's folder.
  let path: String
  private let partitionFolders: [String]
  private static let nullValue = "__HIVE_DEFAULT_PARTITION__"

  /// The place of `bytes`.
  ///
  /// Values must be of the bytes that a storage takes, so that nothing needs escaping.
  init(
    table: String,
    bytes: Span<UInt8>,
    partitionColumns: [String],
    values: [String: String?]
  ) throws(DeltaError) {
    var folders: [String] = []
    for column in partitionColumns {
      guard let value = values[column] else { throw .badPartition(table: table, column: column) }
      let folder = "\(column)=\(value ?? Self.nullValue)"
      guard value != "", StoragePath.isValidName(folder) else {
        throw .badPartition(table: table, column: column)
      }
      folders.append(folder)
    }
    if let other = values.keys.sorted().first(where: { !partitionColumns.contains($0) }) {
      throw .badPartition(table: table, column: other)
    }
    partitionFolders = folders
    path = (folders + [ContentName.name(of: bytes)]).joined(separator: "/")
  }

  /// Makes the folders of the partition below `table`; not durable.
  func makeFolders(in table: DeltaTable) throws(DeltaError) {
    var folder = table.path
    for part in partitionFolders {
      folder += "/" + part
      try stored { () throws(StorageError) in try table.storage.makeFolder(folder) }
    }
  }
}

extension DeltaTable {
  /// Writes a data file so that its bytes are durable before its name exists.
  ///
  /// A file that is there with the same bytes is as good. The name is durable only after
  /// `synchroniseFolders`. `temporaryMark` makes the temporary name one that nobody else uses;
  /// `announce` is called before the first byte is written, when the file is not there.
  func store(
    _ bytes: Span<UInt8>,
    at place: DataFilePlace,
    temporaryMark: String,
    announce: () throws(DeltaError) -> Void
  ) throws(DeltaError) {
    let target = path + "/" + place.path
    if try isStored(bytes, at: target) { return }
    try announce()
    try place.makeFolders(in: self)
    let temporary =
      "\(StoragePath.folder(of: target))/.\(StoragePath.name(of: target)).\(temporaryMark).tmp"
    let isFirst: Bool
    do {
      try storage.create(temporary, bytes)
      isFirst = try storage.link(temporary, to: target)
      try storage.remove(temporary)
    } catch {
      throw .storage(error)
    }
    if isFirst { return }
    guard try isStored(bytes, at: target) else { throw .storedFileDiffers(path: target) }
  }

  /// Whether the file is there with these bytes.
  private func isStored(_ bytes: Span<UInt8>, at target: String) throws(DeltaError) -> Bool {
    let status = try stored { () throws(StorageError) in try storage.status(target) }
    guard let status else { return false }
    guard status.byteCount == Int64(bytes.count) else { throw .storedFileDiffers(path: target) }
    let there = try stored { () throws(StorageError) in try storage.read(target) }
    guard Self.areEqual(there.span, bytes) else { throw .storedFileDiffers(path: target) }
    return true
  }

  private static func areEqual(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bool {
    guard first.count == second.count else { return false }
    for index in first.indices where first[index] != second[index] { return false }
    return true
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
