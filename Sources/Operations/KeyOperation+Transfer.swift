internal import Glibc
internal import Governance
package import Pseudonymisation
internal import Storage

extension KeyOperation {
  /// Writes versions of the keys, wrapped, to a new file with mode 0600.
  ///
  /// - Parameters:
  ///   - versions: empty: all.
  ///   - path: the file, which must not be there yet.
  ///   - source: the key-encryption key of the export.
  ///   - why: the justification.
  package func export(
    versions: [Int], to path: String, wrappedBy source: KeySource, justification why: String
  ) throws(OperationError) {
    let justification = try Gate.justification(why)
    try gate.require(.manageKeys, for: .keyExport, justification: justification)
    let keyring = try home.loadKeys(of: tenant)
    let chosen = Set(versions.isEmpty ? keyring.versions.map(\.number) : versions)
    let target = "\(Self.words(chosen)), wrapped by \(source)"
    try gate.requireApproval(
      of: .keyExport, Array(target.utf8), summary: target, keyring: keyring,
      justification: justification)
    try gate.audited(.keyExport, target: target, justification: justification) {
      let wrapping = try KeyWrapping.new(source, purpose: "the export")
      try Self.write(try keyring.exported(chosen, wrapping: wrapping), to: path)
      return ((), target)
    }
  }

  /// Takes exported keys in; a tenant that has none gets them all.
  ///
  /// - Parameters:
  ///   - path: the file of an export.
  ///   - place: where its key-encryption key is; `nil`: where the export says.
  ///   - source: the key-encryption key of a new tenant's key file.
  /// - Returns: the versions that are new.
  package func take(
    _ path: String, openedBy place: KeySource?, wrappedBy source: KeySource?
  ) throws(OperationError) -> [Int] {
    try gate.require(.manageKeys, for: .keyImport)
    let text = try Self.read(path)
    return try gate.audited(.keyImport, target: "from a file") {
      let wrapping = try source.map {
        try KeyWrapping.new($0, purpose: "the keys of tenant \(tenant)")
      }
      let (_, added) = try Keyring.take(
        text, from: place, tenant: tenant, folder: home.keysPath, wrapping: wrapping)
      return (added, Self.words(Set(added)))
    }
  }

  /// `version 1`, `versions 1 3`.
  static func words(_ versions: Set<Int>) -> String {
    (versions.count == 1 ? "version " : "versions ")
      + versions.sorted().map(String.init).joined(separator: " ")
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(OperationError) {
    try HomeWall.checkOutput(path)
    do throws(StorageError) { try NewFile.write(bytes.span, to: path) } catch {
      guard error.operation == .create else {
        throw OperationError(.inputOutput, "\(path) cannot be written. Nothing was exported.")
      }
      throw OperationError(
        .cannotCreate,
        error.errorNumber == EEXIST
          ? "\(path) is there already. Nothing was exported; choose another name."
          : "\(path) cannot be made (error \(error.errorNumber)). Nothing was exported.")
    }
  }

  /// Exports are small: room for a thousand versions.
  private static let byteCountMax = 1 << 18

  private static func read(_ path: String) throws(OperationError) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      throw OperationError(.noInput, "\(path) cannot be read (error \(errno)).")
    }
    defer { close(file) }
    // The key file of a home would be opened by the key that it names itself.
    try HomeWall.checkInput(file, named: path)
    var bytes = [UInt8](repeating: 0, count: byteCountMax)
    // SAFETY: the array has the bytes that are read at most.
    let count = unsafe Glibc.read(file, &bytes, bytes.count)
    guard count > 0, count < bytes.count else {
      throw OperationError(.badData, "\(path) is no file of exported keys.")
    }
    return Array(bytes[..<count])
  }
}
