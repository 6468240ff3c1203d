import IngestPipeline
import Operations
import StagedExecution
import VeiledRecords

/// The JSON object of `run --json`.
struct RunReport: Encodable {
  let archives, skipped, failed: Int
  let lines, events, excluded, rejected, comments: Int
  let rejectsByReason: [String: Int]
  /// The formats in which archives were read, by name.
  let formats: [String: FormatUse]
  let users, nullUsers, apps, mappedNames, unmappedNames: Int
  let uploadedBytes, downloadedBytes: Int64
  let inputBytes, decompressedBytes: UInt64
  let wallSeconds, cpuSeconds: Double
  let peakMemoryBytes, threads: Int
  let version: Int64?
  let stages: [String: Stage]

  struct Stage: Encodable {
    let busySeconds, waitingSeconds: Double
  }

  /// How many archives were read in a format.
  struct FormatUse: Encodable {
    var archives = 0
    /// The least share of the first lines that fitted it; `nil` where it was named.
    var confidence: Double?

    mutating func add(_ found: Double?) {
      archives += 1
      if let found { confidence = min(confidence ?? found, found) }
    }

    private enum CodingKeys: String, CodingKey { case archives, confidence }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(archives, forKey: .archives)
      // A key that is there and null.
      try container.encode(confidence, forKey: .confidence)
    }
  }

  init(_ summary: RunSummary) {
    // One pass, as a report is dear to copy.
    var (joined, known, unread) = (0, 0, summary.unlisted.count)
    var counts = LineCounts()
    var reasons: [String: Int] = [:]
    var formats: [String: FormatUse] = [:]
    var (uploaded, downloaded): (Int64, Int64) = (0, 0)
    var (input, decompressed): (UInt64, UInt64) = (0, 0)
    for report in summary.result.reports {
      switch report.outcome {
      case .known: known += 1
      case .failed: unread += 1
      case .joined:
        joined += 1
        counts += report.counts
        for (reason, count) in report.rejectsByReason { reasons[reason.word, default: 0] += count }
        if let name = report.format { formats[name, default: .init()].add(report.confidence) }
        uploaded = uploaded.addingSaturated(report.uploadedBytes)
        downloaded = downloaded.addingSaturated(report.downloadedBytes)
        input = input.addingSaturated(report.storedBytes)
        decompressed = decompressed.addingSaturated(report.textBytes)
      }
    }
    (archives, skipped, failed) = (joined, known, unread)
    lines = counts.lines
    events = counts.events
    excluded = counts.excluded
    rejected = counts.rejected
    comments = counts.comments
    rejectsByReason = reasons
    self.formats = formats
    users = summary.result.users
    nullUsers = counts.nullUsers
    apps = summary.result.apps
    mappedNames = summary.result.mappedNames
    unmappedNames = summary.result.unmappedNames
    (uploadedBytes, downloadedBytes) = (uploaded, downloaded)
    (inputBytes, decompressedBytes) = (input, decompressed)
    wallSeconds = summary.wallSeconds
    cpuSeconds = summary.cpuSeconds
    peakMemoryBytes = summary.peakMemoryBytes
    threads = summary.threads
    version = summary.version
    stages = summary.stages.mapValues {
      Stage(busySeconds: $0.busySeconds, waitingSeconds: $0.waitingSeconds)
    }
  }

  private enum CodingKeys: String, CodingKey {
    case archives, skipped, failed, lines, events, excluded, rejected, comments
    case mappedNames, unmappedNames
    case rejectsByReason, formats
    case users, nullUsers, apps, uploadedBytes, downloadedBytes, inputBytes
    case decompressedBytes, wallSeconds, cpuSeconds, peakMemoryBytes, threads, version, stages
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(archives, forKey: .archives)
    try container.encode(skipped, forKey: .skipped)
    try container.encode(failed, forKey: .failed)
    try container.encode(lines, forKey: .lines)
    try container.encode(events, forKey: .events)
    try container.encode(excluded, forKey: .excluded)
    try container.encode(rejected, forKey: .rejected)
    try container.encode(comments, forKey: .comments)
    try container.encode(rejectsByReason, forKey: .rejectsByReason)
    try container.encode(formats, forKey: .formats)
    try container.encode(users, forKey: .users)
    try container.encode(nullUsers, forKey: .nullUsers)
    try container.encode(apps, forKey: .apps)
    try container.encode(mappedNames, forKey: .mappedNames)
    try container.encode(unmappedNames, forKey: .unmappedNames)
    try container.encode(uploadedBytes, forKey: .uploadedBytes)
    try container.encode(downloadedBytes, forKey: .downloadedBytes)
    try container.encode(inputBytes, forKey: .inputBytes)
    try container.encode(decompressedBytes, forKey: .decompressedBytes)
    try container.encode(wallSeconds, forKey: .wallSeconds)
    try container.encode(cpuSeconds, forKey: .cpuSeconds)
    try container.encode(peakMemoryBytes, forKey: .peakMemoryBytes)
    try container.encode(threads, forKey: .threads)
    // A key that is there and null, where nothing was committed.
    try container.encode(version, forKey: .version)
    try container.encode(stages, forKey: .stages)
  }
}
