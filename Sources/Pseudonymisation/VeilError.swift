package import Sealing
import VeiledRecords

/// Why names could not be veiled, or a pseudonym not be revealed.
///
/// No case carries a name or a key.
package enum VeilError: Error, Equatable, CustomStringConvertible {
  /// The text is no pseudonym: another form, another alphabet, or cut off.
  case malformedPseudonym
  /// The text has the form of a pseudonym, and no key of this tenant made it.
  case unknownPseudonym
  /// The key version was destroyed; what was encrypted with it stays unreadable.
  case destroyedVersion(Int)
  /// The tenant has no such key version.
  case missingVersion(Int)
  /// A name is longer than `NameEncryptor.nameBytesMax`.
  case nameTooLong(byteCount: Int)
  /// A version can be added only behind the newest one.
  case versionNotNewer(day: Int32, newest: Int32)
  /// The key file at `path` was refused, or could not be read or written.
  case keyFile(KeyFileFault, path: String)
  /// A key-encryption key could not be had.
  case keySource(KeySourceFault, source: String)
  /// A file of exported keys does not fit to the keys that are there.
  case badImport(ImportFault)
  /// Sealed text of a purpose does not open: it was changed, or is another tenant's.
  case brokenSeal(String)
  /// A step of the cipher failed.
  case sealing(SealingError)

  /// The word for it in the field `error` of `resolve --json`; `nil` for what stops the command.
  package var word: String? {
    switch self {
    case .malformedPseudonym: "malformed"
    case .unknownPseudonym: "unknown"
    case .destroyedVersion: "destroyed"
    case .missingVersion, .nameTooLong, .versionNotNewer, .keyFile, .keySource, .badImport,
      .brokenSeal, .sealing:
      nil
    }
  }

  package var description: String {
    switch self {
    case .malformedPseudonym:
      """
      This is no pseudonym: it is not a kind, a key version, "-" and lower-case base32. Nothing \
      was revealed; copy it whole from the table.
      """
    case .unknownPseudonym:
      """
      No key of this tenant made this pseudonym: it belongs to another tenant, or was mistyped. \
      Nothing was revealed.
      """
    case .destroyedVersion(let version):
      """
      Key version \(version) was destroyed: names can neither be encrypted with it nor read back. \
      The tables stay readable without names.
      """
    case .missingVersion(let version):
      """
      The tenant has no key version \(version). Nothing was encrypted with it; \
      `logveil key list` shows the versions there are.
      """
    case .nameTooLong(let byteCount):
      """
      A name of \(byteCount) bytes is longer than \(NameEncryptor.nameBytesMax) bytes. It was not \
      encrypted, nor any other name of its batch.
      """
    case .versionNotNewer(let day, let newest):
      """
      A new key version must begin after the newest one, which begins on \
      \(CivilDay(newest)); \(CivilDay(day)) was asked for. The key file is as it was; choose a \
      later day.
      """
    case .keyFile(let fault, let path): "Key file \(path): \(fault)"
    case .keySource(let fault, let source):
      "The key-encryption key \(source) cannot be used: \(fault) No key was used."
    case .badImport(let fault): "Nothing was imported: \(fault)"
    case .brokenSeal(let purpose):
      """
      What is kept sealed of the \(purpose) does not open: it was changed, or belongs to other \
      keys. Nothing was read; restore state.sqlite and the keys together, or import it again.
      """
    case .sealing(let error): error.description
    }
  }
}

/// Runs a step of `Sealing` and passes its failure on as one of this room.
func sealing<Value: ~Copyable>(
  _ step: () throws(SealingError) -> Value
) throws(VeilError) -> Value {
  do { return try step() } catch { throw .sealing(error) }
}
