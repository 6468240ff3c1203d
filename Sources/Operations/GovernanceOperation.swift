internal import DeltaLake
package import Governance
internal import Storage

/// The verbs on the governance log beyond listing it.
package struct GovernanceOperation {
  private let home: Home
  private let gate: Gate

  package init(home path: String, tenant: String) throws(OperationError) {
    home = try Home(at: path)
    gate = try Gate.open(home, tenant: tenant)
  }

  /// Walks along the whole log and holds it against every anchor in the home's tables and those
  /// that are handed in.
  package func verify(
    anchors: [GovernanceAnchor], firstPublicKey: String?
  ) throws(OperationError) -> ChainReport {
    try gate.require(.viewGovernance)
    return try Self.verify(home, gate, anchors, firstPublicKey)
  }

  static func verify(
    _ home: Home, _ gate: Gate, _ anchors: [GovernanceAnchor], _ firstPublicKey: String?
  ) throws(OperationError) -> ChainReport {
    var options = VerifyOptions()
    // Anchors first: what is anchored while we walk would lie behind the end of the walk.
    options.anchors = try Array(Set(anchors + anchorsInTables(of: home)))
    options.firstPublicKey = firstPublicKey
    return try governed { () throws(GovernanceError) in try gate.state.log.chainReport(options) }
  }

  /// The first public key of a home, by which all of its log can be verified.
  static func firstPublicKey(_ gate: Gate) throws(OperationError) -> String? {
    try governed { () throws(GovernanceError) in try gate.state.log.firstPublicKey() }
  }

  /// Records that the head is to be kept outside, and gives it, that record included.
  package func anchor() throws(OperationError) -> GovernanceAnchor {
    try gate.require(.viewGovernance)
    try gate.record(.anchor, .successful, targets: ["head"])
    guard
      let anchor = try governed({ () throws(GovernanceError) in try gate.state.log.anchor() })
    else { throw OperationError(.failure, "The governance log is empty.") }
    return anchor
  }

  /// Records of the log, the oldest first; that they were taken out is recorded before.
  package func export(filter: GovernanceFilter) throws(OperationError) -> [GovernanceEntry] {
    try gate.require(.viewGovernance, for: .export)
    let entries = try governed { () throws(GovernanceError) in
      try gate.state.log.list(gate.visible(filter))
    }
    let range = entries.first.map { " \($0.sequence)-\(entries.last?.sequence ?? 0)" } ?? ""
    try gate.record(
      .export, .successful, targets: ["governance log, \(entries.count) records\(range)"])
    return entries
  }

  /// Removes the records of epochs that are older than the retention.
  ///
  /// - Returns: the last record that was removed, and the days; `nil` where none was old enough.
  package func purge(
    justification why: String
  ) throws(OperationError) -> (last: Int64?, days: Int64) {
    let justification = try Gate.justification(why)
    try gate.require(.manageSettings, for: .purge, justification: justification)
    return try governed { () throws(GovernanceError) in
      let days = Int64(try gate.state.value(of: .governanceDays, tenant: gate.tenant)) ?? 120
      let last = try gate.state.log.purge(
        before: UTCTime.now() - days * 86_400_000_000, by: gate.initiator, tenant: gate.tenant,
        justification: justification.text)
      return (last, days)
    }
  }

  /// The anchors in the logs of all tables of a home.
  static func anchorsInTables(of home: Home) throws(OperationError) -> [GovernanceAnchor] {
    do throws(StorageError) {
      var anchors: [GovernanceAnchor] = []
      try collect(home.storage, "lake", depth: 0, &anchors)
      return anchors
    } catch { throw OperationError(error) }
  }

  /// Tables lie up to four folders deep: `lake/<tenant>/snapshots/<name>/usage`.
  private static let depthMax = 5

  private static func collect(
    _ storage: any Storage, _ path: String, depth: Int, _ anchors: inout [GovernanceAnchor]
  ) throws(StorageError) {
    guard depth <= depthMax, try storage.status(path)?.kind == .folder else { return }
    for name in try storage.list(path) {
      let inner = path + "/" + name
      if name == "_delta_log" {
        for file in try storage.list(inner) where file.hasSuffix(".json") {
          if let anchor = try anchor(in: try storage.read(inner + "/" + file)) {
            anchors.append(anchor)
          }
        }
      } else if !name.hasPrefix("_"), !name.hasPrefix("."), !name.contains("=") {
        try collect(storage, inner, depth: depth + 1, &anchors)
      }
    }
  }

  /// The anchor in a commit: in the one line that tells of the commit itself.
  private static func anchor(in commit: [UInt8]) throws(StorageError) -> GovernanceAnchor? {
    for line in commit.split(separator: UInt8(ascii: "\n"))
    where line.starts(with: "{\"commitInfo\"".utf8) {
      return GovernanceAnchor(in: String(decoding: line, as: UTF8.self))
    }
    return nil
  }
}
