/// A file of rows that belongs to a table.
package struct AddedFile: Sendable, Equatable {
  /// Relative to the table's folder, not escaped.
  package var path: String
  /// A value for each partition column, as text; `nil` is null.
  package var partitionValues: [String: String?]
  package var byteCount: Int64
  /// Milliseconds since 1970.
  package var modificationTime: Int64
  /// What the file says of its rows, as the log's JSON; `FileStatistics` reads it.
  package var statisticsText: String?
  /// Whether its rows are new to the table, and not only laid out anew.
  package var changesRows = true

  package init(
    path: String,
    partitionValues: [String: String?],
    byteCount: Int64,
    modificationTime: Int64,
    statisticsText: String? = nil
  ) {
    self.path = path
    self.partitionValues = partitionValues
    self.byteCount = byteCount
    self.modificationTime = modificationTime
    self.statisticsText = statisticsText
  }
}

/// A file that belonged to a table once; it stays on disk until a vacuum.
package struct RemovedFile: Sendable, Equatable {
  package var path: String
  /// Milliseconds since 1970; `nil` where the log does not say.
  package var deletionTimestamp: Int64?
  package var partitionValues: [String: String?]
  package var byteCount: Int64?
  package var changesRows = true
}

/// An application's mark in a table: its last version that is part of it.
package struct Transaction: Sendable, Equatable {
  package var appID: String
  package var version: Int64
  /// Milliseconds since 1970.
  package var lastUpdated: Int64?

  package init(appID: String, version: Int64, lastUpdated: Int64? = nil) {
    self.appID = appID
    self.version = version
    self.lastUpdated = lastUpdated
  }
}

/// What a table is: its columns, partitioning and properties.
package struct TableMetadata: Sendable, Equatable {
  package var id: String
  /// The columns as the log's JSON.
  package var schemaText: String
  package var partitionColumns: [String]
  package var configuration: [String: String]
  /// Milliseconds since 1970.
  package var createdTime: Int64?
}

/// What readers and writers of a table must know; this room knows 1 and 2, and no feature.
package struct TableProtocol: Sendable, Equatable {
  package var minReaderVersion: Int64
  package var minWriterVersion: Int64
  /// Features of readers and writers, sorted.
  package var features: [String] = []

  /// What our tables ask for.
  package static let ours = TableProtocol(minReaderVersion: 1, minWriterVersion: 2)
}

/// What a commit says of itself.
package struct CommitInfo: Sendable, Equatable {
  /// Milliseconds since 1970.
  package var timestamp: Int64?
  /// What was done, as `WRITE`.
  package var operation: String
  package var parameters: [String: String]
  package var metrics: [String: String]
  /// The program that wrote the commit.
  package var engine: String?
  /// Free text of the caller.
  package var userMetadata: String?
  package var isBlindAppend: Bool?
  /// Whether rows come or go; a commit that only lays the same rows out anew says no, so that
  /// readers who follow changes pass it over.
  package var changesRows = true

  package init(
    operation: String,
    parameters: [String: String] = [:],
    metrics: [String: String] = [:],
    userMetadata: String? = nil
  ) {
    self.operation = operation
    self.parameters = parameters
    self.metrics = metrics
    self.userMetadata = userMetadata
  }
}

/// One line of a commit.
enum LogAction: Equatable {
  case commitInfo(CommitInfo)
  case tableProtocol(TableProtocol)
  case metadata(TableMetadata)
  case transaction(Transaction)
  case remove(RemovedFile)
  case add(AddedFile)
}
