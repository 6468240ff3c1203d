internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// The dictionaries of one kind of name, a pair for each key version.
///
/// These hold clear names: they live in memory only, are never handed out, and are wiped.
final class NameTables {
  /// The number of no name.
  static let none: UInt32 = 0
  /// Stands for a name that makes its event a reject.
  static let refused: UInt32 = .max - 1

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

/// Names under one key version: as they stand in logs, and in their canonical form.
final class VersionTables {
  private var raw = DictionaryTable()
  private var canonical = DictionaryTable()

  var byteCount: Int { raw.byteCount + canonical.byteCount }

  /// Looks a column up; returns how many of its names were never seen.
  func find(
    _ fields: Span<FieldRange>, in block: borrowing Block, _ numbers: inout Buffer<UInt32>
  ) -> Int {
    raw.find(fields, in: block, values: &numbers)
  }

  func known(_ name: Span<UInt8>) -> UInt32? { raw.find(name) }

  func remember(_ name: Span<UInt8>, _ number: UInt32) {
    _ = raw.value(of: name) { number }
  }

  /// The number of a name in its canonical form; a new one goes to `newNames`.
  func number(of name: Span<UInt8>, orAdd newNames: inout NewNames) -> UInt32 {
    let next = UInt32(newNames.firstNumber + newNames.names.count)
    let number = canonical.value(of: name) { next }
    if number == next { newNames.names.append(bytes: name) }
    return number
  }
}

/// Names that were met for the first time and wait for their pseudonyms.
struct NewNames {
  let kind: IdentityKind?
  let version: Int
  /// The number of the first one.
  var firstNumber: Int
  var names = ByteStrings()
}
