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
      let link = PrivateLink(home, tenant: request.tenant)
      let figures = try scan.figures(
        month.first, month.last, ThreadCrew(workers: request.threads),
        canonical: { link.user(of: $0) })
      if let error = link.error { throw error }
      guard !figures.days.isEmpty else { throw month.isEmpty }
      let releases = ReleaseCutter(figures).cut(minimums: minimums.map(\.minimum))
      let made = CivilDay.now()
      return zip(minimums, releases).map {
        var release = PublishedRelease(
          tenant: request.tenant, month: request.month, audience: $0.audience, minimum: $0.minimum,
          made: made,
          tableVersion: version)
        (release.cells, release.hidden) = ($1.cells, $1.hidden)
        return LedgerEntry(
          month: request.month, audience: $0.audience.rawValue, minimum: $0.minimum, made: made,
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
    let keyring = try home.loadKeys(of: request.tenant)
    do {
      for place in release.cells.indices where release.cells[place].level == .app {
        let name = Array(("publish\n" + release.cells[place].name).utf8)
        guard let code = try keyring.auditCode(of: name.span) else {
          throw OperationError(.configuration, "The keys of the tenant can make no codes.")
        }
        // The code without the name of its kind, of which 64 bits are enough to tell apps apart.
        let digits = code.drop { $0 != ":" }.dropFirst()
        release.cells[place].name = "app-" + digits.prefix(16)
      }
    } catch { throw OperationError(error) }
    release.cells = Self.sortedApps(release.cells)
    return release
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
