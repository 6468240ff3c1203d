internal import ArchiveDecoding
package import LogFormats
package import VeiledRecords

/// A profile of somebody's own, read, and tried on a sample.
package struct FormatCheck {
  /// The profile.
  package let profile: FormatProfile
  /// What the sample's lines are; `nil` without a sample.
  package private(set) var counts: LineCounts?
  /// Lines of the sample, from 1, that are refused, by reason.
  package private(set) var rejects: [String: [Int]] = [:]
  /// How many events have each attribute.
  package private(set) var found: [(attribute: Attribute, count: Int)] = []
  /// How many events name users beside the one that counts.
  package private(set) var otherUsers = 0

  /// Reads the profile and the sample.
  package init(profile path: String, sample: String?) throws(OperationError) {
    profile = try FormatChoice.read(path)
    if let sample { try read(sample) }
  }

  private mutating func read(_ path: String) throws(OperationError) {
    var source = try TextSource.open(ArchiveReference(path: path))
    var trial = FormatTrial(profile)
    while let assembled = try source.next() {
      let textOffset = Int(assembled.textOffset)
      trial.add(assembled.takeBlock(), textOffset: textOffset)
    }
    counts = trial.counts
    rejects = Dictionary(uniqueKeysWithValues: trial.rejects.map { ($0.key.word, $0.value) })
    otherUsers = trial.otherUsers
    found = Attribute.allCases.map { ($0, trial.found[$0] ?? 0) }
  }
}
