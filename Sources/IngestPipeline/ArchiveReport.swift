package import ArchiveDecoding
package import LogFormats
internal import UsageAggregation
package import VeiledRecords

/// Why an archive was left out.
package enum ArchiveProblem: Error, Sendable, CustomStringConvertible {
  case decoding(ArchiveError)
  case format(FormatDetection.Refusal)
  case sumOverflow
  /// The same archive is in the tables, taken in under other options.
  case otherOptions(archive: String)

  package var description: String {
    switch self {
    case .decoding(let error): error.description
    case .format(let refusal): refusal.description
    case .sumOverflow: UsageMergeError.sumOverflow.description
    case .otherOptions(let archive):
      "The archive \(archive) is in the table already, under other options. "
        + "Nothing was changed; use --reprocess to replace what it contributed."
    }
  }
}

/// What became of an archive.
package enum ArchiveOutcome: Sendable {
  /// Its counts joined the batch.
  case joined(batch: Int)
  /// The tables, or an earlier archive of the run, hold it already.
  case known
  case failed(ArchiveProblem)
}

/// Everything that is recorded of one archive.
///
/// One object for each: a run has as many as there are archives, and hands them all on.
// SAFETY: written like the flow it belongs to, under the board's lock or by who joins it; only read
// once the archive has joined or was left out.
package final class ArchiveReport: @unchecked Sendable {
  package let reference: ArchiveReference
  package internal(set) var outcome = ArchiveOutcome.known
  package internal(set) var contentID = ""
  package internal(set) var fileHash = ""
  package internal(set) var storedBytes: UInt64 = 0
  package internal(set) var textBytes: UInt64 = 0
  package internal(set) var counts = LineCounts()
  /// The first refused lines, in order, with line numbers from 1; see `rejectRowsMax`.
  package internal(set) var rejects: [RejectedLine] = []
  package internal(set) var rejectsByReason: [RejectReason: Int] = [:]
  /// How many events each rule has left out, by the rule's place.
  package internal(set) var leftOut: [Int: Int] = [:]
  package internal(set) var format: String?
  package internal(set) var confidence: Double?
  /// Attributes for which the log has no field.
  package internal(set) var missing: [Attribute] = []
  /// Days since 1970 with events.
  package internal(set) var days: [Int32] = []
  /// Microseconds since 1970.
  package internal(set) var firstSeen: Int64?
  package internal(set) var lastSeen: Int64?
  package internal(set) var uploadedBytes: Int64 = 0
  package internal(set) var downloadedBytes: Int64 = 0
  /// Microseconds since 1970.
  package internal(set) var started: Int64 = 0
  package internal(set) var finished: Int64 = 0

  init(_ reference: ArchiveReference) { self.reference = reference }

  /// Refused lines of one archive that are kept one by one; all are counted.
  package static let rejectRowsMax = 1_000_000
}

extension ArchiveReport {
  /// Its counts are in the tables by this run.
  package var isJoined: Bool { if case .joined = outcome { true } else { false } }
  /// It was left out for a reason.
  package var isFailed: Bool { if case .failed = outcome { true } else { false } }
  /// It was in the tables already.
  package var isKnown: Bool { if case .known = outcome { true } else { false } }
}
