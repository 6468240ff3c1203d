internal import ArchiveDecoding
internal import ByteBlocks
internal import Configuration
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

  /// Reads the profile and the sample.
  package init(profile path: String, sample: String?) throws(OperationError) {
    do {
      profile = try ProfileFile.profile(try Self.text(path))
    } catch let error as ConfigurationError {
      throw OperationError(.configuration, "\(path): \(error.description)")
    } catch { throw OperationError(error) }
    if let sample { try read(sample) }
  }

  private static func text(_ path: String) throws(OperationError) -> String {
    var source = try TextSource.open(ArchiveReference(path: path))
    var bytes: [UInt8] = []
    while let assembled = try source.next() {
      let text = assembled.block.text
      for place in text.indices { bytes.append(text[place]) }
    }
    return String(decoding: bytes, as: UTF8.self)
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
    found = Attribute.allCases.map { ($0, trial.found[$0] ?? 0) }
  }
}
