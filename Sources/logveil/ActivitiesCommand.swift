import ArgumentParser
import Foundation
import Operations
import StagedExecution
import VeiledRecords

struct ActivitiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activities",
    abstract: "Query and export the activity log, which `run --activities` keeps.",
    discussion: """
      Filters take several values; each has a --not- form. Private activities are hidden unless \
      --show-private asks for them: that needs the permission view_private and a reason \
      (--confirm), and is recorded before the first row appears; where files of them have a key \
      that was destroyed, those are left out and the exit code is 3. Files are written whole or \
      not at all. Apps, actions and methods are found whatever their case. Needs the permission \
      view_activities.
      """)

  @OptionGroup var homeOptions: HomeOptions
  @OptionGroup var filters: ActivityFlags

  @Option(parsing: .upToNextOption, help: "Columns to show, in this order.")
  var columns: [String] = []

  @Option(parsing: .upToNextOption, help: "Columns to sort by (default: as in the files).")
  var sort: [String] = []

  @Flag(help: "Sort the other way round.")
  var descending = false

  @Option(help: "Show at most so many rows; 0: all (default: 100 in a table, else all).")
  var limit: Int?

  @Flag(help: "Print one JSON object for each row.")
  var json = false

  @Option(help: "Write CSV to this file, or - for standard output.")
  var csv: String?

  @Option(help: "Write JSON lines to this file.")
  var jsonl: String?

  @Option(help: "Write Parquet to this file.")
  var parquet: String?

  @Option(help: "Write a feed in CEF to this file, or - for standard output.")
  var cef: String?

  @Option(help: "Write a feed in LEEF to this file, or - for standard output.")
  var leef: String?

  @Flag(help: "Also private activities; needs view_private and --confirm.")
  var showPrivate = false

  @Option(help: "Why private activities are shown: kept in the governance log.")
  var confirm: String?

  @Option(help: "Number of threads (default: all processors).")
  var threads: Int?

  private static let shown = [
    "time", "user", "app", "host", "action", "method", "http_status", "total_bytes",
  ]

  func validate() throws {
    let targets = [csv, jsonl, parquet, cef, leef].compactMap { $0 }.count + (json ? 1 : 0)
    guard targets <= 1 else { throw ValidationError("Rows go to one place at a time.") }
    guard confirm == nil || showPrivate else {
      throw ValidationError("--confirm goes with --show-private.")
    }
    guard parquet == nil || (sort.isEmpty && columns.isEmpty && limit == nil) else {
      throw ValidationError("--parquet takes all columns of all rows, in the order of the files.")
    }
    if let confirm, confirm.allSatisfy(\.isWhitespace) {
      throw ValidationError("--confirm is the reason for which private activities are shown.")
    }
    guard (limit ?? 0) >= 0 else { throw ValidationError("--limit is a number of rows.") }
    guard (1...512).contains(threads ?? 1) else { throw ValidationError("--threads is 1 to 512.") }
  }

  func run() throws {
    var request = ActivityRequest(home: try homeOptions.path(), tenant: homeOptions.tenant)
    try filters.fill(&request)
    request.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    if showPrivate { request.confirmation = try reason() }
    var order = RowOrder()
    order.columns = sort
    order.isDescending = descending
    order.limit = limit.flatMap { $0 == 0 ? nil : $0 }
    try ActivityOperation.columns(columns, of: target?.form ?? .json, order, request)
    let operation = try ActivityOperation(request)
    if let parquet {
      try write(parquet, "parquet", operation) { emit throws(OperationError) in
        try operation.writeParquet(emit)
      }
    } else if let (form, path) = target {
      try write(path, form.rawValue, operation) { emit throws(OperationError) in
        try operation.writeRows(form, columns: columns, order: order, emit)
      }
    } else if json {
      _ = try operation.writeRows(.json, columns: columns, order: order) {
        bytes throws(OperationError) in try Terminal.put(bytes)
      }
    } else {
      if limit == nil { order.limit = 100 }
      try show(operation, order)
    }
    if operation.sealedFiles > 0 {
      Terminal.say(
        "\(operation.sealedFiles) files of private activities have a key that was destroyed: "
          + "nobody can read them, and their rows are left out.")
      Terminal.exit(.incomplete)
    }
  }

  private var target: (form: RowForm, path: String)? {
    let all: [(RowForm, String?)] = [(.csv, csv), (.json, jsonl), (.cef, cef), (.leef, leef)]
    return all.compactMap { form, path in path.map { (form, $0) } }.first
  }

  /// The reason, from the command line or a person who was asked.
  private func reason() throws -> String {
    if let confirm { return confirm }
    guard Terminal.canAsk,
      let answer = Terminal.ask(
        "This shows private activities and is recorded under your name. Why? ")
    else {
      throw ValidationError("--show-private needs --confirm REASON where nobody can be asked.")
    }
    return answer
  }

  private func write(
    _ path: String, _ form: String, _ operation: ActivityOperation,
    _ body: (([UInt8]) throws(OperationError) -> Void) throws(OperationError) -> Int
  ) throws {
    if path == "-" {
      try operation.recordExport(form, rows: nil)
      // A reader that goes away must not end us before that is recorded.
      Signals.passBrokenPipes()
      let rows: Int
      do { rows = try body { bytes throws(OperationError) in try Terminal.put(bytes) } } catch {
        try operation.recordFailedExport(form, error)
        throw error
      }
      return try operation.recordExport(form, rows: rows)
    }
    let file = try OutputFile(path)
    let rows = try body { bytes throws(OperationError) in try file.append(bytes) }
    // Recorded first: what is not recorded does not leave the house.
    try operation.recordExport(form, rows: rows)
    try file.finish()
    Terminal.say("Wrote \(rows) rows to \(path).")
  }

  private func show(_ operation: ActivityOperation, _ order: RowOrder) throws {
    let names = columns.isEmpty ? Self.shown : columns
    var table = TextTable(showPrivate && !names.contains("private") ? names + ["private"] : names)
    var text: [UInt8] = []
    let rows = try operation.writeRows(.cells, columns: names, order: order) {
      bytes throws(OperationError) in text += bytes
    }
    for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
      table.add(line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
    }
    try page(table.text)
    if rows == order.limit {
      Terminal.say("These are the first \(rows) rows; --limit 0 shows all, filters fewer.")
    }
  }

  /// Shows a page at a time where a person looks at it.
  private func page(_ text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let pageLines = 40
    guard Terminal.canAsk, lines.count > pageLines else { return Terminal.put(text) }
    var start = 0
    while start < lines.count {
      let end = min(lines.count, start + pageLines)
      Terminal.put(lines[start..<end].joined(separator: "\n"))
      start = end
      if start < lines.count, Terminal.ask("-- Enter: more, q: end -- ")?.first == "q" { return }
    }
  }
}

