import ArchiveDecoding
import IngestPipeline
import Operations
import VeiledRecords

/// What a run did, in words for people.
struct RunWords {
  private let summary: RunSummary
  let report: RunReport

  init(_ summary: RunSummary) {
    self.summary = summary
    report = RunReport(summary)
  }

  /// Notices, and what was left out and why.
  func sayProblems() {
    for notice in summary.notices { Terminal.say(notice) }
    for (path, reason) in summary.unlisted {
      Terminal.say(reason.hasPrefix(path) ? reason : "\(path): \(reason)")
    }
    for report in summary.result.reports {
      if case .failed(let problem) = report.outcome {
        let (label, reason) = (report.reference.label, problem.description)
        Terminal.say(reason.hasPrefix(label) ? reason : "\(label): \(reason)")
      }
    }
  }

  /// A table of the counts.
  var table: String {
    var rows: [(String, String)] = [
      ("archives", archives),
      ("text", "\(Self.size(report.decompressedBytes)) from \(Self.size(report.inputBytes))"),
      ("lines", Self.number(report.lines)),
      ("  events", Self.number(report.events)),
      ("  excluded", Self.number(report.excluded)),
      ("  rejected", Self.number(report.rejected)),
      ("  comments", Self.number(report.comments)),
    ]
    for (reason, count) in report.rejectsByReason.sorted(by: { $0.value > $1.value }) {
      rows.append(("    \(reason)", Self.number(count)))
    }
    rows.append(("users", Self.number(report.users)))
    if report.nullUsers > 0 {
      rows.append(("  no people", "\(Self.number(report.nullUsers)) events, without a user"))
    }
    rows += [
      ("cloud apps", Self.number(report.apps)),
      ("uploaded", Self.size(UInt64(clamping: report.uploadedBytes))),
      ("downloaded", Self.size(UInt64(clamping: report.downloadedBytes))),
      ("formats", formats),
      ("time", time),
      ("memory", Self.size(UInt64(clamping: report.peakMemoryBytes))),
    ]
    rows.append(
      ("table", summary.version.map { "version \($0), in \(summary.tablesPath)" } ?? "unchanged"))
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, value in
      name + String(repeating: " ", count: width - name.count + 2) + value
    }.joined(separator: "\n")
  }

  private var archives: String {
    var parts = ["\(report.archives) committed"]
    if report.skipped > 0 { parts.append("\(report.skipped) known already, skipped") }
    if summary.replacedArchives > 0 {
      parts.append("\(summary.replacedArchives) of them in place of older rows")
    }
    if report.failed > 0 { parts.append("\(report.failed) left out") }
    return parts.joined(separator: ", ")
  }

  /// Each with the least confidence with which it was found, and how many archives have it.
  private var formats: String {
    let uses = report.formats.sorted { $0.key < $1.key }.map { name, use in
      let facts = [
        use.confidence.map { "\(Int($0 * 100)) %" },
        report.formats.count > 1
          ? "\(Self.number(use.archives)) archive\(use.archives == 1 ? "" : "s")" : nil,
      ].compactMap(\.self)
      return facts.isEmpty ? name : "\(name) (\(facts.joined(separator: ", ")))"
    }
    return uses.isEmpty ? "-" : uses.joined(separator: ", ")
  }

  private var time: String {
    let seconds = Self.decimal(report.wallSeconds, 2)
    let rate = Double(report.decompressedBytes) / max(report.wallSeconds, 1e-9) / 1e9
    return "\(seconds) s on \(report.threads) threads, \(Self.decimal(rate, 2)) GB/s of text"
  }

  static func number(_ value: Int) -> String {
    var digits = String(value)
    var grouped = ""
    while digits.count > 3 {
      grouped = "," + digits.suffix(3) + grouped
      digits.removeLast(3)
    }
    return digits + grouped
  }

  static func size(_ bytes: UInt64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1024, unit + 1 < units.count {
      value /= 1024
      unit += 1
    }
    return unit == 0 ? "\(bytes) B" : "\(decimal(value, 1)) \(units[unit])"
  }

  static func decimal(_ value: Double, _ places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = Int((value * scale).rounded())
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale))." + String(repeating: "0", count: places - fraction.count)
      + fraction
  }
}
