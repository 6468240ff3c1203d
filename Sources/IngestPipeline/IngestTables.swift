internal import ArchiveDecoding
internal import ByteBlocks
package import ColumnTables
internal import StagedExecution
internal import VeiledRecords

/// The tables `ingests` (a row per archive) and `rejects` (a row per refused line).
package enum IngestTables {
  /// The partition column of both: the day of ingest.
  package static let partition = "date"

  /// All columns of `ingests`.
  package static let ingestsSchema = Schema([
    Field("date", .date), Field("archive", .string), Field("file_hash", .string),
    Field("batch", .string), Field("name", .string), Field("bytes", .int64),
    Field("decompressed_bytes", .int64), Field("lines", .int64), Field("events", .int64),
    Field("excluded", .int64), Field("rejected", .int64), Field("comments", .int64),
    Field("format", .string), Field("source", .string), Field("anonymise_users", .boolean),
    Field("anonymise_machines", .boolean), Field("options", .string),
    Field("catalog_version", .string), Field("canon_version", .int32),
    Field("tool_version", .string), Field("event_dates", .string), Field("started", .timestamp),
    Field("finished", .timestamp), Field("first_seen", .timestamp), Field("last_seen", .timestamp),
    Field("status", .string), Field("error", .string),
  ])

  /// All columns of `rejects`.
  package static let rejectsSchema = Schema([
    Field("date", .date), Field("archive", .string), Field("offset", .int64),
    Field("line", .int64), Field("reason", .string), Field("field", .string),
  ])

  /// What is the same for all archives of a run.
  package struct Context: Sendable {
    package var options: IngestOptions
    package var catalogVersion: String
    package var canonVersion: Int32
    package var toolVersion: String
    /// Ids of the rules on what is left out, by their places.
    package var ruleIDs: [Int64] = []

    package init(
      options: IngestOptions, catalogVersion: String, canonVersion: Int32, toolVersion: String
    ) {
      self.options = options
      self.catalogVersion = catalogVersion
      self.canonVersion = canonVersion
      self.toolVersion = toolVersion
    }
  }

  /// The rows of `ingests` for archives that joined or failed; known ones have theirs already.
  ///
  /// - Parameters:
  ///   - batches: ids of the run's batches, by number.
  ///   - crew: reads the reports, a part of them at a time.
  static func ingests(
    _ reports: [ArchiveReport], batches: [String], _ context: Context, by crew: TimedCrew
  ) throws -> Table {
    let schema = ingestsSchema.without([partition])
    let parts = reports.indices.cut(1024)
    let settings = schema.fields.map { setting($0.name, context) }
    let rows = try crew.map(parts.count) { part in
      let readers = schema.fields.indices.filter { settings[$0] == nil }.map { place in
        (place, reader(schema.fields[place].name, batches, context))
      }
      var cells = schema.fields.map { Cells($0) }
      for report in reports[parts[part]] where !report.isKnown {
        for (place, reader) in readers { cells[place].append(reader(report)) }
      }
      return cells
    }
    let rowCount = reports.count { !$0.isKnown }
    let columns = try crew.map(schema.fields.count) { place in
      if let value = settings[place] { return value.column(of: schema.fields[place], rowCount) }
      return rows.reduce(into: Cells(schema.fields[place])) { $0.append($1[place]) }.column()
    }
    return Table(schema: schema, columns: columns, rowCount: rowCount)
  }

  /// One cell.
  private enum Value {
    case text(String)
    case number(Int64)
    case flag(Bool)

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int64? { if case .number(let number) = self { number } else { nil } }
    var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }

    /// A column of this value alone.
    func column(of field: Field, _ count: Int) -> Column {
      if case .text(let text) = self {
        return Column(.codes(Array(repeating: 0, count: count), ByteStrings([text])))
      }
      var cells = Cells(field)
      for _ in 0..<count { cells.append(self) }
      return cells.column()
    }
  }

  /// The cells of one column.
  private struct Cells {
    private let type: ColumnType
    private var texts = ByteStrings()
    private var numbers: [Int64] = []
    private var flags: [Bool] = []
    private var isValid: [Bool] = []

    init(_ field: Field) { type = field.type }

    mutating func append(_ value: Value?) {
      isValid.append(value != nil)
      switch type {
      case .string: texts.append(value?.text ?? "")
      case .boolean: flags.append(value?.flag ?? false)
      case .int32, .date, .int64, .timestamp: numbers.append(value?.number ?? 0)
      }
    }

    mutating func append(_ others: Cells) {
      texts.append(contentsOf: others.texts)
      numbers += others.numbers
      flags += others.flags
      isValid += others.isValid
    }

    func column() -> Column {
      let isValid = isValid.contains(false) ? isValid : nil
      switch type {
      case .string: return Column(.strings(texts), isValid: isValid)
      case .boolean: return Column(.booleans(flags), isValid: isValid)
      case .int32, .date:
        return Column(.int32s(numbers.map { Int32(clamping: $0) }), isValid: isValid)
      case .int64, .timestamp: return Column(.int64s(numbers), isValid: isValid)
      }
    }
  }

  /// What a column says of an archive.
  private typealias Reader = (ArchiveReport) -> Value?

  private static func reader(_ name: String, _ batches: [String], _ context: Context) -> Reader {
    switch name {
    case "archive": { $0.contentID.isEmpty ? nil : .text($0.contentID) }
    // How far that of a damaged archive came depends on the threads.
    case "file_hash": { $0.isJoined && !$0.fileHash.isEmpty ? .text($0.fileHash) : nil }
    case "batch": { if case .joined(let batch) = $0.outcome { .text(batches[batch]) } else { nil } }
    case "name": { .text($0.reference.name) }
    case "format": { $0.format.map { .text($0) } }
    case "event_dates":
      { .text($0.days.map { CivilDay($0).description }.joined(separator: ",")) }
    case "first_seen": { $0.firstSeen.map { .number($0) } }
    case "last_seen": { $0.lastSeen.map { .number($0) } }
    case "started": { .number($0.started) }
    case "finished": { .number($0.finished) }
    case "status": { .text($0.isFailed ? "failed" : "committed") }
    case "error":
      { if case .failed(let problem) = $0.outcome { .text(problem.description) } else { nil } }
    case "options": { .text(options($0, context)) }
    default: countReader(name)
    }
  }

  /// What stands in front of the counts of rules, behind the options of the run.
  package static let leftOutWord = "left-out="

  /// What stands in front of the number of events whose user is no person, the same place.
  package static let nullUsersWord = "null-users="

  /// The options, with `null-users=7` how many events have a user that is no person, and with
  /// `left-out=3:120,5:2` how many events each rule has left out, by its number; `other` is what no
  /// rule includes.
  private static func options(_ report: ArchiveReport, _ context: Context) -> String {
    var words = [context.options.description]
    if report.counts.nullUsers > 0 { words.append(nullUsersWord + String(report.counts.nullUsers)) }
    if !report.leftOut.isEmpty {
      let counts = report.leftOut.sorted { $0.key < $1.key }.map { place, count in
        "\(place < context.ruleIDs.count ? String(context.ruleIDs[place]) : "other"):\(count)"
      }
      words.append(leftOutWord + counts.joined(separator: ","))
    }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The options without what one archive has of its own.
  package static func sharedOptions(_ text: String) -> String {
    text.split(separator: " ")
      .filter { !$0.hasPrefix(leftOutWord) && !$0.hasPrefix(nullUsersWord) }
      .joined(separator: " ")
  }

  private static func countReader(_ name: String) -> Reader {
    switch name {
    case "bytes": { .number(Int64(clamping: $0.storedBytes)) }
    case "decompressed_bytes": { .number(Int64(clamping: $0.textBytes)) }
    case "lines": { .number(Int64($0.counts.lines)) }
    case "events": { .number(Int64($0.counts.events)) }
    case "excluded": { .number(Int64($0.counts.excluded)) }
    case "rejected": { .number(Int64($0.counts.rejected)) }
    case "comments": { .number(Int64($0.counts.comments)) }
    default: preconditionFailure("The table of archives has no column of this name.")
    }
  }

  /// What a column says of all archives of a run; `nil` where it is not the same.
  private static func setting(_ name: String, _ context: Context) -> Value? {
    switch name {
    case "source": .text(context.options.source)
    case "anonymise_users": .flag(context.options.anonymisesUsers)
    case "anonymise_machines": .flag(context.options.anonymisesMachines)
    case "catalog_version": .text(context.catalogVersion)
    case "canon_version": .number(Int64(context.canonVersion))
    case "tool_version": .text(context.toolVersion)
    default: nil
    }
  }

  /// The rows of `rejects`, archive by archive and line by line.
  static func rejects(_ rejects: PendingRejects) -> Table {
    var archives = ByteStrings()
    var (reasons, fields) = (ByteStrings(), ByteStrings())
    var (offsets, lines): ([Int64], [Int64]) = ([], [])
    var hasField: [Bool] = []
    for part in rejects.parts {
      for reject in part.lines {
        archives.append(part.archive)
        reasons.append(reject.status.reason?.word ?? "")
        fields.append(reject.status.attribute?.word ?? "")
        hasField.append(reject.status.attribute != nil)
        offsets.append(Int64(reject.offset))
        lines.append(Int64(reject.line))
      }
    }
    return Table(
      schema: rejectsSchema.without([partition]),
      columns: [
        Column(.strings(archives)), Column(.int64s(offsets)), Column(.int64s(lines)),
        Column(.strings(reasons)), Column(.strings(fields), isValid: hasField),
      ],
      rowCount: lines.count)
  }
}
