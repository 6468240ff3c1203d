package import ColumnTables

/// What a commit is to change in one table.
package struct TableChanges: Sendable, Equatable {
  /// Files to add; each path once.
  package private(set) var adds: [AddedFile] = []
  /// Files to remove; each path once.
  package private(set) var removes: [AddedFile] = []
  /// Marks of applications to set.
  package private(set) var claims: [Claim] = []
  /// Paths of added files that were there before the run, and stay when it does not commit.
  private(set) var adoptedPaths: Set<String> = []
  private var addedPaths: Set<String> = []
  private var removedPaths: Set<String> = []

  /// A mark that the commit sets only if the one before is what the caller thinks.
  package struct Claim: Sendable, Equatable {
    package var appID: String
    /// The mark that must be there; `nil`: none may be.
    package var previous: Int64?
    package var next: Int64

    package init(appID: String, previous: Int64?, next: Int64) {
      self.appID = appID
      self.previous = previous
      self.next = next
    }
  }

  package init() {}

  package var isEmpty: Bool { adds.isEmpty && removes.isEmpty && claims.isEmpty }

  /// Adds a file; one with the same name, thus with the same bytes, counts once.
  package mutating func add(_ file: AddedFile) {
    if addedPaths.insert(file.path).inserted { adds.append(file) }
  }

  /// Adds a file that does not belong to the run.
  mutating func adopt(_ file: AddedFile) {
    adoptedPaths.insert(file.path)
    add(file)
  }

  /// Removes a file that the table has.
  package mutating func remove(_ file: AddedFile) {
    if removedPaths.insert(file.path).inserted { removes.append(file) }
  }

  /// Sets a mark.
  package mutating func claim(_ claim: Claim) { claims.append(claim) }

  /// Paths that are removed and not added again.
  var pathsGone: [String] { removes.map(\.path).filter { !addedPaths.contains($0) } }

  /// The changes in a fixed order, whatever the order in which threads brought them.
  func sorted() -> TableChanges {
    var changes = self
    changes.adds.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    changes.removes.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    changes.claims.sort { $0.appID.utf8.lexicographicallyPrecedes($1.appID.utf8) }
    return changes
  }

  /// What is left to do in the table as `snapshot` shows it.
  ///
  /// A file that is added and removed stays as it is; one that is there need not be added.
  func rebased(on snapshot: Snapshot, shape: TableShape) throws(DeltaError) -> TableChanges {
    guard shape == TableShape(snapshot) else {
      throw .conflict(table: snapshot.table, .schemaChanged)
    }
    var left = TableChanges()
    for file in removes {
      guard snapshot.liveFiles[file.path] != nil else {
        throw .conflict(table: snapshot.table, .fileGone(path: file.path))
      }
      if !addedPaths.contains(file.path) { left.remove(file) }
    }
    if !left.removes.isEmpty, snapshot.isAppendOnly {
      throw .conflict(table: snapshot.table, .appendOnly)
    }
    for file in adds where snapshot.liveFiles[file.path] == nil { left.add(file) }
    for claim in claims {
      guard snapshot.transactions[claim.appID] == claim.previous else {
        throw .conflict(table: snapshot.table, .transactionTaken(appID: claim.appID))
      }
      left.claim(claim)
    }
    return left
  }
}

/// What files of a table must look like: a commit made for one shape does not fit another.
package struct TableShape: Sendable, Equatable {
  package let schema: Schema
  package let partitionColumns: [String]

  package init(schema: Schema, partitionColumns: [String]) {
    self.schema = schema
    self.partitionColumns = partitionColumns
  }

  package init(_ snapshot: Snapshot) {
    self.init(schema: snapshot.schema, partitionColumns: snapshot.partitionColumns)
  }
}
