import Foundation
import Operations
import StagedExecution

/// What a run came to, for Prometheus: a file for the textfile collector of its node exporter.
struct RunMetrics {
  private var lines: [String] = []

  /// The metrics of a run that ended with `exitCode`; `summary` is `nil` when it failed as a whole.
  ///
  /// - Parameters:
  ///   - time: now, in seconds since 1970.
  ///   - earlier: the file as it is: the last success is known from there when this was none.
  init(
    _ summary: RunSummary?, exitCode: Int32, tenant: String, source: String, time: Int64,
    earlier: String
  ) {
    let labels = [("tenant", tenant), ("source", source)]
    add("end_timestamp_seconds", "When the last run ended.", labels, String(time))
    let isSuccess = exitCode == 0 || exitCode == 3
    let success =
      isSuccess ? String(time) : Self.value("logveil_run_success_timestamp_seconds", in: earlier)
    if let success {
      add(
        "success_timestamp_seconds", "When a run last committed, or had nothing to do.", labels,
        success)
    }
    add("exit_code", "Exit code of the last run.", labels, String(exitCode))
    guard let summary else { return }
    let report = RunReport(summary)
    addKinds(
      "archives", "Archives of the last run.", labels, "outcome",
      [("committed", report.archives), ("skipped", report.skipped), ("failed", report.failed)])
    addKinds(
      "lines", "Lines of the last run.", labels, "kind",
      [
        ("events", report.events), ("excluded", report.excluded), ("rejected", report.rejected),
        ("comments", report.comments),
      ])
    addKinds(
      "rejects", "Refused lines of the last run.", labels, "reason",
      report.rejectsByReason.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    add("input_bytes", "Stored bytes read.", labels, String(report.inputBytes))
    add("text_bytes", "Bytes of text.", labels, String(report.decompressedBytes))
    add("users", "Distinct users.", labels, String(report.users))
    add(
      "null_users", "Events whose user is no person.", labels, String(report.nullUsers))
    add("duration_seconds", "Wall time.", labels, RunWords.decimal(report.wallSeconds, 3))
    add("cpu_seconds", "Processor time.", labels, RunWords.decimal(report.cpuSeconds, 3))
    add("peak_memory_bytes", "Most memory at once.", labels, String(report.peakMemoryBytes))
    if let version = report.version {
      add("table_version", "Committed version of usage.", labels, String(version))
    }
    declare("stage_busy_seconds", "Processor time by stage.")
    for (stage, times) in report.stages.sorted(by: { $0.key < $1.key }) {
      add(
        "stage_busy_seconds", labels + [("stage", stage)],
        RunWords.decimal(times.busySeconds, 3))
    }
  }

  /// The text of the file.
  var text: String { lines.joined(separator: "\n") + "\n" }

  private mutating func declare(_ name: String, _ help: String) {
    lines.append("# HELP logveil_run_\(name) \(help)")
    lines.append("# TYPE logveil_run_\(name) gauge")
  }

  private mutating func add(
    _ name: String, _ help: String, _ labels: [(String, String)], _ value: String
  ) {
    declare(name, help)
    add(name, labels, value)
  }

  private mutating func addKinds(
    _ name: String, _ help: String, _ labels: [(String, String)], _ label: String,
    _ values: [(String, Int)]
  ) {
    guard !values.isEmpty else { return }
    declare(name, help)
    for (kind, value) in values { add(name, labels + [(label, kind)], String(value)) }
  }

  private mutating func add(_ name: String, _ labels: [(String, String)], _ value: String) {
    let pairs = labels.map { "\($0)=\"\(Self.escape($1))\"" }.joined(separator: ",")
    lines.append("logveil_run_\(name){\(pairs)} \(value)")
  }

  /// As the text format wants it: backslash, quote and newline are escaped.
  private static func escape(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// The value of a metric in a file that was written before.
  private static func value(_ name: String, in text: String) -> String? {
    for line in text.split(separator: "\n") where line.hasPrefix(name + "{") {
      return line.split(separator: " ").last.map(String.init)
    }
    return nil
  }

  // MARK: Writing

  /// Writes the metrics of a run to `path` in one step, readable for all.
  static func write(
    _ summary: RunSummary?, exitCode: ExitCode, tenant: String, source: String, to path: String
  ) throws {
    let metrics = RunMetrics(
      summary, exitCode: exitCode.rawValue, tenant: tenant, source: source,
      time: Int64(time(nil)),
      earlier: String(decoding: OutputFile.earlier(at: path) ?? [], as: UTF8.self))
    // The collector must never see half a file.
    do { try OutputFile.write(Array(metrics.text.utf8), to: path, mode: 0o644) } catch {
      throw OperationError(
        .cannotCreate, "\(path): the metrics cannot be written. What the run came to stands.")
    }
  }
}
