internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import IdentityRules
internal import Pseudonymisation
internal import TableCare
internal import UsageAggregation
internal import VeiledRecords

/// What became of rows that were there before their people's group was private. How many rows are
/// private is for `view_private` alone.
package struct PrivacyApplied: Sendable, Equatable {
  /// Rows of `usage` that stand under `p1-…` now.
  package var usageRows: Int64? = 0
  /// Rows that went from `activities` to `activities_private`.
  package var activityRows: Int64? = 0
  /// Old files that were erased at once, and those that stay as long as a run lives.
  package var erasedFiles = 0
  package var leftFiles = 0
}

/// Makes private what was read of members of private groups before: in one commit of each table,
/// and the files that showed it are erased.
package struct PrivacyApply {
  private let home: Home
  private let tenant: String
  private let gate: Gate
  private let keyring: Keyring
  private let justification: Justification

  /// Asks whether this may be done.
  package init(
    home path: String, tenant: String, justification why: String
  ) throws(OperationError) {
    justification = try Gate.justification(why)
    let prepared = try Home.prepared(at: path, tenant: tenant)
    (home, gate, keyring) = (prepared.home, prepared.gate, prepared.keyring)
    self.tenant = tenant
    try gate.require(.manageSettings, for: .privacyAdd, justification: justification)
    try gate.require(.manageTables, for: .privacyAdd, justification: justification)
  }

  /// Does it.
  package func run() throws(OperationError) -> PrivacyApplied {
    try gate.audited(
      .privacyAdd, target: "what was read before", justification: justification
    ) {
      var applied = PrivacyApplied()
      var rows = PrivateRows()
      for isClear in [false, true] {
        let snapshots = try home.snapshotNames(tenant: tenant, isClear: isClear)
        for snapshot in [nil] + snapshots.map(Optional.some) {
          let lake = home.lake(tenant: tenant, isClear: isClear, snapshot: snapshot)
          guard try lake.tableNames().contains("usage") else { continue }
          try apply(to: lake, isClear: isClear, &applied, &rows)
        }
      }
      let isTold = try gate.permits(.viewPrivate)
      applied.usageRows = isTold ? rows.usage : nil
      applied.activityRows = isTold ? rows.activities : nil
      // How many rows there are of private people is not for readers of the log.
      return (applied, "what was read before")
    }
  }

  /// Rows that became private.
  private struct PrivateRows {
    var usage: Int64 = 0
    var activities: Int64 = 0
  }

  private func apply(
    to lake: Lake, isClear: Bool, _ applied: inout PrivacyApplied, _ rows: inout PrivateRows
  ) throws {
    let members = try members()
    guard !members.isEmpty else { return }
    let withActivities = try lake.tableNames().contains(ActivitySchema.table)
    let done = try lake.trying { () throws -> (PrivateRows, [String: [String]]) in
      let run = try LakeTables.begin("privacy", in: lake, withActivities: withActivities)
      return try run.abandoningOnError {
        var users = PrivateUsers(keyring, members, isClear: isClear)
        var done = PrivateRows()
        done.usage = try changeUsage(run, &users)
        if withActivities {
          done.activities = try moveActivities(run, &users)
          try hideMachines(run, &users)
        }
        let removed = run.removedFiles
        guard !removed.isEmpty else {
          try run.abandon()
          return (done, [:])
        }
        var info = CommitInfo(operation: "UPDATE", parameters: ["predicate": "private"])
        info.userMetadata = try gate.anchorText()
        _ = try run.commit(
          info: Dictionary(uniqueKeysWithValues: run.tables.map { ($0, info) }))
        return (done, removed)
      }
    }
    rows.usage += done.0.usage
    rows.activities += done.0.activities
    for (table, paths) in done.1.sorted(by: { $0.key < $1.key }) {
      if try Vacuum(lake, table: table, keepMilliseconds: 0).erase(paths) {
        applied.erasedFiles += paths.count
      } else {
        applied.leftFiles += paths.count
      }
    }
    // The log said of each file how many rows it had: those that became private are the difference
    // to what took its place. Also what an earlier call could not reach.
    for table in ["usage"] + (withActivities ? [ActivitySchema.table] : []) {
      _ = try Vacuum(lake, table: table, keepMilliseconds: 0).silence()
    }
  }

  /// Members by all rules under which sources are or were read: the same person may stand in the
  /// tables under a name for each.
  private func members() throws(OperationError) -> [GroupMembers] {
    var members: [GroupMembers] = []
    for canonical in try NameRules(gate, source: nil).all {
      if let some = try gate.privatePeople(keyring, canonical) { members.append(some) }
    }
    return members
  }

  private func rewriter(_ run: RunTransaction, _ table: String) -> TableRewriter {
    TableRewriter(run, table: table, layout: LakeTables.layout(of: table, keyring))
  }

  private func changeUsage(_ run: RunTransaction, _ users: inout PrivateUsers) throws -> Int64 {
    var count: Int64 = 0
    try rewriter(run, "usage").changeRows(
      reading: ["user", "private"] + PrivateUsers.machines.map(\.column)
    ) { file, rows in
      let changed = try users.changed(rows.column("user"), of: file)
      var flags = changed?.flags ?? Array(repeating: false, count: rows.rowCount)
      count += Int64(flags.count { $0 })
      if case .booleans(let was)? = rows.column("private")?.values {
        for row in flags.indices where was[row] { flags[row] = true }
      }
      var columns = try users.hiddenMachines(of: rows, where: flags, file)
      if let changed {
        columns["user"] = changed.column
        columns["private"] = Column(.booleans(flags))
      }
      return columns.isEmpty ? nil : columns
    }
    return count
  }

  private func moveActivities(
    _ run: RunTransaction, _ users: inout PrivateUsers
  ) throws -> Int64 {
    let hidden = rewriter(run, ActivitySchema.privateTable)
    return try rewriter(run, ActivitySchema.table).moveRows(
      reading: ["user"],
      where: { file, rows in
        try users.changed(rows.column("user"), of: file)?.flags
          ?? Array(repeating: false, count: rows.rowCount)
      },
      to: { file, rows in
        guard let changed = try users.changed(rows.column("user"), of: file) else { return }
        var rows = rows.replacing("user", with: changed.column)
        for (name, column) in try users.hiddenMachines(of: rows, where: changed.flags, file) {
          rows = rows.replacing(name, with: column)
        }
        try hidden.add(rows, like: file)
      }
    ).rows
  }

  /// Addresses and devices that were left readable in private rows by earlier versions.
  private func hideMachines(_ run: RunTransaction, _ users: inout PrivateUsers) throws {
    try rewriter(run, ActivitySchema.privateTable).changeRows(
      reading: PrivateUsers.machines.map(\.column)
    ) { file, rows in
      let all = Array(repeating: true, count: rows.rowCount)
      let columns = try users.hiddenMachines(of: rows, where: all, file)
      return columns.isEmpty ? nil : columns
    }
  }
}

