internal import ByteBlocks
internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import IdentityRules
internal import ParquetFiles
internal import ReleaseRules
package import ReportFigures
internal import ReportPages
internal import StagedExecution
package import UsageReports
internal import VeiledRecords

/// What a person asked `logveil report` to do.
package struct ReportRequest: Sendable {
  package var home: String
  package var tenant: String
  package var period = ReportPeriod.newest(days: 30)
  package var source: String?
  /// Tags of address ranges whose rows are wanted; empty: all.
  package var addressTags: [String] = []
  /// The group whose members are looked at; `nil`: everybody.
  package var group: String?
  /// The snapshot report that is looked at; `nil`: the continuous tables.
  package var snapshot: String?
  /// Why key versions are to be linked; `nil`: they are not.
  package var bridgeJustification: String?
  package var threads = 1

  package init(home: String, tenant: String) {
    self.home = home
    self.tenant = tenant
  }
}

/// A form of a report outside of the home.
package enum ReportOutput: Sendable, Equatable {
  /// One file of HTML with all figures.
  case html(String)
  /// One file of HTML with two sheets.
  case executive(String)
  /// A folder with a CSV file for each list.
  case csv(String)
  /// A folder with a Parquet file for each list.
  case parquet(String)
  /// Shown by the caller: a word that says how.
  case shown(String)

  /// Where it goes; `nil` where it is shown.
  var path: String? {
    switch self {
    case .html(let path), .executive(let path), .csv(let path), .parquet(let path): path
    case .shown: nil
    }
  }

  /// What the governance log says of it.
  var words: String {
    switch self {
    case .html(let path): "html to \(path)"
    case .executive(let path): "executive html to \(path)"
    case .csv(let path): "csv to \(path)"
    case .parquet(let path): "parquet to \(path)"
    case .shown(let word): word
    }
  }
}

/// Makes discovery reports: allowed? record, read, write.
package struct ReportOperation {
  private let request: ReportRequest
  private let home: Home
  private let gate: Gate

  /// Asks whether this may be done.
  package init(_ request: ReportRequest) throws(OperationError) {
    self.request = request
    home = try Home(at: request.home)
    gate = try Gate.open(home, tenant: request.tenant)
    try gate.require(.viewReports)
  }

  /// Computes the report and hands it out in all forms wanted, once a record of it is durable.
  ///
  /// - Returns: the figures, for a caller that shows them.
  package func run(_ outputs: [ReportOutput]) throws(OperationError) -> DiscoveryReport {
    let report = try make()
    let forms = outputs.map(\.words).joined(separator: ", ")
    let target = "report of usage, \(report.scope.first) to \(report.scope.last): \(forms)"
    return try gate.audited(.export, target: target) {
      for output in outputs { try write(report, output) }
      return (report, target)
    }
  }

  private func make() throws(OperationError) -> DiscoveryReport {
    if let snapshot = request.snapshot { try Home.checkSnapshotName(snapshot) }
    let lake = home.lake(tenant: request.tenant, isClear: false, snapshot: request.snapshot)
    let table = lake.table("usage")
    do {
      guard try table.exists() else {
        guard let snapshot = request.snapshot else { throw UsageReportError.noRows }
        throw OperationError(
          .noInput,
          "There is no snapshot \(snapshot). `logveil snapshot list` shows those there are.")
      }
      HeapMemory.keep()  // What a file's columns took is for the next one's.
      let apps = try ReportApps(TenantApps(gate))
      var query = ReportQuery(tenant: request.tenant)
      query.source = request.source
      query.addressTags = request.addressTags
      if let group = request.group { query.group = (group, try members(of: group)) }
      query.snapshot = request.snapshot
      query.period = request.period
      query.canonical = try bridge()
      var report = try UsageReport(
        table, try table.snapshot(), query: query, apps: apps.directory
      ).make(
        ThreadCrew(workers: request.threads), made: CivilDay.now(),
        toolVersion: ToolVersion.number)
      if let group = request.group { try checkSize(of: group, &report) }
      return report
    } catch let error as UsageReportError {
      throw OperationError(error.exitCode, error.description)
    } catch { throw OperationError(error) }
  }

  /// The pseudonyms of a group's members, which tell who they are to whoever knows names: so that
  /// needs `lookup`, and is recorded.
  private func members(of group: String) throws(OperationError) -> Set<String> {
    guard BuiltInGroup(named: group) == nil else {
      throw OperationError(
        .usage,
        "\(group) is a built-in group: it has members by a rule, and reports know lists alone. "
          + "Nothing was shown.")
    }
    let filters = ActivityFilters(
      request: ActivityRequest(home: request.home, tenant: request.tenant), gate: gate,
      keyring: try home.loadKeys(of: request.tenant))
    return Set(try filters.members([group]).map { String(decoding: $0, as: UTF8.self) })
  }

  /// Refuses a report on so few people that it would be about single ones, and leaves out a period
  /// before that would.
  private func checkSize(
    of group: String, _ report: inout DiscoveryReport
  ) throws(OperationError) {
    let text = try governed { () throws(GovernanceError) in
      try gate.state.value(of: .publishMinimumAdmins, tenant: request.tenant)
    }
    let minimum = max(Int(text) ?? 0, Protection.minimumMin)
    guard report.totals.users.atLeast >= minimum else {
      throw OperationError(
        .notPermitted,
        "Fewer than \(minimum) people of \(group) have rows in this period: a report would be "
          + "about single people. Nothing was shown; take a longer period or a larger group.")
    }
    report.hideBefore(below: minimum)
  }

  /// Links key versions, where that was asked for and is allowed.
  private func bridge() throws(OperationError) -> (@Sendable (Span<UInt8>) -> [UInt8]?)? {
    guard let why = request.bridgeJustification else { return nil }
    let justification = try Gate.justification(why)
    try gate.require(.manageKeys, for: .keyBridge, justification: justification)
    try gate.require(.lookup, for: .keyBridge, justification: justification)
    let bridge = try PseudonymBridge(home.loadKeys(of: request.tenant))
    try gate.record(
      .keyBridge, .successful, targets: ["all pseudonyms of a report"],
      justification: justification)
    return { bridge.newest(of: $0) }
  }

  private func write(_ report: DiscoveryReport, _ output: ReportOutput) throws(OperationError) {
    switch output {
    case .html(let path): try OutputFile.write(ReportPage.bytes(report), to: path)
    case .executive(let path): try OutputFile.write(ExecutivePage.bytes(report), to: path)
    case .csv(let folder):
      try OutputFile.makeFolder(folder)
      for (name, table) in ReportTables.all(report) {
        try OutputFile.write(CSVText.bytes(table), to: "\(folder)/\(name).csv")
      }
    case .parquet(let folder):
      try OutputFile.makeFolder(folder)
      for (name, table) in ReportTables.all(report) {
        try OutputFile.write(
          table, asParquetTo: "\(folder)/\(name).parquet", mark: ("logveil.report", name))
      }
    case .shown: break
    }
  }
}

extension UsageReportError {
  fileprivate var exitCode: ExitCode {
    switch self {
    case .query(let error): OperationError(error).exitCode
    case .noRows, .unknownSource, .unknownTags, .nobody, .emptyPeriod: .noInput
    }
  }
}
