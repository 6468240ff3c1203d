/// What a walk along the whole governance log found.
package struct ChainReport: Equatable, Sendable {
  /// The sequence of the first record that is still there; the ones before were purged.
  package var firstSequence: Int64 = 1
  /// The last good record, up to the first bad place.
  package var lastSequence: Int64 = 0
  /// The last record that a signature vouches for: behind it, up to the next signature, a change
  /// of the hashes too would not show yet.
  package var signedTo: Int64 = 0
  /// The hash of the last good record, in hexadecimal digits; `nil` where there is none.
  package var head: String?
  /// Signed epochs.
  package var epochCount: Int64 = 0
  /// The public key of the first epoch, by which all others are certified.
  package var firstPublicKey: String?
  /// The first place that is not as it was written; `nil` where all is.
  package var fault: ChainFault?
  /// Whether the triggers that refuse changes are in place.
  package var guardsIntact = true
  /// The newest anchor that the log agrees with.
  package var provenTo: GovernanceAnchor?
  /// How many anchors were compared.
  package var anchorCount = 0

  /// Releases in the ledger.
  package var releaseCount = 0
  /// Of these, those of which the log has no hash: they were cut by older versions.
  package var uncheckedReleaseCount = 0
  /// Where the ledger is not what the log says was cut.
  package var releaseFaults: [ReleaseFault] = []

  /// How many records were read, up to the first bad one.
  package var recordCount: Int64 { max(0, lastSequence - firstSequence + 1) }
  /// Whether all is as it was written.
  package var isGood: Bool { fault == nil && guardsIntact && releaseFaults.isEmpty }

  package init() {}
}

/// The first place where a log does not hold.
package enum ChainFault: Equatable, Sendable, CustomStringConvertible {
  /// The record has another content than was hashed, or follows another record.
  case altered(sequence: Int64)
  /// There is no record of this sequence, but later ones, or a signature that covers it.
  case missing(sequence: Int64)
  /// A record stands where none can be.
  case inserted(sequence: Int64)
  /// One of these records has another content than was signed, and the hashes were made anew.
  case rewritten(first: Int64, last: Int64)
  /// From this record on nothing is signed.
  case unsigned(sequence: Int64)
  /// The signature of the epoch that begins with this record is missing, or not good.
  case badSignature(sequence: Int64, epoch: Int64)
  /// The first public key is not the one that was expected.
  case otherFirstKey
  /// The key for the next record is gone: records behind this place were cut off, with their
  /// signatures, or the log was put back to an older copy.
  case keyGone(sequence: Int64)
  /// An anchor knows this record, and the log ends before it: it was put back to an older copy.
  case rolledBack(sequence: Int64, anchor: Int64)
  /// The record is another one than an anchor knows.
  case otherThanAnchor(sequence: Int64)

  /// The record that is named.
  package var sequence: Int64 {
    switch self {
    case .altered(let sequence), .missing(let sequence), .inserted(let sequence),
      .rewritten(let sequence, _), .unsigned(let sequence), .badSignature(let sequence, _),
      .keyGone(let sequence), .rolledBack(let sequence, _), .otherThanAnchor(let sequence):
      sequence
    case .otherFirstKey: 1
    }
  }

  /// A word for scripts.
  package var word: String {
    switch self {
    case .altered: "altered"
    case .missing: "missing"
    case .inserted: "inserted"
    case .rewritten: "rewritten"
    case .unsigned: "unsigned"
    case .badSignature: "bad_signature"
    case .otherFirstKey: "other_first_key"
    case .keyGone: "key_gone"
    case .rolledBack: "rolled_back"
    case .otherThanAnchor: "other_than_anchor"
    }
  }

  package var description: String {
    switch self {
    case .altered(let sequence): "Record \(sequence) was altered."
    case .missing(let sequence): "Record \(sequence) is missing."
    case .inserted(let sequence): "Record \(sequence) was inserted."
    case .rewritten(let first, let last) where first == last:
      "Record \(first) was altered, and all hashes from there on were made anew."
    case .rewritten(let first, let last):
      "One of the records \(first) to \(last), which were signed together, was altered, and all "
        + "hashes from there on were made anew."
    case .unsigned(let sequence):
      "Record \(sequence) was inserted: nothing is signed from there on."
    case .badSignature(let sequence, let epoch):
      "The signature of epoch \(epoch), which begins with record \(sequence), is missing or false."
    case .otherFirstKey:
      "The log was begun with another public key than was expected: all of it was made anew."
    case .keyGone(let sequence):
      "The key that signs record \(sequence) is gone: what followed was cut off, or the log was "
        + "put back to an older copy."
    case .rolledBack(let sequence, let anchor):
      "Record \(sequence) is missing: an anchor knows record \(anchor). The log was put back to "
        + "an older copy."
    case .otherThanAnchor(let sequence):
      "Record \(sequence) is another one than its anchor knows."
    }
  }
}
