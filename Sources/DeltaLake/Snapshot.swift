package import ColumnTables

/// A table as of one version.
package struct Snapshot: Sendable {
  /// The table's folder.
  package let table: String
  package internal(set) var version: Int64 = -1
  package internal(set) var metadata: TableMetadata
  package internal(set) var tableProtocol: TableProtocol
  package internal(set) var schema: Schema
  /// The last version that each application committed.
  package internal(set) var transactions: [String: Int64] = [:]
  /// Files that belong to the table, by path.
  package internal(set) var liveFiles: [String: AddedFile] = [:]
  /// Files that belonged to it once and may still be on disk, by path.
  package internal(set) var removedFiles: [String: RemovedFile] = [:]
  // Which commit of the table holds an application's last mark.
  // For marks out of a checkpoint it is the checkpoint's version.
  var transactionCommits: [String: Int64] = [:]
  /// The checkpoint that the table was read from; `nil`: from its beginning.
  package internal(set) var checkpointVersion: Int64?

  /// Files that belong to the table, sorted by path.
  package var files: [AddedFile] {
    liveFiles.values.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The columns that are folders' names rather than columns of the files.
  package var partitionColumns: [String] { metadata.partitionColumns }

  /// Whether files may be removed from the table.
  package var isAppendOnly: Bool { metadata.configuration["delta.appendOnly"] == "true" }
}

extension Snapshot {
  /// The table as its first commits leave it, which must say what it is.
  init(table: String, first commits: [LogCommit]) throws(DeltaError) {
    self = try Self(empty: table, commits)
    for commit in commits { try apply(commit) }
  }

  /// The table as a checkpoint has it.
  init(table: String, checkpoint: LogCommit) throws(DeltaError) {
    self = try Self(empty: table, [checkpoint])
    checkpointVersion = checkpoint.version
    try take(checkpoint)
  }

  /// A table of which only columns and protocol are known.
  private init(empty table: String, _ commits: [LogCommit]) throws(DeltaError) {
    var metadata: TableMetadata?
    var tableProtocol: TableProtocol?
    for commit in commits {
      for action in commit.actions {
        if case .metadata(let value) = action { metadata = value }
        if case .tableProtocol(let value) = action { tableProtocol = value }
      }
    }
    guard let metadata, let tableProtocol else { throw .incompleteLog(table: table) }
    self.table = table
    self.metadata = metadata
    self.tableProtocol = tableProtocol
    try Self.check(tableProtocol, of: table)
    schema = try Self.schema(metadata, of: table)
  }

  /// Takes in the next commit.
  mutating func apply(_ commit: LogCommit) throws(DeltaError) {
    precondition(commit.version == version + 1, "A commit was left out.")
    try take(commit)
  }

  private mutating func take(_ commit: LogCommit) throws(DeltaError) {
    version = commit.version
    // Removes first: within one commit an add of the same path stands for its new state.
    for case .remove(let file) in commit.actions {
      liveFiles[file.path] = nil
      removedFiles[file.path] = file
    }
    for action in commit.actions {
      switch action {
      case .add(let file):
        liveFiles[file.path] = file
        removedFiles[file.path] = nil
      case .transaction(let transaction):
        transactions[transaction.appID] = transaction.version
        transactionCommits[transaction.appID] = commit.version
      case .metadata(let value):
        if value != metadata { schema = try Self.schema(value, of: table) }
        metadata = value
      case .tableProtocol(let value):
        try Self.check(value, of: table)
        tableProtocol = value
      case .commitInfo, .remove: break
      }
    }
  }

  private static func check(_ rules: TableProtocol, of table: String) throws(DeltaError) {
    let ours = TableProtocol.ours
    guard rules.minReaderVersion <= ours.minReaderVersion,
      rules.minWriterVersion <= ours.minWriterVersion, rules.features.isEmpty
    else {
      throw .unsupportedProtocol(
        table: table,
        reader: rules.minReaderVersion,
        writer: rules.minWriterVersion,
        features: rules.features
      )
    }
  }

  private static func schema(
    _ metadata: TableMetadata,
    of table: String
  ) throws(DeltaError) -> Schema {
    let schema: Schema
    do {
      schema = try SchemaText.schema(of: metadata.schemaText)
    } catch {
      switch error {
      case .malformed: throw .malformedSchema(table: table)
      case .column(let name, let type):
        throw .unsupportedColumn(table: table, column: name, type: type)
      case .invariant(let column):
        throw .unsupportedColumn(table: table, column: column, type: "with an invariant")
      }
    }
    guard metadata.partitionColumns.allSatisfy({ schema.index(of: $0) != nil }) else {
      throw .malformedSchema(table: table)
    }
    return schema
  }
}
