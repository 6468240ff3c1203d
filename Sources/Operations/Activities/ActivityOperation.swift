internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import IngestPipeline
internal import ParquetFiles
internal import Pseudonymisation
internal import StagedExecution
internal import Synchronization
internal import TableQueries
internal import UsageAggregation
internal import VeiledRecords

/// Asks the activity log.
///
/// Private activities are in a table of their own, which nobody opens here but who has
/// `view_private` and says why: that is a durable record before the first row is read.
package struct ActivityOperation {
  let request: ActivityRequest
  let scans: [(scan: TableScan, isPrivate: Bool)]
  let filters: [ActivityFilter]
  let gate: Gate
  private let executor: ThreadCrew
  private let isDestroyed: @Sendable (_ keyName: String) -> Bool
  private let sealed = SealedFiles()

  /// Columns that rows have; `private` with private ones only.
  package static let columns = ActivitySchema.schema.fields.map(\.name)

  /// Files in question that nobody can read any more, as their key was destroyed: their rows are
  /// not among those that were shown.
  package var sealedFiles: Int { sealed.count.load(ordering: .relaxed) }

  /// Asks whether this may be done, and finds the files.
  package init(_ request: ActivityRequest) throws(OperationError) {
    self.request = request
    if let first = request.first, let last = request.last,
      first.daysSince1970 > last.daysSince1970
    {
      throw OperationError(.usage, "--from is later than --to. Nothing was shown.")
    }
    let why = try request.confirmation.map { (text) throws(OperationError) in
      try Gate.justification(text)
    }
    let prepared = try Home.prepared(at: request.home, tenant: request.tenant)
    gate = prepared.gate
    try gate.require(.viewActivities)
    // The tables with clear names tell who it was.
    if request.isClear { try gate.require(.resolve) }
    if let why { try gate.require(.viewPrivate, for: .viewPrivate, justification: why) }
    filters = try ActivityFilters(request: request, gate: gate, keyring: prepared.keyring)
      .filters()
    executor = ThreadCrew(workers: request.threads)
    isDestroyed = { [keyring = prepared.keyring] in PrivateFiles.isDestroyed($0, keyring) }
    let lake = prepared.home.lake(tenant: request.tenant, isClear: request.isClear)
    do {
      let wanted =
        [ActivitySchema.table] + (why == nil ? [] : [ActivitySchema.privateTable])
      let there = try lake.tableNames()
      guard there.contains(ActivitySchema.table) else {
        throw OperationError(
          .noInput,
          "There is no activity log of tenant \(request.tenant). `logveil run --activities` "
            + "keeps one.")
      }
      try RunRecovery.recover(lake)
      let snapshots = try lake.snapshots(of: wanted)
      var scans: [(scan: TableScan, isPrivate: Bool)] = []
      for name in wanted {
        guard let snapshot = snapshots[name] else { continue }
        var scan = TableScan(lake.table(name), snapshot, columns: [])
        scan.days = Self.days(request)
        // Rows are written out, or joined again, which sorts.
        scan.sortsDictionaries = false
        scan.keys = PrivateFiles.keys(prepared.keyring)
        scan.wanted = filters.compactMap { filter in
          filter.wantedTexts.map { WantedTexts(filter.column, $0) }
        }
        scans.append((scan, name == ActivitySchema.privateTable))
      }
      self.scans = scans
    } catch { throw OperationError(error) }
    guard let why else { return }
    // Last: what is refused has shown nothing.
    try gate.record(.viewPrivate, .successful, targets: ["private activities"], justification: why)
  }

  private static func days(_ request: ActivityRequest) -> ClosedRange<String>? {
    guard request.first != nil || request.last != nil else { return nil }
    let first = request.first?.description ?? "0000-00-00"
    return first...(request.last?.description ?? "9999-99-99")
  }

  /// Records that rows leave the house.
  ///
  /// - Parameter rows: `nil` where they are about to, and nobody knows how many.
  package func recordExport(_ form: String, rows: Int?) throws(OperationError) {
    // How many rows private people have is nobody's business either.
    let words =
      request.confirmation == nil ? rows.map { ": \($0) rows" } ?? "" : ", with private ones"
    try gate.record(
      .export, rows == nil ? .intent : .successful, targets: ["activities as \(form)\(words)"])
  }

  /// Records that an export that had begun to leave the house broke off.
  package func recordFailedExport(_ form: String, _ error: OperationError) throws(OperationError) {
    let words = request.confirmation == nil ? "" : ", with private ones"
    try gate.record(
      .export, .failed, targets: ["activities as \(form)\(words)"], errors: [error.description])
  }

  /// Rows of one part that are wanted.
  struct Found: Sendable {
    let table: Table
    let date: String
    let isPrivate: Bool
    let rows: [Int]

    var constants: [String: RowConstant] {
      ["date": .text(date), "private": .boolean(isPrivate)]
    }
  }

  /// Reads part after part, as many at once as there are threads, in the order of days and files.
  ///
  /// - Parameters:
  ///   - columns: what `body` needs.
  ///   - render: done for several parts at once.
  ///   - body: gets the results in order; returns whether it wants more.
  func readEach<Result: Sendable>(
    columns: [String], _ render: @escaping @Sendable (Found) -> Result,
    _ body: (Result) throws -> Bool
  ) throws {
    HeapMemory.keep()  // What a file's names took is for the next one's.
    for (scan, isPrivate) in scans {
      let reader = PartReader(
        scan, columns, filters, isPrivate: isPrivate, isDestroyed: isDestroyed)
      let files = scan.files.sorted { ($0.day, $0.path) < ($1.day, $1.path) }
      var start = 0
      while start < files.count {
        let end = min(files.count, start + request.threads)
        let first = start
        let slots = Mutex<[Swift.Result<[Result]?, any Error>?]>(
          Array(repeating: nil, count: end - start))
        executor.forEach(end - start) { turn in
          let found = Swift.Result { try reader.found(in: files[first + turn])?.map(render) }
          slots.withLock { $0[turn] = found }
        }
        for slot in slots.withLock({ $0 }) {
          guard let results = try slot?.get() else {
            sealed.count.add(1, ordering: .relaxed)
            continue
          }
          for result in results where try !body(result) { return }
        }
        start = end
      }
    }
  }
}

