package import ParquetFiles

/// How the files of an encrypted table are opened and made.
package struct TableEncryption: Sendable {
  package let keys: FileKeys
  /// What encrypts the files of a day, as the partition has it. Its log says nothing of the rows.
  package let encryption: @Sendable (_ date: String) throws -> FileEncryption
  /// Whether the key of this name is gone for good: nobody can read its files any more.
  package let isDestroyed: @Sendable (_ keyName: String) -> Bool

  package init(
    keys: @escaping FileKeys, isDestroyed: @escaping @Sendable (_ keyName: String) -> Bool,
    encryption: @escaping @Sendable (_ date: String) throws -> FileEncryption
  ) {
    self.keys = keys
    self.isDestroyed = isDestroyed
    self.encryption = encryption
  }
}

/// How the files of a table are made, so that rewritten ones are like those of a run.
package struct TableLayout: Sendable {
  /// As the footers name the table.
  package let name: String
  /// Columns that the rows of a file are sorted by; may be empty.
  package let sortedBy: [String]
  /// Columns of which the table's log says nothing.
  package let silent: Set<String>
  /// The program, as footers name it.
  package let createdBy: String
  /// `nil`: files are plain.
  package var encryption: TableEncryption?
  /// Rows of a row group: about 150 bytes each are in memory while a file is rewritten.
  package var rowGroupRowsMax = 1 << 19
  /// Rows of one file, at most: there are readers that hold a file as a whole.
  package var fileRowsMax = 8 << 20
  /// Rows in memory while files are merged, at most: a row group of each.
  package var heldRowsMax = 4 << 20
  /// Files below this size are worth merging.
  package var smallBytesMax: Int64 = 128 << 20
  /// Bytes of a file that others become, at most.
  package var fileBytesMax: Int64 = 512 << 20
  /// Bytes of the files that become one, at most: larger row groups do not always take less.
  var mergedBytesMax: Int64 { fileBytesMax / 5 * 4 }

  package init(name: String, sortedBy: [String], silent: Set<String>, createdBy: String) {
    self.name = name
    self.sortedBy = sortedBy
    self.silent = silent
    self.createdBy = createdBy
  }
}