/// By what activities are chosen.
struct ActivityFlags: ParsableArguments {
  @Option(parsing: .upToNextOption, help: "Apps.") var app: [String] = []
  @Option(parsing: .upToNextOption, help: "No such apps.") var notApp: [String] = []
  @Option(parsing: .upToNextOption, help: "Users, by their pseudonyms.") var user: [String] = []
  @Option(parsing: .upToNextOption, help: "No such users.") var notUser: [String] = []
  @Option(parsing: .upToNextOption, help: "Devices, by their pseudonyms.")
  var device: [String] = []
  @Option(parsing: .upToNextOption, help: "No such devices.") var notDevice: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: "Source addresses: pseudonyms, or addresses and networks, which needs lookup.")
  var ip: [String] = []
  @Option(parsing: .upToNextOption, help: "No such addresses.") var notIp: [String] = []
  @Option(parsing: .upToNextOption, help: "allowed, blocked.") var action: [String] = []
  @Option(parsing: .upToNextOption, help: "No such actions.") var notAction: [String] = []
  @Option(parsing: .upToNextOption, help: "Hosts, with all below them.") var host: [String] = []
  @Option(parsing: .upToNextOption, help: "No such hosts.") var notHost: [String] = []
  @Option(parsing: .upToNextOption, help: "Data sources.") var source: [String] = []
  @Option(parsing: .upToNextOption, help: "No such sources.") var notSource: [String] = []
  @Option(parsing: .upToNextOption, help: "Members of groups; needs lookup.")
  var group: [String] = []
  @Option(parsing: .upToNextOption, help: "No members of groups.") var notGroup: [String] = []
  @Option(parsing: .upToNextOption, help: "Tags of source addresses' ranges.")
  var ipTag: [String] = []
  @Option(parsing: .upToNextOption, help: "No such tags.") var notIpTag: [String] = []
  @Option(parsing: .upToNextOption, help: "Methods of HTTP.") var method: [String] = []
  @Option(parsing: .upToNextOption, help: "No such methods.") var notMethod: [String] = []
  @Option(parsing: .upToNextOption, help: "Statuses of HTTP.") var status: [String] = []
  @Option(parsing: .upToNextOption, help: "No such statuses.") var notStatus: [String] = []

  @Option(help: "All of one person, by one pseudonym, under all keys; needs lookup.")
  var followUser: String?

  @Option(help: "From this day on (YYYY-MM-DD, UTC).")
  var from: String?

  @Option(help: "Up to this day, with it.")
  var to: String?

  @Flag(help: "The log with clear names, of --no-anonymise; needs the permission resolve too.")
  var clear = false

  func fill(_ request: inout ActivityRequest) throws {
    let pairs: [(ActivityRequest.Key, [String], [String])] = [
      (.app, app, notApp), (.user, user, notUser), (.device, device, notDevice),
      (.ip, ip, notIp), (.action, action, notAction), (.host, host, notHost),
      (.source, source, notSource), (.group, group, notGroup), (.method, method, notMethod),
      (.status, status, notStatus), (.ipTag, ipTag, notIpTag),
    ]
    for (key, wanted, unwanted) in pairs {
      if !wanted.isEmpty {
        request.choices.append(.init(key, wanted, isExcluding: false))
      }
      if !unwanted.isEmpty {
        request.choices.append(.init(key, unwanted, isExcluding: true))
      }
    }
    request.followed = followUser
    request.first = try from.map { CivilDay(Int32(try DayFlags.day($0, "--from"))) }
    request.last = try to.map { CivilDay(Int32(try DayFlags.day($0, "--to"))) }
    request.isClear = clear
  }
}
