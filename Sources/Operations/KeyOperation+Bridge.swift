internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import Pseudonymisation
internal import VeiledRecords

/// The pseudonyms of one person, machine or address under all key versions.
package struct BridgedName: Sendable, Equatable {
  /// The pseudonym that was asked for.
  package let input: String
  package let kind: String?
  /// One for each version that is left, the newest first; empty where `error` tells why.
  package let results: [String]
  package let error: String?
}

extension KeyOperation {
  /// Links the pseudonyms of the same names under all key versions, without a name being shown.
  ///
  /// Needs `lookup` beside `manage_keys`: whoever has the bridge follows people across versions,
  /// which rotation was to end.
  ///
  /// - Parameters:
  ///   - pseudonyms: those to be linked; `nil`: all users of the table `usage`.
  ///   - why: the justification.
  ///   - emit: gets what was found, once its record is durable.
  package func bridge(
    _ pseudonyms: [[UInt8]]?, justification why: String, emit: ([BridgedName]) -> Void
  ) throws(OperationError) {
    let justification = try Gate.justification(why)
    try gate.require(.manageKeys, for: .keyBridge, justification: justification)
    try gate.require(.lookup, for: .keyBridge, justification: justification)
    let keyring = try home.loadKeys(of: tenant)
    let live = Set(keyring.versions.filter { !$0.isDestroyed }.map(\.number))
    var texts: [[UInt8]]
    if let pseudonyms { texts = pseudonyms } else { texts = try usersOfUsage() }
    // Who may not look at private people does not follow them either.
    let isPrivate = { (text: [UInt8]) in
      PseudonymText(parsing: text.span)?.kind == .privateUser
    }
    if pseudonyms != nil, texts.contains(where: isPrivate) {
      try gate.require(.viewPrivate, for: .keyBridge, justification: justification)
    } else if try !gate.permits(.viewPrivate) {
      texts.removeAll(where: isPrivate)
    }
    var encryptor = NameEncryptor(keyring)
    var names: [BridgedName] = []
    do throws(VeilError) {
      for text in texts { names.append(try Self.bridged(text, &encryptor)) }
    } catch { throw OperationError(error) }
    let target = Self.words(live) + ", \(texts.count) pseudonyms"
    try gate.audited(.keyBridge, target: target, justification: justification) {
      emit(names)
      return ((), target)
    }
  }

  private static func bridged(
    _ text: [UInt8], _ encryptor: inout NameEncryptor
  ) throws(VeilError) -> BridgedName {
    let input = String(decoding: text, as: UTF8.self)
    guard let kind = PseudonymText(parsing: text.span)?.kind else {
      return BridgedName(input: input, kind: nil, results: [], error: "malformed")
    }
    do throws(VeilError) {
      let results = try pseudonyms(behind: text, kind, &encryptor)
      return BridgedName(input: input, kind: kind.word, results: results, error: nil)
    } catch {
      guard let word = error.word else { throw error }
      return BridgedName(input: input, kind: kind.word, results: [], error: word)
    }
  }

  private static func pseudonyms(
    behind text: [UInt8], _ kind: IdentityKind, _ encryptor: inout NameEncryptor
  ) throws(VeilError) -> [String] {
    let name = try encryptor.reveal(text.span)
    var names = ByteStrings()
    names.append(bytes: name.span)
    var results = ByteStrings()
    for version in encryptor.keyring.versions.reversed() where !version.isDestroyed {
      try encryptor.encrypt(names, kind: kind, version: version.number, into: &results)
    }
    return (0..<results.count).map { results.string($0) }
  }

  /// The distinct users of `usage`, sorted.
  private func usersOfUsage() throws(OperationError) -> [[UInt8]] {
    do {
      let table = home.lake(tenant: tenant, isClear: false).table("usage")
      guard try table.exists() else { return [] }
      var users: Set<String> = []
      try LakeTables.readFiles(table, try table.snapshot(), columns: ["user"]) { _, rows in
        guard let column = rows.column("user") else { return }
        for row in 0..<rows.rowCount { if let user = column.text(row) { users.insert(user) } }
      }
      return users.sorted().map { Array($0.utf8) }
    } catch { throw OperationError(error) }
  }
}
