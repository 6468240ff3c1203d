internal import AppMatching
internal import ByteBlocks
internal import ColumnTables
internal import ParquetFiles
internal import Pseudonymisation
internal import StagedExecution
internal import Synchronization
internal import UsageAggregation
internal import VeiledRecords

/// Rows of a file of the activity log, encoded but for the columns that only the end of the batch
/// tells.
struct EncodedActivities: Sendable {
  let day: Int32
  let isPrivate: Bool
  let rowCount: Int
  /// By column, then by row group; `nil`: not known yet.
  var columns: [[EncodedChunk]?]
  /// Where the bytes of the chunks went; `nil`: they are in memory.
  var spilled: SpillPlace?
  /// Counts what is in memory, until it is written or dropped.
  var held: HeldBytes.Share?

  var byteCount: Int { columns.reduce(0) { $0 + ($1 ?? []).reduce(0) { $0 + $1.byteCount } } }
}

/// Turns rows of the activity log into files.
struct ActivityWriter: Sendable {
  /// Rows that are encoded together, where archives are small.
  static let rowsMax = 1 << 20
  /// Encoded rows that stay in memory.
  static let heldBytesMax = 64 << 20

  private static let options: ParquetOptions = {
    var options = ParquetOptions()
    options.zstdLevel = 1
    options.rowGroupRowsMax = ActivitySchema.rowGroupRows
    return options
  }()

  let catalog: AppCatalog
  let keyring: Keyring
  let source: String
  let spill: (any SpillStore)?
  let shelf: NameShelf
  private let apps: AppCodes
  private let writer: ParquetWriter

  init(
    catalog: AppCatalog, keyring: Keyring, source: String, createdBy: String, workers: Int,
    spill: (any SpillStore)?
  ) {
    self.catalog = catalog
    self.keyring = keyring
    self.source = source
    self.spill = spill
    apps = AppCodes()
    shelf = NameShelf(workers: workers)
    writer = ParquetWriter(
      schema: ActivitySchema.fileSchema, sortedBy: ActivitySchema.sortedBy,
      metadata: [("logveil.schema", "1"), ("logveil.table", ActivitySchema.table)],
      createdBy: createdBy, options: Self.options)
  }

  /// Encodes rows.
  ///
  /// - Parameter archives: ids by their number in the chunks; `nil`: they are all of one archive
  ///   that is not known yet.
  func encode(
    _ chunks: [ActivityChunk], archives: [String]?, names: [ActivityNames], parallel: ParallelFor
  ) throws -> [EncodedActivities] {
    let codes = apps.codes(names.map(\.names.hosts), catalog)
    let rows = ActivityRows(
      chunks, names: names, apps: codes.byWorker, appNames: codes.names,
      archives: archives ?? [""], parallel: parallel)
    let late: Set<String> = archives == nil ? ["batch", "archive"] : ["batch"]
    let fields = ActivitySchema.fileSchema.fields
    let encoded = Mutex<[[Swift.Result<[EncodedChunk], ParquetError>?]]>(
      rows.parts.map { _ in Array(repeating: nil, count: fields.count) })
    parallel(fields.count) { turn in
      let place = fields.count - 1 - turn
      if late.contains(fields[place].name) { return }
      rows.forEachPart(column: place, batch: "", source: source) { part, column in
        let chunks = Swift.Result { () throws(ParquetError) in try self.chunks(column, place) }
        encoded.withLock { $0[part][place] = chunks }
      }
    }
    let columns = encoded.withLock { $0 }
    var parts: [EncodedActivities] = []
    for (number, part) in rows.parts.enumerated() {
      var made = EncodedActivities(
        day: part.day, isPrivate: part.isPrivate, rowCount: part.count,
        columns: try columns[number].map { try $0?.get() })
      try spillOut(&made)
      parts.append(made)
    }
    return parts
  }

  private func chunks(_ column: Column, _ place: Int) throws(ParquetError) -> [EncodedChunk] {
    var compressor = try ZstdCompressor(level: writer.options.zstdLevel)
    var chunks: [EncodedChunk] = []
    for group in writer.rowGroups(of: 0..<column.count) {
      chunks.append(try writer.encodeChunk(column, at: place, rows: group, using: &compressor))
    }
    return chunks
  }

