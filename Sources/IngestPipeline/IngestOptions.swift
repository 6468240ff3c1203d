package import ArchiveDecoding
package import LogFormats
package import StagedExecution

/// What a run was told.
package struct IngestOptions: Sendable {
  /// Name of the data source.
  package var source = "default"
  /// The format of all archives; `nil`: by their first lines.
  package var profile: FormatProfile?
  /// Profiles of one's own, which are looked at where no format is named.
  package var ownProfiles: [FormatProfile] = []
  /// The zone of times that carry none.
  package var zone = TimeZoneRule.utc
  /// Users become pseudonyms.
  package var anonymisesUsers = true
  /// Devices and source addresses become pseudonyms.
  package var anonymisesMachines = true
  /// Also a row for each event, in the activity log.
  package var keepsActivities = false
  /// Days since 1970 whose events are taken; `nil`: all.
  package var days: ClosedRange<Int64>?
  /// Text of a batch of archives; 0: each archive is one.
  package var batchBytesMax: UInt64 = 8 << 30
  /// Bytes that the run may hold, all in all; what is more is spilled.
  package var memoryBytesMax = 4 << 30
  /// The least `memoryBytesMax` that holds whatever is in the archives.
  package func memoryBytesLeast(workers: Int) -> Int {
    MemoryUse.leastBytes(workers: workers, keepsActivities: keepsActivities)
  }
  /// How plain files are cut for several workers.
  package var stretches = TextStretch.Lengths()
  /// What protects against archives that are made to harm.
  package var limits = DecodingLimits()
  /// What keeps a busy host alive; `nil`: as fast as it goes.
  package var pace: Pace?
  /// What decides the rows beyond the archives, in words; recorded with each archive.
  package var description = ""

  package init() {}

  /// Leaves out events before `firstDay`, which are more than so many days old.
  package mutating func limit(toAge days: Int, firstDay: Int64) {
    let last = max(self.days?.upperBound ?? 65_535, firstDay)
    self.days = max(firstDay, self.days?.lowerBound ?? 0)...last
    description = (["max-age=\(days)"] + (description.isEmpty ? [] : [description]))
      .joined(separator: " ")
  }
}

/// Archives that the tables hold already, by what identifies them.
package struct KnownArchives: Sendable {
  /// One archive in the tables.
  package struct Entry: Sendable, Equatable {
    package var archive: String
    package var fileHash: String
    package var storedBytes: Int64
    package var options: String

    package init(archive: String, fileHash: String, storedBytes: Int64, options: String) {
      self.archive = archive
      self.fileHash = fileHash
      self.storedBytes = storedBytes
      self.options = options
    }
  }

  private var byArchive: [String: Entry] = [:]
  private var byFileHash: [String: Entry] = [:]
  private var sizes: Set<Int64> = []

  package init() {}

  package var isEmpty: Bool { byArchive.isEmpty }

  /// Adds an archive.
  package mutating func insert(_ entry: Entry) {
    byArchive[entry.archive] = entry
    byFileHash[entry.fileHash] = entry
    sizes.insert(entry.storedBytes)
  }

  /// The archive with this content id.
  package func entry(archive: String) -> Entry? { byArchive[archive] }
  /// The archive with this hash of its stored bytes.
  package func entry(fileHash: String) -> Entry? { byFileHash[fileHash] }
  /// Whether an archive of this size is known, so that hashing is worth while.
  package func hasSize(_ bytes: UInt64) -> Bool { sizes.contains(Int64(clamping: bytes)) }
}
