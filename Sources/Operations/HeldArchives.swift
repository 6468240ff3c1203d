internal import ArchiveDecoding
internal import IngestPipeline
internal import StagedExecution
internal import VeiledRecords

/// What the tables hold of a source, looked up for archives that are about to be read.
struct HeldArchives {
  /// What a file shows without being read.
  private struct Look: Hashable {
    let name: String
    let bytes: Int64
  }

  private let committed: [IngestRecord]
  private let places: [Look: [Int]]
  private let limits: DecodingLimits
  private let since: Int64?

  /// No tables, thus nothing.
  init(options: IngestOptions) {
    (committed, places, limits, since) = ([], [:], options.limits, nil)
  }

  /// - Parameter since: when an interrupted backfill began, in microseconds since 1970.
  init(_ records: IngestRecords, options: IngestOptions, since: Int64?) {
    let committed = records.committed.filter { $0.source == options.source }
    self.committed = committed
    places = Dictionary(
      grouping: committed.indices,
      by: { Look(name: committed[$0].name, bytes: committed[$0].storedBytes) })
    limits = options.limits
    self.since = since.flatMap { $0 > 0 ? $0 : nil }
  }

  /// The archive as the tables have it, told by its bytes; a short one that was renamed or packed
  /// otherwise by its text.
  func sameRecord(of archive: ArchiveReference, isShort: Bool) -> IngestRecord? {
    let candidates = candidates(archive)
    if !candidates.isEmpty, let hash = try? ArchivePeek.fileHash(of: archive),
      let same = candidates.first(where: { committed[$0].fileHash == hash })
    {
      return committed[same]
    }
    guard isShort, let id = try? ArchivePeek.contentID(of: archive, limits: limits) else {
      return nil
    }
    return committed.first { $0.archive == id }
  }

  private func candidates(_ archive: ArchiveReference) -> [Int] {
    guard let bytes = archive.byteCount else { return [] }
    return places[Look(name: archive.name, bytes: Int64(clamping: bytes))] ?? []
  }

  /// Whether the interrupted backfill has taken the archive in; told by its bytes.
  func isDone(_ archive: ArchiveReference) throws(ArchiveError) -> Bool {
    guard let since else { return false }
    let recent = candidates(archive).map { committed[$0] }.filter { $0.started >= since }
    guard !recent.isEmpty else { return false }
    let hash = try ArchivePeek.fileHash(of: archive)
    return recent.contains { $0.fileHash == hash }
  }

  /// The archives as the tables have them; `nil` for those that are new.
  ///
  /// A name and a size tell, where one archive has them alone. Archives that were renamed or packed
  /// otherwise since they came in are told by their text, as long as archives of the same day are
  /// missing.
  /// - Parameter isExact: whether to look at more than name and size.
  /// - Complexity: no more than a look at each, where nothing was renamed.
  func records(
    of archives: [(archive: ArchiveReference, day: Int32)], isExact: Bool,
    cancellation: Cancellation
  ) throws -> [IngestRecord?] {
    var missing = Set(committed.indices)
    var found = archives.map { archive, _ in
      var candidates = candidates(archive)
      if isExact, candidates.count > 1, let hash = try? ArchivePeek.fileHash(of: archive) {
        candidates = candidates.filter { committed[$0].fileHash == hash }
      }
      if let place = candidates.first { missing.remove(place) }
      return candidates.first
    }
    guard isExact else { return found.map { $0.map { committed[$0] } } }
    for (number, (archive, day)) in archives.enumerated() where found[number] == nil {
      if cancellation.isCancelled { throw IngestError.cancelled }
      let date = CivilDay(day).description
      guard missing.contains(where: { committed[$0].mayBegin(on: date) }),
        let id = try? ArchivePeek.contentID(of: archive, limits: limits)
      else { continue }
      found[number] = missing.first { committed[$0].archive == id }
      if let place = found[number] { missing.remove(place) }
    }
    return found.map { $0.map { committed[$0] } }
  }
}