  /// Writes files whose archives joined a batch.
  ///
  /// - Parameter archive: the id of the one archive whose rows they are; `nil`: they know it.
  func write(
    _ part: EncodedActivities, archive: String?, batch: String, to sink: any FileSink
  ) throws {
    var part = part
    try spillIn(&part)
    for (place, field) in ActivitySchema.fileSchema.fields.enumerated()
    where part.columns[place] == nil {
      let value = field.name == "batch" ? batch : archive ?? ""
      let codes = [UInt32](repeating: 0, count: part.rowCount)
      part.columns[place] = try chunks(Column(.codes(codes, ByteStrings([value]))), place)
    }
    let columns = part.columns.compactMap { $0 }
    let groups = writer.rowGroups(of: 0..<part.rowCount).indices.map { group in
      columns.map { $0[group] }
    }
    if part.isPrivate {
      let encryption = try PrivateFiles.encryption(keyring, day: part.day)
      let file = try writer.assemble(rowGroups: groups, encryptedBy: encryption)
      try sink.write(
        file.segments, to: ActivitySchema.privateTable, day: part.day, statistics: nil)
    } else {
      let file = writer.assemble(rowGroups: groups)
      try sink.write(
        file.segments, to: ActivitySchema.table, day: part.day, statistics: file.statistics,
        silent: ActivitySchema.silent)
    }
  }

  // MARK: Spilling

  private let held = HeldBytes()

  private func spillOut(_ part: inout EncodedActivities) throws {
    part.held = HeldBytes.Share(part.byteCount, of: held)
    guard let spill, held.count > Self.heldBytesMax else { return }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(part.byteCount)
    for column in part.columns.indices {
      for group in (part.columns[column] ?? []).indices {
        bytes += part.columns[column]?[group].takeBytes() ?? []
      }
    }
    part.held = nil
    part.spilled = try spill.store(bytes)
  }

  private func spillIn(_ part: inout EncodedActivities) throws {
    guard let spill, let place = part.spilled else { return }
    let bytes = try spill.load(place)
    var position = 0
    for column in part.columns.indices {
      for group in (part.columns[column] ?? []).indices {
        guard let count = part.columns[column]?[group].missingBytes else { continue }
        part.columns[column]?[group].putBytes(Array(bytes[position..<position + count]))
        position += count
      }
    }
  }
}

/// Encoded bytes in memory.
final class HeldBytes: Sendable {
  private let bytes = Atomic(0)

  var count: Int { bytes.load(ordering: .relaxed) }

  /// Some of them, for as long as it lives.
  final class Share: Sendable {
    private let all: HeldBytes
    private let count: Int

    init(_ count: Int, of all: HeldBytes) {
      (self.all, self.count) = (all, count)
      all.bytes.wrappingAdd(count, ordering: .relaxed)
    }

    deinit { all.bytes.wrappingSubtract(count, ordering: .relaxed) }
  }
}

/// The apps of hosts, each looked up once for each worker that met it.
private final class AppCodes: Sendable {
  private struct State {
    var byWorker: [[UInt32]] = []
    var names: [String] = []
    var places: [String: UInt32] = [:]
  }
  private let state = Mutex(State())

  /// For every worker and number of a host the place of its app in the names, from 1; 0: none.
  func codes(
    _ hosts: [ByteStrings], _ catalog: AppCatalog
  ) -> (byWorker: [[UInt32]], names: [String]) {
    state.withLock { state in
      for (worker, hosts) in hosts.enumerated() {
        if worker == state.byWorker.count { state.byWorker.append([]) }
        if hosts.count < state.byWorker[worker].count { state.byWorker[worker] = [] }
        for number in state.byWorker[worker].count..<max(state.byWorker[worker].count, hosts.count)
        {
          let name = catalog.app(forHost: hosts.span(number)).flatMap { catalog.name($0) }
          guard let name else {
            state.byWorker[worker].append(0)
            continue
          }
          let code = state.places[name] ?? UInt32(state.names.count + 1)
          if Int(code) > state.names.count {
            state.names.append(name)
            state.places[name] = code
          }
          state.byWorker[worker].append(code)
        }
      }
      return (state.byWorker, state.names)
    }
  }
}
