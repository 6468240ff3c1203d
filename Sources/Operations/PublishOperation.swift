internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import ParquetFiles
internal import Pseudonymisation
internal import ReleaseRules
package import ReportFigures
internal import ReportPages
internal import StagedExecution
internal import UsageReports
internal import VeiledRecords

/// What a person asked `logveil publish` to do.
package struct PublishRequest: Sendable {
  package var home: String
  package var tenant: String
  /// `YYYY-MM`.
  package var month: String
  package var audience = Audience.managers
  /// Levels that are left out.
  package var excluded: Set<ReleaseCell.Level> = []
  /// Whether names of apps stand as keyed codes.
  package var hashesApps = false
  package var threads = 1

  package init(home: String, tenant: String, month: String) {
    self.home = home
    self.tenant = tenant
    self.month = month
  }
}

/// Publishes figures for readers who may not see pseudonyms.
///
/// A month is cut once, for all audiences together; the ledger keeps every word of it. Whoever asks
/// again gets what was cut, whatever the table holds by then: so two releases of a month can never
/// be subtracted from each other.
package struct PublishOperation {
  private let request: PublishRequest
  private let home: Home
  private let gate: Gate

  /// Asks whether this may be done.
  package init(_ request: PublishRequest) throws(OperationError) {
    self.request = request
    home = try Home(at: request.home)
    gate = try Gate.open(home, tenant: request.tenant)
    try gate.require(.publish, for: .publish)
  }

  /// The release, cut now or before, in all forms wanted, once a record of it is durable.
  package func run(_ outputs: [ReportOutput]) throws(OperationError) -> PublishedRelease {
    try OutputFile.check(outputs)
    let release = try shaped(try released())
    let forms = outputs.map(\.words).joined(separator: ", ")
    let target = "\(request.month) for \(request.audience.rawValue): \(forms)"
    return try gate.audited(.publish, target: target) {
      for output in outputs { try write(release, output) }
      return (release, target)
    }
  }

  /// What was published so far, for people who look after it.
  package func ledger() throws(OperationError) -> [PublishedRelease] {
    try entries().map { entry throws(OperationError) in try release(entry) }
  }

  private func released() throws(OperationError) -> PublishedRelease {
    var entries = try entries().filter { $0.month == request.month }
    if entries.isEmpty {
      let cut = try cut()
      entries = try governed { () throws(GovernanceError) in
        try gate.state.enterReleases(
          cut, month: request.month, tenant: request.tenant, by: gate.initiator)
      }
    }
    guard let entry = entries.first(where: { $0.audience == request.audience.rawValue }) else {
      throw OperationError(.failure, "The ledger has no release for \(request.audience.rawValue).")
    }
    return try release(entry)
  }

  /// Releases of figures; those of people are another verb's.
  private func entries() throws(OperationError) -> [LedgerEntry] {
    try governed { () throws(GovernanceError) in
      try gate.state.releases(tenant: request.tenant)
    }.filter { Audience(rawValue: $0.audience) != nil }
  }

  private func cut() throws(OperationError) -> [LedgerEntry] {
    let month = try PublishedMonth(request.month)
    let minimums = try gate.publishMinimums()
    do {
      let (scan, version) = try month.scan(home, gate)
      let keyring = try home.loadKeys(of: request.tenant)
      let link = try PersonLink(gate, keyring)
      let figures = try scan.figures(
        month.first, month.last, ThreadCrew(workers: request.threads),
        canonical: { link.person(of: $0) })
      guard !figures.days.isEmpty else { throw month.isEmpty }
      let releases = ReleaseCutter(figures).cut(minimums: minimums.map(\.minimum))
      let made = CivilDay.now()
      return try zip(minimums, releases).map { (one, cut) throws(OperationError) in
        var release = PublishedRelease(
          tenant: request.tenant, month: request.month, audience: one.audience,
          minimum: one.minimum, made: made, tableVersion: version)
        (release.cells, release.hidden) = cut
        for place in release.cells.indices where release.cells[place].level == .app {
          release.cells[place].code = try Self.code(release.cells[place].name, keyring)
        }
        return LedgerEntry(
          month: request.month, audience: one.audience.rawValue, minimum: one.minimum, made: made,
          tableVersion: version, content: ReleaseText.text(release))
      }
    } catch UsageReportError.noRows {
      throw OperationError(.noInput, UsageReportError.noRows.description)
    } catch { throw OperationError(error) }
  }

  private func release(_ entry: LedgerEntry) throws(OperationError) -> PublishedRelease {
    guard let audience = Audience(rawValue: entry.audience),
      let release = ReleaseText.read(
        entry.content,
        into: PublishedRelease(
          tenant: request.tenant, month: entry.month, audience: audience, minimum: entry.minimum,
          made: entry.made, tableVersion: entry.tableVersion))
    else {
      throw OperationError(
        .failure, "The release of \(entry.month) in the ledger cannot be read. Nothing was done.")
    }
    return release
  }

  /// Leaves out levels and puts codes in place of names; never adds anything.
  private func shaped(_ release: PublishedRelease) throws(OperationError) -> PublishedRelease {
    var release = release
    release.cells.removeAll { request.excluded.contains($0.level) }
    guard request.hashesApps else { return release }
    for place in release.cells.indices where release.cells[place].level == .app {
      if let code = release.cells[place].code {
        release.cells[place].name = code
      } else {
        release.cells[place].name = try codeOfToday(release.cells[place].name)
      }
    }
    release.cells = Self.sortedApps(release.cells)
    return release
  }

  /// A keyed code of an app; `nil` where the keys are destroyed.
  private static func code(
    _ name: String, _ keyring: Keyring
  ) throws(OperationError) -> String? {
    try keyring.releaseCode(of: "publish\n" + name).map { "app-" + $0 }
  }

  /// For releases of before codes were kept.
  private func codeOfToday(_ name: String) throws(OperationError) -> String {
    guard let code = try Self.code(name, home.loadKeys(of: request.tenant)) else {
      throw Keyring.makesNoCodes
    }
    return code
  }

  /// The same with the apps of each category in the order of their codes: that of their names would
  /// tell of them.
  private static func sortedApps(_ cells: [ReleaseCell]) -> [ReleaseCell] {
    var cells = cells
    var start = 0
    while start < cells.count {
      let isApp = cells[start].level == .app
      let end = cells[start...].firstIndex { ($0.level == .app) != isApp } ?? cells.count
      if isApp { cells[start..<end].sort { ($0.parent, $0.name) < ($1.parent, $1.name) } }
      start = end
    }
    return cells
  }

  private func write(_ release: PublishedRelease, _ output: ReportOutput) throws(OperationError) {
    switch output {
    case .html(let path), .executive(let path):
      try OutputFile.write(ReleasePage.bytes(release), to: path)
    case .csv(let path):
      try OutputFile.write(CSVText.bytes(ReleasePage.table(release)), to: path)
    case .parquet(let path):
      try OutputFile.write(
        ReleasePage.table(release), asParquetTo: path, mark: ("logveil.release", release.month))
    case .shown: break
    }
  }
}
