internal import Governance
internal import IdentityRules
internal import Pseudonymisation

/// A range of addresses and what it is called.
package struct ListedRange: Sendable, Equatable {
  /// `192.0.2.0/24`, or one address.
  package let range: String
  package let tag: String
  package let comment: String?
  /// When the ranges of its tag were last changed.
  package let changed: String
}

/// The tag and comment of a range, as they are kept.
private struct RangeEntry {
  var tag: String
  var comment: String
}

extension Gate {
  /// What networks are called; `nil` where nothing is.
  func addressTags(_ keyring: Keyring) throws(OperationError) -> AddressTags? {
    let entries = try storedRanges(keyring).entries
    return entries.isEmpty ? nil : AddressTags(entries.map { ($0, $1.tag) })
  }

  /// All ranges that have a tag, and the sealed lists they stand in, one for each tag.
  fileprivate func storedRanges(
    _ keyring: Keyring
  ) throws(OperationError) -> (entries: [AddressRange: RangeEntry], lists: [SealedList]) {
    let lists = try governed { () throws(GovernanceError) in
      try state.lists(.ranges, tenant: tenant)
    }
    var entries: [AddressRange: RangeEntry] = [:]
    for list in lists {
      for row in try keyring.open(list).people {
        let cells = row.map { String(decoding: $0, as: UTF8.self) }
        guard let range = cells.first.flatMap({ AddressRange($0) }) else {
          throw OperationError(
            .configuration, "A range of the tag \(list.name) was made by a newer Logveil.")
        }
        entries[range] = RangeEntry(tag: list.name, comment: cells.count > 1 ? cells[1] : "")
      }
    }
    return (entries, lists)
  }
}

/// The verbs on ranges of addresses. Each needs `manage_settings`.
package struct AddressRangeOperation {
  private let gate: Gate
  private let keyring: Keyring

  /// Asks whether this may be done.
  package init(home path: String, tenant: String) throws(OperationError) {
    let prepared = try Home.prepare(at: path, tenant: tenant)
    gate = prepared.gate
    keyring = prepared.keyring
    try gate.require(.manageSettings)
  }

  /// All ranges, by tag and address.
  package func list() throws(OperationError) -> [ListedRange] {
    let (entries, lists) = try gate.storedRanges(keyring)
    let changed = Dictionary(lists.map { ($0.name, $0.added) }) { one, _ in one }
    return entries.map { range, entry in
      ListedRange(
        range: range.text, tag: entry.tag, comment: entry.comment.isEmpty ? nil : entry.comment,
        changed: changed[entry.tag] ?? "")
    }.sorted { ($0.tag, $0.range) < ($1.tag, $1.range) }
  }

  /// Gives ranges a tag; one that has another tag gets this one.
  package func add(
    _ ranges: [String], tag: String, comment: String?, justification why: String?
  ) throws(OperationError) {
    guard AddressTags.isTag(tag) else {
      throw OperationError(
        .usage,
        "--tag: a tag is a text of 1 to \(AddressTags.tagBytesMax) bytes. Nothing was done.")
    }
    let comment = try comment.map { (text) throws(OperationError) in
      try Gate.justification(text).text
    }
    var more: [AddressRange: RangeEntry] = [:]
    for text in ranges {
      more[try range(text)] = RangeEntry(tag: tag, comment: comment ?? "")
    }
    try put(more, justification: why)
  }

  /// Takes the ranges of a file in; those that are there get the file's tags. Returns how many.
  package func load(_ path: String, justification why: String?) throws(OperationError) -> Int {
    let bytes = try PeopleInput.read(path)
    let file: AddressTagFile
    do throws(ImportError) { file = try AddressTagFile(bytes) } catch {
      throw OperationError(.badData, "\(path): \(error.description)")
    }
    var more: [AddressRange: RangeEntry] = [:]
    for entry in file.entries {
      if let other = more[entry.range], other.tag != entry.tag {
        throw OperationError(
          .badData,
          "\(path): \(entry.range.text) has two tags. Nothing was imported; leave one of them.")
      }
      more[entry.range] = RangeEntry(tag: entry.tag, comment: entry.comment)
    }
    try put(more, justification: why)
    return more.count
  }

  /// Takes ranges away; what was stamped by them stays.
  package func remove(_ ranges: [String], justification why: String?) throws(OperationError) {
    let (entries, _) = try gate.storedRanges(keyring)
    var left = entries
    for text in ranges {
      guard left.removeValue(forKey: try range(text)) != nil else {
        throw OperationError(
          .usage,
          "There is no range \(text). Nothing was done; `logveil ip-range list` shows those there "
            + "are.")
      }
    }
    try write(left, before: entries, justification: why)
  }

  private func range(_ text: String) throws(OperationError) -> AddressRange {
    guard let range = AddressRange(text) else {
      throw OperationError(
        .usage, "\(text): this is no address and no network, as 192.0.2.0/24. Nothing was done.")
    }
    return range
  }

  private func put(
    _ more: [AddressRange: RangeEntry], justification why: String?
  ) throws(OperationError) {
    let (entries, _) = try gate.storedRanges(keyring)
    let all = entries.merging(more) { $1 }
    guard all.count <= AddressTags.rangesMax else {
      throw OperationError(
        .usage, "There are at most \(AddressTags.rangesMax) ranges. Nothing was done.")
    }
    try write(all, before: entries, justification: why)
  }

  /// Keeps the tags whose ranges changed; sealed, as single addresses may be people's.
  private func write(
    _ entries: [AddressRange: RangeEntry], before: [AddressRange: RangeEntry],
    justification why: String?
  ) throws(OperationError) {
    let why = try why.map { (text) throws(OperationError) in try Gate.justification(text).text }
    let (new, old) = (Self.rows(of: entries), Self.rows(of: before))
    var lists: [(name: String, count: Int, sealed: [UInt8])] = []
    for (tag, rows) in new.sorted(by: { $0.key < $1.key }) where old[tag] != rows {
      let cells = rows.map { row in row.map { Array($0.utf8) } }
      lists.append((tag, rows.count, try keyring.seal(PeopleList(cells), .ranges, tag)))
    }
    try governed { () throws(GovernanceError) in
      try gate.state.putLists(
        .ranges, lists, tenant: gate.tenant, action: .addressRangeChange, by: gate.initiator,
        justification: why)
      for tag in old.keys.sorted() where new[tag] == nil {
        _ = try gate.state.removeList(
          .ranges, tag, tenant: gate.tenant, action: .addressRangeChange, by: gate.initiator,
          justification: why)
      }
    }
  }

  /// By tag its ranges with their comments, in one order.
  private static func rows(of entries: [AddressRange: RangeEntry]) -> [String: [[String]]] {
    var rows: [String: [[String]]] = [:]
    for (range, entry) in entries {
      rows[entry.tag, default: []].append([range.text, entry.comment])
    }
    return rows.mapValues { $0.sorted { $0[0] < $1[0] } }
  }
}
