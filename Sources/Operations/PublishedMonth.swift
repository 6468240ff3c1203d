internal import DeltaLake
internal import Governance
internal import Pseudonymisation
internal import ReleaseRules
internal import ReportFigures
internal import UsageReports
internal import VeiledRecords

/// A calendar month that is to be published.
struct PublishedMonth {
  private let text: String
  let first: CivilDay
  let last: CivilDay

  /// - Parameter text: `YYYY-MM`.
  init(_ text: String) throws(OperationError) {
    guard let first = CivilDay(parsing: text + "-01") else {
      throw OperationError(.usage, "--month \(text): write it as 2026-11.")
    }
    self.text = text
    self.first = first
    // No month has more than 31 days, and the day after 28 of them tells of which month it is.
    let month = first.description.prefix(7)
    var last = first.daysSince1970 + 27
    while CivilDay(last + 1).description.prefix(7) == month { last += 1 }
    self.last = CivilDay(last)
  }

  /// The tenant's events, once the month is whole, and the table's version.
  func scan(_ home: Home, _ gate: Gate) throws -> (scan: PersonScan, version: Int64) {
    let table = home.lake(tenant: gate.tenant, isClear: false).table("usage")
    guard try table.exists() else { throw UsageReportError.noRows }
    let today = CivilDay.today()
    guard today.daysSince1970 > last.daysSince1970 else {
      throw OperationError(
        .noInput,
        "\(text) is not over: it is \(today) (UTC). A month is cut once, when it is whole.")
    }
    let snapshot = try table.snapshot()
    let apps = try ReportApps(TenantApps(gate))
    let scan = PersonScan(table, snapshot, apps: apps.directory)
    try checkIsWhole(DayRows(first, last, scan.rowCounts))
    return (scan, snapshot.version)
  }

  /// Throws where the table does not reach to the end of the month, or has a part of its first day.
  private func checkIsWhole(_ rows: DayRows) throws(OperationError) {
    if rows.isEmpty { throw isEmpty }
    if !rows.reachesEnd {
      let newest = rows.newest.map { "the newest day in the table is \($0)" }
      let stray = rows.hasLater ? ", but for a few rows dated later" : ""
      throw isNotWhole(
        "is not over there: \(newest ?? "it has no usual day")\(stray)", "last", "later")
    }
    if !rows.hasWholeStart {
      throw isNotWhole("has no more than a part of its first day", "first", "earlier")
    }
  }

  private func isNotWhole(_ what: String, _ day: String, _ side: String) -> OperationError {
    OperationError(
      .noInput,
      "\(text) \(what). A month is cut once, when it is whole; where its \(day) day was unusually "
        + "quiet, once there are usual \(side) ones.")
  }

  /// No row lies in it.
  var isEmpty: OperationError {
    OperationError(
      .noInput,
      "No row lies in \(text). Nothing was cut: a month is cut once, when it is there.")
  }
}

extension Gate {
  /// The smallest groups that releases tell of, the lowest first.
  func publishMinimums() throws(OperationError) -> [(audience: Audience, minimum: Int)] {
    let minimums = try governed { () throws(GovernanceError) in
      [Int](
        try [SettingKey.publishMinimumAdmins, .publishMinimumManagers]
          .map { key throws(GovernanceError) in
            Int(try state.value(of: key, tenant: tenant)) ?? Protection.minimumMin
          })
    }
    return [(.admins, minimums[0]), (.managers, max(minimums[0], minimums[1]))]
  }
}

extension Keyring {
  private static let releasePurpose = "releases"

  /// A keyed code in a release: 64 bits are enough to tell apps or people apart.
  ///
  /// - Returns: 16 hexadecimal digits; `nil` where every key version is destroyed.
  func releaseCode(of text: String) throws(OperationError) -> String? {
    do throws(VeilError) {
      guard let code = try auditCode(of: Array(text.utf8).span) else { return nil }
      // Behind the name of its kind and the key version, which is nobody's business.
      return String(code.drop { $0 != ":" }.dropFirst().prefix(16))
    } catch { throw OperationError(error) }
  }

  static var makesNoCodes: OperationError {
    OperationError(.configuration, "The keys of the tenant can make no codes.")
  }

  /// A text of the ledger, sealed, as hexadecimal digits.
  func sealedText(_ text: String, _ label: String) throws(OperationError) -> String {
    let sealed: [UInt8]
    do throws(VeilError) {
      sealed = try seal(Array(text.utf8).span, purpose: Self.releasePurpose, label: label)
    } catch { throw OperationError(error) }
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    hex.reserveCapacity(sealed.count * 2)
    for byte in sealed { hex += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: hex, as: UTF8.self)
  }

  /// What `sealedText` has sealed.
  func openText(_ hex: String, _ label: String) throws(OperationError) -> String {
    func digit(_ byte: UInt8) -> UInt8 { byte < UInt8(ascii: "a") ? byte &- 48 : byte &- 87 }
    let digits = Array(hex.utf8)
    let sealed = stride(from: 0, to: digits.count - 1, by: 2).map {
      digit(digits[$0]) &<< 4 | digit(digits[$0 + 1])
    }
    do throws(VeilError) {
      let text = try open(sealed.span, purpose: Self.releasePurpose, label: label)
      return String(decoding: text, as: UTF8.self)
    } catch {
      throw OperationError(
        .configuration,
        "The people of \(label) in the ledger cannot be opened: \(error.description) A month is "
          + "never cut again.")
    }
  }
}
