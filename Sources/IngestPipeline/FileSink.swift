package import ColumnTables
internal import ParquetFiles

/// Where the files of a run go.
package protocol FileSink: Sendable {
  /// Begins a file of a table. Several may be begun at once.
  ///
  /// - Parameter day: the partition, in days since 1970.
  func begin(table: String, day: Int32) throws -> any SinkFile
}

/// A file on its way to where files go; it belongs to one owner, and what was not finished is gone.
package protocol SinkFile {
  /// Adds bytes.
  func append(_ bytes: [UInt8]) throws
  /// Makes the file durable, to be committed with the run.
  ///
  /// - Parameters:
  ///   - statistics: what the table's log says of the rows; `nil`: nothing at all.
  ///   - silent: columns of which the table's log must say nothing.
  func finish(statistics: TableStatistics?, silent: Set<String>) throws
}

extension FileSink {
  /// Writes a file of which all pieces are there.
  func write(
    _ pieces: [[UInt8]], to table: String, day: Int32, statistics: TableStatistics?,
    silent: Set<String> = []
  ) throws {
    let file = try begin(table: table, day: day)
    for piece in pieces { try file.append(piece) }
    try file.finish(statistics: statistics, silent: silent)
  }
}

/// A file of `usage` or another table, row group by row group.
struct GrowingParquet {
  private var stream: ParquetStream
  private let file: any SinkFile

  init(_ writer: ParquetWriter, table: String, day: Int32, in sink: any FileSink) throws {
    stream = ParquetStream(writer)
    file = try sink.begin(table: table, day: day)
  }

  /// Adds a row group: a chunk for each column.
  mutating func append(_ rowGroup: [EncodedChunk]) throws {
    for piece in stream.append(rowGroup: rowGroup) { try file.append(piece) }
  }

  /// Ends the file.
  mutating func finish(silent: Set<String>) throws {
    let (pieces, statistics) = stream.finish()
    for piece in pieces { try file.append(piece) }
    try file.finish(statistics: statistics, silent: silent)
  }
}
