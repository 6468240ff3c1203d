internal import ByteBlocks
internal import ByteKernels
internal import IdentityRules
internal import VeiledRecords

/// The names of one kind, by key version.
///
/// They are known by their prints: no clear name is kept.
final class NameTables {
  /// The number of no name.
  static let none: UInt32 = 0
  /// Stands for a name that makes its event a reject.
  static let refused: UInt32 = .max - 1

  /// From here up to `refused` stand names whose events are left out by a rule of that place.
  static let excludedFirst: UInt32 = refused - UInt32(ScopeRules.rulesMax) - 1

  private var versions: [Int: VersionTables] = [:]

  func of(_ version: Int) -> VersionTables {
    if let known = versions[version] { return known }
    let tables = VersionTables()
    versions[version] = tables
    return tables
  }

  /// Bytes of memory in use.
  var byteCount: Int { versions.values.reduce(0) { $0 + $1.byteCount } }
}

/// Names under one key version, by how they are spelled in logs.
///
/// Most spellings are canonical forms themselves and stand here once. A canonical form that was met
/// behind another spelling only is kept apart: read from a log, the same bytes may mean something
/// else, such as a pseudonym.
final class VersionTables {
  private var spellings = PrintTable()
  private var canonical = PrintTable()

  var byteCount: Int { spellings.byteCount + canonical.byteCount }

  /// Looks a column up; returns how many of its names were never seen.
  func find(_ prints: borrowing Buffer<EventPrint>, _ numbers: inout Buffer<UInt32>) -> Int {
    spellings.find(prints, values: &numbers)
  }

  /// The number of a spelling.
  func known(_ spelling: EventPrint) -> UInt32? { spellings.find(spelling) }

  /// Keeps the number of a spelling that is not known.
  func remember(_ spelling: EventPrint, _ number: UInt32) { spellings.add(spelling, number) }

  /// The number of a name in its canonical form; a new one goes to `newNames`.
  ///
  /// - Parameters:
  ///   - print: that of the name.
  ///   - isSpelling: the name stands so in the log.
  ///   - isPrivate: a new one gets a pseudonym of private users.
  ///   - isOwnForm: whether the name, as a spelling, has itself for its canonical form.
  func number(
    of name: Span<UInt8>, _ print: EventPrint, isSpelling: Bool, orAdd newNames: inout NewNames,
    isPrivate: Bool, isOwnForm: () -> Bool
  ) -> UInt32 {
    if let known = canonical.find(print) { return known }
    if !isSpelling, let known = spellings.find(print), isOwnForm() { return known }
    let next = UInt32(newNames.firstNumber + newNames.names.count)
    if isPrivate { newNames.privateNames.insert(newNames.names.count) }
    newNames.names.append(bytes: name)
    if !isSpelling { canonical.add(print, next) }
    return next
  }
}

/// Names that were met for the first time and wait for their pseudonyms.
struct NewNames {
  let kind: IdentityKind?
  let version: Int
  /// The number of the first one.
  var firstNumber: Int
  var names = ByteStrings()
  /// Places in `names` of users whose activities are private.
  var privateNames: Set<Int> = []
}
