internal import DeltaLake
internal import IngestPipeline

/// What a run with `--reprocess` takes out of the tables before its own files come in.
///
/// The rows of `usage` know their batch, not their archive: so a batch goes as a whole, and only
/// when all of its archives were read again.
struct Replacement {
  let batches: Set<BatchKey>

  /// Finds the batches that hold one of the archives that were read.
  ///
  /// - Parameter failures: archives that could not be read, with the reason.
  /// - Throws: with the names of the archives that were not given and lie in one of them.
  init(
    _ archives: Set<String>, source: String, records: IngestRecords,
    failures: [(name: String, reason: String)] = []
  ) throws(OperationError) {
    let ours = records.committed.filter { $0.source == source }
    batches = Set(ours.filter { archives.contains($0.archive) }.map(\.batchKey))
    let missing = ours.filter { batches.contains($0.batchKey) && !archives.contains($0.archive) }
    guard missing.isEmpty else {
      let reasons = Dictionary(failures, uniquingKeysWith: { first, _ in first })
      throw OperationError(
        .badData,
        Self.words(
          missing.map(\.name).sorted().map { name in
            reasons[name].map { "\(name) (\($0))" } ?? name
          }))
    }
  }

  private static let namesMax = 20

  private static func words(_ names: [String]) -> String {
    var list = names.prefix(namesMax).joined(separator: ", ")
    if names.count > namesMax { list += " and \(names.count - namesMax) more" }
    return "What was read lies in one batch with archives that were not given, or could not be "
      + "read: \(list). Nothing was changed; give all archives of the batch."
  }
}
