/// Why a key file was refused.
///
/// Each cause is a case of its own, so that `doctor` and tests can tell them apart.
package enum KeyFileFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was looked at: the key file or the folder that holds it.
  package enum Place: String, Sendable {
    case file
    case folder
  }

  /// The tenant's name can't be a file name.
  case badTenantName
  /// There is no such file or folder.
  case missing(Place)
  /// It is a symbolic link.
  case symbolicLink(Place)
  /// It is something else than a regular file, or than a folder.
  case wrongType(Place)
  /// It belongs to another account.
  case wrongOwner(Place, owner: UInt32)
  /// Other accounts may use it.
  case tooOpen(Place, mode: UInt32)
  /// The file has further names elsewhere.
  case hardLinked(count: UInt64)
  /// The file is empty.
  case empty
  /// The file is longer than any key file may be.
  case tooLarge(byteCount: Int64)
  /// The file changed while it was read.
  case changed
  /// The system refused to read or write.
  case system(errno: Int32)
  /// The text is no JSON of the documented form, from a byte on.
  case malformed(offset: Int)
  /// A field is missing, unknown, there twice, or has a value that it can't have.
  case badField(String)
  /// The key-encryption key does not open the roots, or one of them was changed.
  case notUnwrapped(source: String)
  /// The key-encryption key that the file names could not be had.
  case noKey(KeySourceFault, source: String)
  /// `LOGVEIL_KEK` is written wrongly.
  case badOverride
  /// The file says that it belongs to another tenant.
  case wrongTenant

  package var description: String {
    switch self {
    case .badTenantName:
      """
      a tenant's name has 1 to 64 lower-case letters, digits, "-", "_" and ".", starts with a \
      letter or digit, and does not end in "-clear". Nothing was written; choose another name.
      """
    case .missing(let place):
      "there is no such \(place.rawValue). Nothing was encrypted; check --home and --tenant."
    case .symbolicLink(let place):
      "the \(place.rawValue) is a symbolic link, which could lead anywhere. \(Self.refused)"
    case .wrongType(.file): "this is not a regular file. \(Self.refused)"
    case .wrongType(.folder): "the folder is not a folder. \(Self.refused)"
    case .wrongOwner(let place, let owner):
      """
      the \(place.rawValue) belongs to account \(owner), not to the one that runs. \(Self.refused)
      """
    case .tooOpen(let place, let mode):
      """
      other accounts may use the \(place.rawValue) (mode \(String(mode, radix: 8))). No key was \
      used; find out who read it, then run chmod \(place == .file ? "600" : "700").
      """
    case .hardLinked(let count):
      "the file has \(count) names; the others may lie where more accounts can read. "
        + Self.refused
    case .empty: "the file is empty. No key was used; restore it from a backup."
    case .tooLarge(let byteCount):
      "the file has \(byteCount) bytes, at most \(KeyFile.byteCountMax) are allowed. "
        + Self.refused
    case .changed: "the file changed while it was read. No key was used; try again."
    case .system(let number):
      "\(SystemError.text(number)) (error \(number)). The keys on disk are as they were."
    case .malformed(let offset):
      """
      the text is no key file from byte \(offset) on. No key was used; restore it from a backup.
      """
    case .badField(let name):
      """
      the field "\(name)" is missing, there twice, unknown, or has a value it can't have. No key \
      was used; restore the file from a backup.
      """
    case .notUnwrapped(let source):
      """
      the key-encryption key \(source) does not open it: it is another key or passphrase, or the \
      file was changed. No key was used.
      """
    case .noKey(let fault, let source):
      "its key-encryption key \(source) cannot be used: \(fault) No key was used."
    case .badOverride:
      """
      LOGVEIL_KEK is not written as file:/PATH, fd:NUMBER or credential:NAME. No key was used.
      """
    case .wrongTenant:
      "the file holds the keys of another tenant. No key was used; restore the right file."
    }
  }

  private static let refused = "No key was used; put the real file there, with mode 600."
}
