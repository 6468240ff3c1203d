import GRDB
import Sealing

/// What a record of the governance log says of a month that was cut:
///
/// ```
/// 2026-11 cut: admins from 5 persons sha256 3f…, managers from 10 persons sha256 a0…
/// ```
/// Older records have no hashes. What stands in records that are purged is said once more, as
/// `2026-11 cut earlier: …`.
enum ReleaseTarget {
  private static let now = " cut: "
  private static let earlier = " cut earlier: "
  private static let hashWord = " sha256 "

  static func text(
    _ entries: [LedgerEntry], month: String, tenant: String
  ) throws(GovernanceError) -> String {
    let releases = try entries.map { entry throws(GovernanceError) in
      "\(entry.audience) from \(entry.minimum) persons\(hashWord)\(try entry.hash(tenant: tenant))"
    }
    return month + now + releases.joined(separator: ", ")
  }

  /// The same for a record that stands for a purged one; `nil` where it tells of no cut.
  static func repeated(_ target: String) -> String? {
    guard releases(in: target) != nil else { return nil }
    return target.replacing(now, with: earlier, maxReplacements: 1)
  }

  /// A release that a record tells of, and its hash; `nil` in records of before there were any.
  typealias Cut = (month: String, audience: String, hash: String?)

  /// `nil` where the text tells of no cut.
  static func releases(in target: String) -> [Cut]? {
    let (month, rest) = (String(target.prefix(7)), target.dropFirst(7))
    guard let mark = [now, earlier].first(where: rest.hasPrefix) else { return nil }
    return rest.dropFirst(mark.count).split(separator: ", ").compactMap { release in
      let parts = release.split(separator: hashWord)
      guard let audience = parts.first?.split(separator: " from ").first else { return nil }
      return (month, String(audience), parts.count > 1 ? String(parts[1]) : nil)
    }
  }
}

extension LedgerEntry {
  /// The SHA-256 of all that the ledger says of a release, in hexadecimal digits. No text but the
  /// last one holds a newline, so that no two entries are hashed alike.
  func hash(tenant: String) throws(GovernanceError) -> String {
    let text = [
      "logveil release v1", tenant, month, audience, String(minimum), made, String(tableVersion),
      content,
    ].joined(separator: "\n")
    do throws(SealingError) {
      return RecordHash.text(try Digest.sha256(Array(text.utf8).span))
    } catch { throw .digestFailed }
  }
}

/// A place where the ledger of releases is not what the governance log says was cut.
package enum ReleaseFault: Equatable, Sendable, CustomStringConvertible {
  case altered(tenant: String, month: String, audience: String)
  case missing(tenant: String, month: String, audience: String)
  /// No record tells that it was cut.
  case unrecorded(tenant: String, month: String, audience: String)

  package var tenant: String {
    switch self {
    case .altered(let tenant, _, _), .missing(let tenant, _, _), .unrecorded(let tenant, _, _):
      tenant
    }
  }

  package var description: String {
    switch self {
    case .altered(let tenant, let month, let audience):
      "The release of \(month) for \(audience), tenant \(tenant), was altered since it was cut."
    case .missing(let tenant, let month, let audience):
      "The release of \(month) for \(audience), tenant \(tenant), was cut and is gone."
    case .unrecorded(let tenant, let month, let audience):
      "The release of \(month) for \(audience), tenant \(tenant), is there and was never cut."
    }
  }
}

/// The releases of all tenants, held against the records of their cuts.
struct ReleaseLedger {
  private(set) var entries: [(tenant: String, entry: LedgerEntry)] = []
  private(set) var faults: [ReleaseFault] = []
  /// Entries whose records have no hash, or were purged by a version that did not repeat them.
  private(set) var uncheckedCount = 0

  private struct Key: Hashable {
    var tenant, month, audience: String
  }

  /// - Parameter isWhole: whether the log has its first record still.
  init(isWhole: Bool, in database: Database) throws {
    entries = try Self.entries(in: database)
    var cuts = try Self.cuts(in: database)
    for (tenant, entry) in entries {
      let (month, audience) = (entry.month, entry.audience)
      let cut = cuts.removeValue(forKey: Key(tenant: tenant, month: month, audience: audience))
      if let hash = cut?.hash {
        if try entry.hash(tenant: tenant) != hash {
          faults.append(.altered(tenant: tenant, month: month, audience: audience))
        }
      } else if cut == nil, isWhole {
        faults.append(.unrecorded(tenant: tenant, month: month, audience: audience))
      } else {
        uncheckedCount += 1
      }
    }
    let gone = cuts.keys.sorted {
      ($0.tenant, $0.month, $0.audience) < ($1.tenant, $1.month, $1.audience)
    }
    faults += gone.map { .missing(tenant: $0.tenant, month: $0.month, audience: $0.audience) }
  }

  private static func entries(in database: Database) throws -> [(String, LedgerEntry)] {
    // Who takes the whole table away takes its releases.
    guard try database.tableExists("releases") else { return [] }
    let statement = try ExactStatement(
      "SELECT tenant, month, audience, minimum, made, table_version, content FROM releases "
        + "ORDER BY tenant, month, audience", in: database)
    var entries: [(String, LedgerEntry)] = []
    while try statement.step() {
      let entry = LedgerEntry(
        month: statement.value(1).string ?? "", audience: statement.value(2).string ?? "",
        minimum: Int(statement.value(3).number ?? 0), made: statement.value(4).string ?? "",
        tableVersion: statement.value(5).number ?? 0, content: statement.value(6).string ?? "")
      entries.append((statement.value(0).string ?? "", entry))
    }
    return entries
  }

  /// Each release that was cut, by the first record that tells of it.
  private static func cuts(in database: Database) throws -> [Key: ReleaseTarget.Cut] {
    var cuts: [Key: ReleaseTarget.Cut] = [:]
    for (tenant, target) in try records(to: .max, in: database) {
      for cut in ReleaseTarget.releases(in: target) ?? [] {
        let key = Key(tenant: tenant, month: cut.month, audience: cut.audience)
        if cuts[key] == nil { cuts[key] = cut }
      }
    }
    return cuts
  }

  /// The records of publishing, those of cuts among them, up to a sequence; without those of
  /// tenants that were removed since.
  static func records(
    to last: Int64, in database: Database
  ) throws -> [(tenant: String, target: String)] {
    let statement = try ExactStatement(
      """
      SELECT tenant, target, action, sequence FROM governance
      WHERE action IN (?, ?) AND status = ? ORDER BY sequence
      """, in: database)
    try statement.bind(GovernanceAction.publish.rawValue, at: 1)
    try statement.bind(GovernanceAction.tenantRemove.rawValue, at: 2)
    try statement.bind(GovernanceStatus.successful.rawValue, at: 3)
    var records: [(tenant: String, target: String)] = []
    while try statement.step() {
      guard let tenant = statement.value(0).string, let target = statement.value(1).string else {
        continue
      }
      if statement.value(2).string == GovernanceAction.tenantRemove.rawValue {
        records.removeAll { $0.tenant == target }
      } else if statement.value(3).number ?? 0 <= last {
        records.append((tenant, target))
      }
    }
    return records
  }
}
