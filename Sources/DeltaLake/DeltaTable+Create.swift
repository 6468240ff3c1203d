package import ColumnTables
import Glibc
import Storage

extension DeltaTable {
  /// Makes the table, durably, unless it is there.
  ///
  /// Of several processes that make the same table at once one wins, and the others use it.
  /// - Parameters:
  ///   - schema: all columns, also those of the partitioning.
  ///   - partitionColumns: the columns that become folders' names.
  ///   - configuration: table properties, as `delta.deletedFileRetentionDuration`.
  ///   - id: the table's UUID; a random one where `nil`.
  /// - Returns: the table as it is now.
  /// - Throws: `schemaDiffers` when it is there with other columns or another partitioning.
  @discardableResult
  package func create(
    schema: Schema,
    partitionColumns: [String],
    configuration: [String: String] = [:],
    id: String? = nil
  ) throws(DeltaError) -> Snapshot {
    precondition(
      partitionColumns.allSatisfy { schema.index(of: $0) != nil },
      "A table is partitioned by its own columns."
    )
    if try !exists() {
      let metadata = TableMetadata(
        id: id ?? Self.randomID(),
        schemaText: SchemaText.text(of: schema),
        partitionColumns: partitionColumns,
        configuration: configuration,
        createdTime: clock()
      )
      try publishFirst(metadata)
    }
    let snapshot = try snapshot()
    guard snapshot.schema == schema, snapshot.partitionColumns == partitionColumns else {
      throw .schemaDiffers(table: path)
    }
    return snapshot
  }

  private func publishFirst(_ metadata: TableMetadata) throws(DeltaError) {
    var info = CommitInfo(operation: "CREATE TABLE")
    info.timestamp = clock()
    info.engine = engine
    let actions: [LogAction] = [
      .commitInfo(info), .tableProtocol(.ours), .metadata(metadata),
    ]
    let bytes = actions.flatMap(\.line)
    let temporary = "\(logPath)/\(Self.creationPrefix)\(metadata.id).tmp"
    do {
      // All folders are durable before the first version can be seen, so that whoever sees it
      // needs to care for the log's folder alone.
      try storage.makeFolders(logPath)
      _ = try storage.publish(bytes, at: logFilePath(0), temporary: temporary)
    } catch {
      // A recovery takes our temporary file away, but only once somebody else made the table.
      guard error.errorNumber == ENOENT, try exists() else { throw .storage(error) }
    }
    try stored { () throws(StorageError) in try storage.synchroniseFolder(logPath) }
  }

  /// How the temporary files of a table's making start.
  static let creationPrefix = ".create-"

  /// A random UUID (version 4).
  static func randomID() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[6] = bytes[6] & 0x0f | 0x40
    bytes[8] = bytes[8] & 0x3f | 0x80
    var text: [UInt8] = []
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      text += [hexDigit(byte >> 4), hexDigit(byte & 15)]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
