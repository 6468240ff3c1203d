/// How many persons a group has, by what they are known by.
///
/// A person may be known by a user, an address and a device, under each key version. So persons
/// can be told apart for certain only within one kind and version.
struct PersonNumber: Equatable {
  /// A kind of pseudonym under one key version: nobody is among them twice.
  struct Kind: Hashable {
    var version: Int
    var letter: UInt8
  }
  private var counts: [Kind: Int] = [:]

  init() {}

  init(_ kinds: some Sequence<Kind>) {
    for kind in kinds { counts[kind, default: 0] += 1 }
  }

  /// What is told: the most under one key version, never the sum.
  var told: Int {
    var byVersion: [Int: Int] = [:]
    for (kind, count) in counts { byVersion[kind.version, default: 0] += count }
    return byVersion.values.max() ?? 0
  }

  /// How many persons there are for certain: an address without a user may be that of a user who
  /// is counted already.
  var certain: Int { counts.values.max() ?? 0 }

  static func += (one: inout PersonNumber, other: PersonNumber) {
    one.counts.merge(other.counts, uniquingKeysWith: +)
  }

  /// Whether fewer than `minimum` persons are in `whole` and not in this part of it; none is few.
  func leavesFew(of whole: PersonNumber, minimum: Int) -> Bool {
    whole.told - told < minimum || whole.more(than: self) < minimum
  }

  /// Whether few persons, and not none, are in more than one of the parts that have this number of
  /// persons together.
  func hasFewTwice(in whole: PersonNumber, minimum: Int) -> Bool {
    let more = told - whole.told
    return more > 0 && (more < minimum || self.more(than: whole) < minimum)
  }

  /// The most that there are more of one kind.
  private func more(than other: PersonNumber) -> Int {
    counts.map { $1 - (other.counts[$0] ?? 0) }.max() ?? 0
  }
}
