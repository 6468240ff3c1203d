import GRDB

/// A list of people that is kept sealed: a group's members, a directory.
package struct SealedList: Equatable, Sendable {
  package enum Kind: String, Sendable {
    case group
    case directory
    /// Addresses and whose they are at what time.
    case addresses
    /// Ranges of addresses that have the list's name for a tag.
    case ranges
  }

  package let kind: Kind
  package let name: String
  /// People in it.
  package let count: Int
  /// When it was imported, `YYYY-MM-DDTHH:MM:SS.ffffffZ`.
  package let added: String
  package let sealed: [UInt8]
}

extension GovernanceState {
  /// The lists of a kind, sorted by name.
  package func lists(
    _ kind: SealedList.Kind, tenant: String
  ) throws(GovernanceError) -> [SealedList] {
    try state.read { database in
      let statement = try ExactStatement(
        """
        SELECT name, count, added, sealed FROM sealed_lists
        WHERE tenant = ? AND kind = ? ORDER BY name
        """, in: database)
      try statement.bind(tenant, at: 1)
      try statement.bind(kind.rawValue, at: 2)
      var lists: [SealedList] = []
      while try statement.step() {
        lists.append(
          SealedList(
            kind: kind, name: statement.value(0).string ?? "",
            count: Int(statement.value(1).number ?? 0), added: statement.value(2).string ?? "",
            sealed: statement.value(3).blob ?? []))
      }
      return lists
    }
  }

  /// Puts lists in the place of those of their names, all or none, with a record for each.
  ///
  /// Whether `initiator` may do that is for the caller to ask.
  package func putLists(
    _ kind: SealedList.Kind, _ lists: [(name: String, count: Int, sealed: [UInt8])],
    tenant: String, action: GovernanceAction, by initiator: Initiator,
    justification: String? = nil
  ) throws(GovernanceError) {
    let added = UTCTime.text(UTCTime.now())
    try state.write { database in
      for list in lists {
        let statement = try ExactStatement(
          """
          INSERT OR REPLACE INTO sealed_lists (tenant, kind, name, count, added, sealed)
          VALUES (?, ?, ?, ?, ?, ?)
          """, in: database)
        try statement.bind(tenant, at: 1)
        try statement.bind(kind.rawValue, at: 2)
        try statement.bind(list.name, at: 3)
        try statement.bind(Int64(list.count), at: 4)
        try statement.bind(added, at: 5)
        try statement.bind(bytes: list.sealed, at: 6)
        try statement.run()
      }
      let records = lists.map { list in
        GovernanceRecord(
          action, .successful, by: initiator, target: "\(list.name): \(list.count)",
          tenant: tenant, justification: justification)
      }
      _ = try log.append(records, in: database)
    }
  }

  /// Seals lists anew, as their key goes; no record, as nothing of them changes.
  package func resealLists(
    tenant: String, _ seal: (SealedList.Kind, String, [UInt8]) throws -> [UInt8]
  ) throws(GovernanceError) {
    try state.write { database in
      let all = try ExactStatement(
        "SELECT kind, name, sealed FROM sealed_lists WHERE tenant = ?", in: database)
      try all.bind(tenant, at: 1)
      var sealed: [(kind: SealedList.Kind, name: String, bytes: [UInt8])] = []
      while try all.step() {
        guard let kind = all.value(0).string.flatMap(SealedList.Kind.init(rawValue:)) else {
          continue
        }
        let name = all.value(1).string ?? ""
        sealed.append((kind, name, try seal(kind, name, all.value(2).blob ?? [])))
      }
      for list in sealed {
        let statement = try ExactStatement(
          "UPDATE sealed_lists SET sealed = ? WHERE tenant = ? AND kind = ? AND name = ?",
          in: database)
        try statement.bind(bytes: list.bytes, at: 1)
        try statement.bind(tenant, at: 2)
        try statement.bind(list.kind.rawValue, at: 3)
        try statement.bind(list.name, at: 4)
        try statement.run()
      }
    }
  }

  /// Removes a list, with a record; returns whether there was one.
  package func removeList(
    _ kind: SealedList.Kind, _ name: String, tenant: String, action: GovernanceAction,
    by initiator: Initiator, justification: String? = nil
  ) throws(GovernanceError) -> Bool {
    try state.write { database in
      let statement = try ExactStatement(
        "DELETE FROM sealed_lists WHERE tenant = ? AND kind = ? AND name = ?", in: database)
      try statement.bind(tenant, at: 1)
      try statement.bind(kind.rawValue, at: 2)
      try statement.bind(name, at: 3)
      try statement.run()
      guard database.changesCount > 0 else { return false }
      let record = GovernanceRecord(
        action, .successful, by: initiator, target: name, tenant: tenant,
        justification: justification)
      _ = try log.append([record], in: database)
      return true
    }
  }
}

extension GovernanceState {
  /// The groups whose members' activities are private, sorted by name, with since when.
  package func privateGroups(
    tenant: String
  ) throws(GovernanceError) -> [(name: String, added: String)] {
    try state.read { database in
      let statement = try ExactStatement(
        "SELECT name, added FROM private_groups WHERE tenant = ? ORDER BY name", in: database)
      try statement.bind(tenant, at: 1)
      var groups: [(name: String, added: String)] = []
      while try statement.step() {
        groups.append((statement.value(0).string ?? "", statement.value(1).string ?? ""))
      }
      return groups
    }
  }

  /// Makes the activities of a group's members private from now on, or no longer; with a record.
  ///
  /// Returns whether that changed anything.
  package func setPrivate(
    _ name: String, _ isPrivate: Bool, tenant: String, by initiator: Initiator,
    justification: String? = nil
  ) throws(GovernanceError) -> Bool {
    try state.write { database in
      let statement = try ExactStatement(
        isPrivate
          ? "INSERT OR IGNORE INTO private_groups (tenant, name, added) VALUES (?, ?, ?)"
          : "DELETE FROM private_groups WHERE tenant = ? AND name = ?", in: database)
      try statement.bind(tenant, at: 1)
      try statement.bind(name, at: 2)
      if isPrivate { try statement.bind(UTCTime.text(UTCTime.now()), at: 3) }
      try statement.run()
      guard database.changesCount > 0 else { return false }
      let record = GovernanceRecord(
        isPrivate ? .privacyAdd : .privacyRemove, .successful, by: initiator, target: name,
        tenant: tenant, justification: justification)
      _ = try log.append([record], in: database)
      return true
    }
  }
}