/// Which users are private, by what stands in tables, and what their machines are called then.
private struct PrivateUsers: ~Copyable {
  /// Columns that are readable where runs leave machines in clear, but never in private rows.
  static let machines: [(column: String, kind: IdentityKind)] = [
    ("src_ip", .ip), ("device", .machine),
  ]

  private struct Machine: Hashable {
    let kind: IdentityKind
    let version: Int
    let text: String
  }

  private let keyring: Keyring
  private let members: [GroupMembers]
  private let isClear: Bool
  private var encryptor: NameEncryptor
  private var known: [String: String] = [:]
  private var others: Set<String> = []
  private var hidden: [Machine: String] = [:]

  init(_ keyring: Keyring, _ members: [GroupMembers], isClear: Bool) {
    self.keyring = keyring
    self.members = members
    self.isClear = isClear
    encryptor = NameEncryptor(keyring)
  }

  /// A column of users with private ones under their other pseudonyms, and which rows those are;
  /// `nil` where there are none.
  mutating func changed(
    _ column: Column?, of file: AddedFile
  ) throws -> (column: Column, flags: [Bool])? {
    guard let column else { return nil }
    var flags = [Bool](repeating: false, count: column.count)
    var texts: [String?] = []
    for row in 0..<column.count {
      let user = column.text(row)
      let other = try user.flatMap { try pseudonym(of: $0, file) }
      flags[row] = other != nil
      texts.append(other ?? user)
    }
    guard flags.contains(true) else { return nil }
    return (Column(sortedTexts: texts), flags)
  }