/// How many files nobody could read.
private final class SealedFiles: Sendable {
  let count = Atomic(0)
}

/// Finds the wanted rows of files.
///
/// First the columns that are filtered by, of the pages that may hold wanted rows; then the others,
/// of those pages alone that do.
private struct PartReader: Sendable {
  /// Rows are few below this part of those that were read.
  private static let fewShare = 4

  private let keys: TableScan
  private let others: TableScan
  private let filters: [ActivityFilter]
  private let isPrivate: Bool
  private let isDestroyed: @Sendable (_ keyName: String) -> Bool

  init(
    _ scan: TableScan, _ columns: [String], _ filters: [ActivityFilter], isPrivate: Bool,
    isDestroyed: @escaping @Sendable (_ keyName: String) -> Bool
  ) {
    let all = ActivitySchema.fileSchema.fields.map(\.name)
    let filtered = Set(filters.map(\.column))
    keys = TableScan(like: scan, columns: all.filter { filtered.contains($0) })
    others = TableScan(
      like: scan, columns: all.filter { columns.contains($0) && !filtered.contains($0) })
    self.filters = filters
    self.isPrivate = isPrivate
    self.isDestroyed = isDestroyed
  }

  /// `nil` where nobody can read the file any more, as its key was destroyed.
  func found(in file: AddedFile) throws -> [ActivityOperation.Found]? {
    let parts: [TableScan.Part]
    do { parts = try keys.parts(of: file) } catch {
      if case .file(_, .noKey(let name)) = error, isDestroyed(name) { return nil }
      throw error
    }
    return try parts.compactMap { part in try found(in: part) }
  }

  private func found(in part: TableScan.Part) throws -> ActivityOperation.Found? {
    let keys = try self.keys.read(part)
    var isWanted = [Bool](repeating: true, count: part.rowCount)
    for filter in filters { filter.apply(to: keys.column(filter.column), &isWanted) }
    guard let first = isWanted.firstIndex(of: true), let last = isWanted.lastIndex(of: true) else {
      return nil
    }
    let rest = try others.read(part.narrowed(to: first..<last + 1))
    let isWhole = last + 1 - first == part.rowCount
    let rows = (first...last).filter { isWanted[$0] }
    if rows.count * Self.fewShare < part.rowCount {
      // Few rows bring along few texts only: each text of a dictionary is written out once.
      let few = keys.picking(rows).beside(rest.picking(rows.map { $0 - first }))
      return ActivityOperation.Found(
        table: few, date: part.date, isPrivate: isPrivate, rows: Array(rows.indices))
    }
    let table = (isWhole ? keys : keys.picking(Array(first...last))).beside(rest)
    return ActivityOperation.Found(
      table: table, date: part.date, isPrivate: isPrivate, rows: rows.map { $0 - first })
  }
}

extension Table {
  /// The columns of both, which have the same rows.
  fileprivate func beside(_ other: Table) -> Table {
    Table(
      schema: Schema(schema.fields + other.schema.fields), columns: columns + other.columns,
      rowCount: other.rowCount)
  }
}
