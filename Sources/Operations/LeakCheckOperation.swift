internal import ArchiveDecoding
internal import ByteBlocks
package import ClearExits
internal import ColumnTables
internal import Governance
internal import IdentityRules
internal import IngestPipeline
package import LogFormats
internal import ParquetFiles
internal import Pseudonymisation
internal import Sealing
internal import Storage

/// What a person asked `logveil leak-check` to do.
package struct LeakCheckRequest: Sendable {
  package var home: String
  package var tenant: String
  /// The archives whose names are looked for.
  package var archives: [String]
  /// Files and folders beside the home: reports, logs, metrics.
  package var also: [String] = []
  package var source = "default"
  package var profile: FormatProfile?
  package var choices = RunChoices()

  package init(home: String, tenant: String, archives: [String]) {
    self.home = home
    self.tenant = tenant
    self.archives = archives
  }
}

/// One place where a name was found; never the name.
package struct FoundLeak: Sendable {
  package let path: String
  /// Where it lies inside of the file: `bytes`, or the column of a table.
  package let part: String
  package let leak: Leak
}

/// What was searched for and found.
package struct LeakStatement: Sendable {
  package var names = 0
  package var exempt = 0
  package var archives = 0
  package var files = 0
  package var bytes: Int64 = 0
  package var found: [FoundLeak] = []
  /// Files that could not be read, or not as what they are, with the reason.
  package var unread: [(path: String, reason: String)] = []
  /// Files whose key was destroyed, which nobody can open again.
  package var destroyed = 0
  /// All that were found of users, and of machines and addresses.
  package var users = 0
  package var machines = 0
  /// The record that the governance log has of it, whose transaction is signed.
  package var sequence: Int64 = 0
  package var hash = ""

  /// Leaks of users, and of machines, that are told one by one: addresses in a sanitised log must
  /// not hide a name.
  static let foundMax = 1000

  mutating func add(_ leaks: [Leak], _ path: String, _ part: String) {
    for leak in leaks {
      let isUser = leak.scope == .user
      if isUser { users += 1 } else { machines += 1 }
      guard (isUser ? users : machines) <= Self.foundMax else { continue }
      found.append(FoundLeak(path: path, part: part, leak: leak))
    }
  }
}

