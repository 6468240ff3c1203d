internal import ColumnTables
internal import DeltaLake
internal import IngestPipeline

/// What the table `ingests` says of one archive that the tables hold.
struct IngestRecord: Sendable {
  let archive: String
  let fileHash: String
  let storedBytes: Int64
  let batch: String
  let source: String
  /// Base name of the file it came from.
  let name: String
  let options: String
  /// Day of ingest, as the partition has it.
  let date: String
  let lines: Int64
  let events: Int64
  let rejected: Int64
  /// When it was begun to be read, in microseconds since 1970.
  let started: Int64
  /// Days with events, each as `YYYY-MM-DD`.
  let eventDates: String

  /// Rows that the table `rejects` has of it.
  var rejectRows: Int64 { min(rejected, Int64(ArchiveReport.rejectRowsMax)) }
  /// Whether each of its events has a row in the activity log.
  var keepsActivities: Bool { options.split(separator: " ").contains("activities") }
  var batchKey: BatchKey { BatchKey(source: source, batch: batch) }
}

/// An archive that was left out.
struct IngestFailure: Sendable {
  let name: String
  let error: String
}

/// One batch of archives: the same archives in two sources are two batches.
struct BatchKey: Hashable, Sendable {
  let source: String
  let batch: String
}

/// The archives that a lake holds, by the table `ingests`.
struct IngestRecords: Sendable {
  /// Those whose rows are in the tables: status `committed`.
  private(set) var committed: [IngestRecord] = []
  /// Those that were left out.
  private(set) var failed: [IngestFailure] = []

  private static let columns = [
    "archive", "file_hash", "bytes", "batch", "source", "name", "options", "lines", "events",
    "rejected", "status", "started", "error", "event_dates",
  ]

  init(of lake: Lake, _ snapshot: Snapshot) throws {
    try LakeTables.readFiles(lake.table("ingests"), snapshot, columns: Self.columns) {
      file, rows in add(rows, date: file.date)
    }
  }

  /// The archives of files that no version lists yet.
  init(of lake: Lake, _ files: [LooseFile]) throws {
    for loose in files where loose.table == "ingests" {
      try LakeTables.readFile(loose.file, of: lake.table("ingests"), columns: Self.columns) {
        add($0, date: loose.file.date)
      }
    }
  }

  private mutating func add(_ rows: Table, date: String) {
    let text = { (name: String) in { (row: Int) in rows.column(name)?.text(row) ?? "" } }
    let number = { (name: String) in { (row: Int) in rows.column(name)?.number(row) ?? 0 } }
    let (status, error) = (text("status"), text("error"))
    let (archive, hash, batch) = (text("archive"), text("file_hash"), text("batch"))
    let (source, name, options) = (text("source"), text("name"), text("options"))
    let (bytes, lines, started) = (number("bytes"), number("lines"), number("started"))
    let (events, rejected, dates) = (number("events"), number("rejected"), text("event_dates"))
    for row in 0..<rows.rowCount {
      switch status(row) {
      case "committed":
        committed.append(
          IngestRecord(
            archive: archive(row), fileHash: hash(row), storedBytes: bytes(row),
            batch: batch(row), source: source(row), name: name(row),
            options: IngestTables.sharedOptions(options(row)),
            date: date, lines: lines(row), events: events(row), rejected: rejected(row),
            started: started(row), eventDates: dates(row)))
      case "failed": failed.append(IngestFailure(name: name(row), error: error(row)))
      default: break
      }
    }
  }

  /// What a run must know of a source, to skip what was read before.
  func known(source: String) -> KnownArchives {
    var known = KnownArchives()
    for record in committed where record.source == source {
      known.insert(
        KnownArchives.Entry(
          archive: record.archive, fileHash: record.fileHash, storedBytes: record.storedBytes,
          options: record.options))
    }
    return known
  }

  /// Those of `archives` that a source has.
  func held(_ archives: Set<String>, source: String) -> Set<String> {
    Set(committed.filter { $0.source == source && archives.contains($0.archive) }.map(\.archive))
  }
}

extension AddedFile {
  /// The day that the partition stands for, as text.
  var date: String { (partitionValues["date"] ?? nil) ?? "" }
}
