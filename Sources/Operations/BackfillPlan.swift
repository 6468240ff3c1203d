package import ArchiveDecoding

/// One archive of a backfill, with what is known of it before it is read.
package struct PlannedArchive: Sendable, Equatable {
  package let reference: ArchiveReference
  /// Day of its first event, in days since 1970.
  package let day: Int32
  /// Whether the tables hold it, as far as can be told.
  package let isHeld: Bool
  /// The batch whose rows it is going to replace.
  package let batch: String?

  package var bytes: UInt64 { reference.byteCount ?? 0 }

  package init(reference: ArchiveReference, day: Int32, isHeld: Bool, batch: String?) {
    self.reference = reference
    self.day = day
    self.isHeld = isHeld
    self.batch = batch
  }
}

extension PlannedArchive {
  /// By day; files of one container as they lie in it.
  fileprivate var order: (Int32, String, Int) {
    (day, reference.path, reference.entry?.number ?? 0)
  }
}

/// Archives in steps that commit one by one.
package struct BackfillPlan: Sendable {
  package private(set) var steps: [[PlannedArchive]] = []
  /// Archives that an interrupted backfill of the same kind has done already.
  package var doneBefore = 0
  /// Archives whose beginning holds no event that can be read, with the reason.
  package var undated: [(path: String, reason: String)] = []
  /// Archives of other days.
  package var otherDays = 0
  /// What could not be listed, with the reason.
  package var unlisted: [(path: String, reason: String)] = []
  /// Archives without an event, which is nothing to be wondered at.
  package var quiet = 0
  /// Archives without a day that the tables hold.
  package var known = 0
  /// Files that may still be growing.
  package var growing = 0
  /// Files of `usage` that replaced archives have rows in.
  package private(set) var touchedFiles = 0

  package init() {}

  package var archives: [PlannedArchive] { steps.flatMap { $0 } }
  /// All archives that were looked at.
  package var found: Int { archives.count + doneBefore + undated.count + otherDays + quiet + known }
  /// Whether something of what was named is not read, and nobody knows why it should not be.
  package var hasLeftOut: Bool { !undated.isEmpty || !unlisted.isEmpty }
  /// Whether archives need not be read, for good reasons.
  package var hasOthers: Bool { doneBefore + otherDays + quiet + known + growing > 0 }
  package var bytes: UInt64 { archives.reduce(0) { $0 + $1.bytes } }

  /// Cuts archives into steps of about `stepBytesMax` stored bytes.
  ///
  /// Archives go by day. Those of one batch stay in one step, as a batch can only be replaced as a
  /// whole. Those whose rows share a file of the table do so too, as long as the step does not grow
  /// to more than twice its size: then each file is written anew once.
  ///
  /// - Parameter shared: batches that have rows in one file, file by file.
  mutating func cut(
    _ archives: [PlannedArchive], stepBytesMax: UInt64, shared: [Set<String>] = []
  ) {
    let sorted = archives.sorted { $0.order < $1.order }
    touchedFiles = shared.count
    let hard = Self.crossings(sorted.map { $0.batch.map { [$0] } ?? [] })
    let soft = Self.crossings(
      sorted.map { archive in
        shared.indices.filter { file in archive.batch.map { shared[file].contains($0) } ?? false }
          .map(String.init)
      })
    var step: [PlannedArchive] = []
    var bytes: UInt64 = 0
    for (place, archive) in sorted.enumerated() {
      let isFull = bytes + archive.bytes > stepBytesMax
      let isOverfull = bytes + archive.bytes > 2 * stepBytesMax
      if !step.isEmpty, isFull, !hard[place], !soft[place] || isOverfull {
        steps.append(step)
        (step, bytes) = ([], 0)
      }
      step.append(archive)
      bytes += archive.bytes
    }
    if !step.isEmpty { steps.append(step) }
  }

  /// For each place whether something that comes before it comes again at or behind it.
  private static func crossings(_ names: [[String]]) -> [Bool] {
    var last: [String: Int] = [:]
    for (place, names) in names.enumerated() { for name in names { last[name] = place } }
    var reach = -1
    return names.indices.map { place in
      let isCrossed = reach >= place
      for name in names[place] { reach = max(reach, last[name] ?? -1) }
      return isCrossed
    }
  }
}
