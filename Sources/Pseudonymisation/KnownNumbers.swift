internal import ByteBlocks
internal import ByteKernels
internal import IdentityRules

/// Numbers that stand for no name of their own.
enum NameNumber {
  /// The number of no name.
  static let none: UInt32 = 0
  /// Stands for a name that makes its event a reject.
  static let refused: UInt32 = .max - 1

  /// From here up to `refused` stand names whose events are left out by a rule of that place.
  static let excludedFirst: UInt32 = refused - UInt32(ScopeRules.rulesMax) - 1
}

/// The numbers of one kind's names, as a veiler looks them up.
final class KnownNumbers {
  private let list: SharedNameList
  private var spellings: [Int: SharedPrintTable] = [:]
  private var people: [Int: KnownPeople] = [:]

  init(_ list: SharedNameList) { self.list = list }

  /// Those under a key version, by the prints of how names are spelled in logs.
  func spellings(_ version: Int) -> SharedPrintTable {
    if let known = spellings[version] { return known }
    let shared = list.spellings(version)
    spellings[version] = shared
    return shared
  }

  /// Those of people under a key version.
  func people(_ version: Int) -> KnownPeople {
    if let known = people[version] { return known }
    let new = KnownPeople()
    people[version] = new
    return new
  }

  /// Bytes of memory in use, but for what is shared.
  var byteCount: Int { people.values.reduce(0) { $0 + $1.numbers.byteCount } }
}

/// People whose addresses stood in the log, by the prints of their canonical forms: read from a
/// log, the same bytes may mean something else.
final class KnownPeople {
  var numbers = PrintTable()
}
