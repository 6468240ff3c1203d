internal import ArchiveDecoding
internal import DeltaLake
internal import Governance
internal import IngestPipeline
internal import StagedExecution
internal import Synchronization
internal import VeiledRecords

extension RunOperation {
  /// Writes what `ingests` and `rejects` say of a run, and tells the governance log of each
  /// archive, in one transaction, before its counts can be seen.
  ///
  /// Both at once, since the log is written by one thread; where the tables cannot be written, it
  /// is told nothing.
  func tell(_ result: IngestResult, _ job: IngestRun, _ gate: Gate) throws {
    let crew = ThreadCrew(workers: request.threads)
    let records = records(of: result.reports, gate, crew)
    let context = context(job)
    let written = Mutex<Result<Void, any Error>?>(nil)
    let recorded = Mutex<Result<Void, any Error>>(.success(()))
    let bell = Bell()
    crew.forEach(2) { task in
      // The first begins first, also in a crew of one: the second never waits in vain.
      if task == 0 {
        let outcome = Result { try job.writeRecords(result, context) }
        written.withLock { $0 = outcome }
        bell.ring()
      } else {
        let outcome = Result {
          try append(records, gate) {
            bell.wait(since: 0)
            return written.withLock { if case .success = $0 { true } else { false } }
          }
        }
        recorded.withLock { $0 = outcome }
      }
    }
    try written.withLock { try $0?.get() }
    try recorded.withLock { try $0.get() }
  }

  private func append(
    _ records: [GovernanceRecord], _ gate: Gate, if isDone: () -> Bool
  ) throws(GovernanceError) {
    var start = StageClock.now()
    try gate.state.log.append(records) {
      clock.addBusy("record", since: start)
      defer { start = StageClock.now() }
      return isDone()
    }
    clock.addBusy("record", since: start)
  }

  private func records(
    of reports: [ArchiveReport], _ gate: Gate, _ crew: ThreadCrew
  ) -> [GovernanceRecord] {
    let records = crew.gathered(reports.count) { place in
      let report = reports[place]
      let (status, target, error): (GovernanceStatus, String, String?)
      switch report.outcome {
      case .joined: (status, target, error) = (.successful, report.governanceTarget, nil)
      case .failed(let problem):
        (status, target, error) = (.failed, report.reference.name, problem.description)
      case .known: return GovernanceRecord?.none
      }
      return GovernanceRecord(
        action, status, by: gate.initiator, target: target, tenant: gate.tenant, error: error)
    }
    return records.compactMap { $0 }
  }

  /// Another run came first, or what is private has changed: what was recorded did not happen.
  func recordConflict(
    _ error: any Error, _ joined: [String], _ gate: Gate
  ) throws {
    let isConflict = (error as? DeltaError)?.isConflict ?? (error is OperationError)
    guard isConflict else { return }
    let words = OperationError(error).description
    try gate.record(
      action, .failed, targets: joined, errors: joined.map { _ in words })
  }
}

extension ArchiveReport {
  /// What the governance log calls it: its content, and what became of each line.
  fileprivate var governanceTarget: String {
    let counts = counts
    return "\(contentID) lines=\(counts.lines) events=\(counts.events) "
      + "excluded=\(counts.excluded) rejected=\(counts.rejected) comments=\(counts.comments)"
  }
}