  private mutating func pseudonym(of user: String, _ file: AddedFile) throws -> String? {
    if let known = known[user] { return known }
    if others.contains(user) { return nil }
    guard let found = try found(user, file) else {
      others.insert(user)
      return nil
    }
    // In clear the key depends on the day.
    if !isClear { known[user] = found }
    return found
  }

  private mutating func found(_ user: String, _ file: AddedFile) throws -> String? {
    let bytes = Array(user.utf8)
    let name: [UInt8]
    let version: Int
    if let pseudonym = PseudonymText(parsing: bytes.span) {
      guard pseudonym.kind == .user, encryptor.verify(bytes.span) else { return nil }
      (name, version) = (try encryptor.reveal(bytes.span), pseudonym.version)
    } else {
      guard isClear, let day = CivilDay(parsing: file.date) else { return nil }
      (name, version) = (bytes, keyring.version(forDay: day.daysSince1970))
    }
    guard members.contains(where: { $0.contains(name) }) else { return nil }
    return try encrypted(name, .privateUser, version)
  }

  private mutating func encrypted(
    _ name: [UInt8], _ kind: IdentityKind, _ version: Int
  ) throws -> String {
    var names = ByteStrings()
    names.append(bytes: name)
    var texts = ByteStrings()
    try encryptor.encrypt(names, kind: kind, version: version, into: &texts)
    return texts.string(0)
  }

  /// The columns of addresses and devices with pseudonyms in the place of what is readable in some
  /// rows, as runs write them; those without such rows are left out.
  mutating func hiddenMachines(
    of rows: Table, where isPrivate: [Bool], _ file: AddedFile
  ) throws -> [String: Column] {
    guard isPrivate.contains(true), let day = CivilDay(parsing: file.date) else { return [:] }
    let version = keyring.version(forDay: day.daysSince1970)
    var changed: [String: Column] = [:]
    for (name, kind) in Self.machines {
      guard let column = rows.column(name), Self.mayBeReadable(column) else { continue }
      var texts: [String?] = []
      var isSame = true
      for row in 0..<column.count {
        let text = column.text(row)
        guard let text, !text.isEmpty, isPrivate[row],
          !PseudonymText.looksLikeOne(Array(text.utf8).span)
        else {
          texts.append(text)
          continue
        }
        isSame = false
        texts.append(try pseudonym(of: Machine(kind: kind, version: version, text: text)))
      }
      if !isSame { changed[name] = Column(sortedTexts: texts) }
    }
    return changed
  }

  /// Whether a column holds texts that are no pseudonyms; most hold none, and need not be looked at
  /// row by row.
  private static func mayBeReadable(_ column: Column) -> Bool {
    guard case .codes(_, let dictionary) = column.values else { return true }
    return (0..<dictionary.count).contains { !PseudonymText.looksLikeOne(dictionary.span($0)) }
  }

  /// `nil` where the key of the day was destroyed: better no machine than a readable one.
  private mutating func pseudonym(of machine: Machine) throws -> String? {
    if let known = hidden[machine] { return known }
    let isDestroyed = keyring.versions.contains {
      $0.number == machine.version && $0.isDestroyed
    }
    if isDestroyed { return nil }
    let text = try encrypted(Array(machine.text.utf8), machine.kind, machine.version)
    hidden[machine] = text
    return text
  }
}

extension Column {
  /// Texts as codes of a sorted dictionary, or nulls.
  fileprivate init(sortedTexts texts: [String?]) {
    let sorted = Set(texts.compactMap { $0 }).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    let places = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, UInt32($0)) })
    let isValid = texts.map { $0 != nil }
    self.init(
      .codes(
        texts.map { text in text.flatMap { places[$0] } ?? 0 },
        ByteStrings(sorted.isEmpty ? [""] : sorted)),
      isValid: isValid.contains(false) ? isValid : nil)
  }
}