/// Searches all that runs left for every clear name of archives.
package struct LeakCheckOperation {
  private let request: LeakCheckRequest
  private let prepared: PreparedHome
  private let run: RunRequest
  /// As it was found.
  private let state: StateCopy
  /// A search for words of one's own making would else tell what stands in private rows.
  private let opensPrivate: Bool

  /// Asks whether this may be done, and opens the keys.
  package init(_ request: LeakCheckRequest) throws(OperationError) {
    self.request = request
    // Whoever opens the state may change it, or put its log into it.
    state = StateCopy(of: try Home(at: request.home))
    prepared = try Home.prepared(at: request.home, tenant: request.tenant)
    try prepared.gate.require(.ingest, for: .leakCheck)
    opensPrivate = try prepared.gate.permits(.viewPrivate)
    var run = RunRequest(home: request.home, inputs: [])
    run.tenant = request.tenant
    run.options.source = request.source
    run.options.profile = request.profile
    run.choices = request.choices
    try run.settle(prepared.gate)
    self.run = run
  }

  /// Does it.
  package func check() throws(OperationError) -> LeakStatement {
    do {
      var statement = LeakStatement()
      let search = try collect(&statement)
      var files = FoundFiles()
      files.add(prepared.home.path)
      for path in state.files.keys.sorted() where !files.paths.contains(path) {
        look(at: path, search, &files, &statement)
      }
      for path in files.paths { look(at: path, search, &files, &statement) }
      addOthers(search, &files, &statement)
      statement.unread = files.unread.map { (Self.shown($0.path, search), $0.reason) }
      try sign(&statement)
      return statement
    } catch { throw OperationError(error) }
  }

  // MARK: Names

  private func collect(_ statement: inout LeakStatement) throws -> LeakSearch {
    let accounts = try governed { () throws(GovernanceError) in
      try prepared.gate.state.admins().map(\.account)
    }
    var names = LeakNames(
      try run.canonicalNames(), exempt: accounts + [prepared.gate.initiator.account])
    let archives = ContainerList.expanded(try ArchiveList(request.archives).archives)
    for archive in archives {
      var text = try SanitizedText(archive, format: run.options.profile, slots: 1)
      var parser: (any BlockParser)?
      while let slot = try text.next() {
        guard let format = text.profile else { break }
        let known = parser ?? format.parser(zone: run.options.zone)
        parser = known
        for case .block(let box) in slot {
          guard let block = box.take() else { continue }
          names.add(block, header: box.header, textOffset: box.textOffset, parser: known)
        }
      }
    }
    statement.archives = archives.count
    statement.names = names.count
    statement.exempt = names.exemptCount
    return LeakSearch(names)
  }

  // MARK: Files

  /// Searches what the person named, with the rights of that person.
  private func addOthers(
    _ search: LeakSearch, _ files: inout FoundFiles, _ statement: inout LeakStatement
  ) {
    let caller = Caller()
    defer { caller.leave() }
    let known = files.paths.count
    for path in request.also { files.add(path) }
    for path in files.paths.dropFirst(known) { look(at: path, search, &files, &statement) }
  }

  private func look(
    at path: String, _ search: LeakSearch, _ files: inout FoundFiles,
    _ statement: inout LeakStatement
  ) {
    guard var bytes = state.files[path] ?? files.bytes(of: path) else { return }
    let shown = Self.shown(path, search)
    statement.files += 1
    statement.add(search.leaks(in: Array(path.utf8)), shown, "name")
    let isParquet = bytes.count >= 8 && bytes.prefix(3).elementsEqual("PAR".utf8)
    if !isParquet { statement.bytes += Int64(bytes.count) }
    // Pages are compressed: as bytes they may be anything, so their values are searched, too.
    let kind = DatabaseFile.kind(of: bytes)
    let database = bytes
    if kind != nil { bytes = DatabaseTexts.withoutSchema(bytes) }
    let leaks = search.leaks(in: bytes, isNoise: isParquet)
    statement.add(leaks, shown, "bytes")
    for found in DatabaseSearch.leaks(in: bytes, search, but: leaks) {
      statement.add([found.leak], shown, found.part)
    }
    do {
      if isParquet {
        try lookAtTable(bytes, shown, search, &statement)
      } else if kind == .database {
        let log = state.files[path + "-wal"] ?? FoundFiles.bytes(beside: path, "-wal")
        try DatabaseTexts.forEach(in: database, log: log) { column, text in
          statement.add(search.leaks(in: text), shown, column)
        }
      } else {
        try lookAtArchive(path, bytes, shown, search, &statement)
      }
    } catch { files.note(shown, "\(OperationError(error).description)") }
  }

  /// A path as it may be shown: a part of it that holds a name is left out.
  private static func shown(_ path: String, _ search: LeakSearch) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      search.leaks(in: Array(part.utf8)).isEmpty ? String(part) : "(a name)"
    }.joined(separator: "/")
  }

  private func lookAtTable(
    _ bytes: [UInt8], _ shown: String, _ search: LeakSearch, _ statement: inout LeakStatement
  ) throws {
    let reader: ParquetReader
    let keys = PrivateFiles.keys(prepared.keyring)
    do throws(ParquetError) {
      reader = try ParquetReader(bytes: bytes, keys: opensPrivate ? keys : { _ in nil })
    } catch {
      guard case .noKey(let name) = error else { throw error }
      if PrivateFiles.isDestroyed(name, prepared.keyring) {
        statement.destroyed += 1
        return
      }
      guard opensPrivate || keys(name) == nil else {
        throw OperationError(
          .notPermitted, "its rows are private; they are searched with view_private only")
      }
      throw error
    }
    for field in reader.schema.fields where field.type == .string {
      for group in reader.rowGroups.indices {
        let table = try reader.readTable(columns: [field.name], rowGroups: group..<group + 1)
        guard let column = table.column(field.name) else { continue }
        let text = Self.text(of: column)
        statement.bytes += Int64(text.count)
        statement.add(search.leaks(in: text), shown, field.name)
      }
    }
  }

  /// What is compressed, or in a container, is searched as text, too.
  private func lookAtArchive(
    _ path: String, _ bytes: [UInt8], _ shown: String, _ search: LeakSearch,
    _ statement: inout LeakStatement
  ) throws {
    let file = ArchiveReference(path: path, byteCount: UInt64(bytes.count))
    for archive in ContainerList.expanded([file]) {
      let source = try archive.open()
      var reader = try ArchiveReader(
        source, decoders: DecoderPool(),
        blocks: BlockPool(blocksMax: 2, textBytesMax: 512 << 10))
      if archive.entry == nil, source.filter == nil, reader.codec == .plain { return }
      while let assembled = try reader.next() {
        let block = assembled.takeBlock()
        let text = block.text
        statement.bytes += Int64(text.count)
        statement.add(search.leaks(in: text.indices.map { text[$0] }), shown, "text")
      }
    }
  }

  /// The values of a column, each once where they are in a dictionary, a line each.
  private static func text(of column: Column) -> [UInt8] {
    let strings: ByteStrings
    switch column.values {
    case .strings(let values): strings = values
    case .codes(_, let dictionary): strings = dictionary
    default: return []
    }
    var text: [UInt8] = []
    text.reserveCapacity(strings.bytes.count + strings.count)
    for place in 0..<strings.count {
      text += strings[place]
      text.append(0x0A)
    }
    return text
  }

  // MARK: Statement

  /// Puts the statement into the governance log, whose transactions are signed.
  private func sign(_ statement: inout LeakStatement) throws {
    let words =
      "names=\(statement.names) files=\(statement.files) bytes=\(statement.bytes) "
      + "users_found=\(statement.users) machines_found=\(statement.machines) "
      + "unread=\(statement.unread.count) destroyed=\(statement.destroyed)"
    try prepared.gate.record(
      .leakCheck, statement.users == 0 ? .successful : .failed, targets: [words])
    var filter = GovernanceFilter()
    filter.actions = [.leakCheck]
    let entries = try governed { () throws(GovernanceError) in
      try prepared.gate.state.log.list(filter)
    }
    guard let entry = entries.last(where: { $0.target == words }) else { return }
    statement.sequence = entry.sequence
    statement.hash = entry.hash
  }
}
