internal import DeltaLake
internal import IngestPipeline

extension RunOperation {
  /// Commits, unless another run has taken in or replaced one of the archives meanwhile, or it has
  /// changed whose activities are private.
  func commit(
    _ run: RunTransaction, _ prepared: PreparedHome, _ seen: IngestRecords,
    archives ids: Set<String>, count: Int
  ) throws -> Int64? {
    let lake = run.lake
    let mode = request.isReprocessing ? "Overwrite" : "Append"
    var info = CommitInfo(operation: "WRITE", parameters: ["mode": mode])
    info.metrics = ["archives": String(count)]
    info.userMetadata = try prepared.gate.anchorText()
    let infos = Dictionary(uniqueKeysWithValues: LakeTables.commitOrder.map { ($0, info) })
    let source = request.options.source
    let before = run.snapshot(of: "ingests").version
    var refusal: OperationError?
    do throws(DeltaError) {
      let versions = try run.commit(info: infos) { snapshots throws(DeltaError) in
        do throws(OperationError) { try requireSamePrivacy(prepared) } catch {
          refusal = error
          throw .runIsOver(run: run.run)  // Never seen: `refusal` takes its place.
        }
        guard let now = snapshots["ingests"], now.version != before else { return }
        let records = try? IngestRecords(of: lake, now)
        let isSame = records?.held(ids, source: source) == seen.held(ids, source: source)
        guard isSame else {
          throw .conflict(table: now.table, .transactionTaken(appID: "an archive of this run"))
        }
      }
      return versions["usage"]
    } catch {
      if let refusal { throw refusal }
      throw error
    }
  }

  /// Refuses rows that were read when others' activities were private.
  private func requireSamePrivacy(_ prepared: PreparedHome) throws(OperationError) {
    guard try prepared.privacyCode(realms: request.realms) != request.privacyCode else { return }
    throw OperationError(
      .tryAgain,
      "It has changed whose activities are private, or under which keys, since this began. "
        + "Nothing was committed; run it again.")
  }
}
