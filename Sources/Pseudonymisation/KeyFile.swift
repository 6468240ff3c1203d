import Glibc
package import Sealing

/// The key files of a home, one for each tenant, in one folder.
///
/// A file is written beside its place, made durable, and moved there, all under a lock: a reader
/// sees a whole file, and of two writers the second one starts from what the first one wrote.
enum KeyFile {
  /// The longest key file; room for more than a thousand versions.
  static let byteCountMax = 1 << 18

  /// Reads the keys of `tenant` from the folder at `path`.
  static func load(tenant: String, folder path: String) throws(VeilError) -> Keyring {
    do throws(KeyFileFault) {
      try check(tenant)
      let folder = try KeyFolder(path)
      return try folder.read(tenant: tenant)
    } catch { throw named(error, tenant: tenant, folder: path) }
  }

  /// Makes keys for `tenant`, and the folder where it is missing.
  ///
  /// Where keys are already there, perhaps since a moment ago by another process, those are read
  /// instead.
  static func create(
    _ fresh: Keyring,
    folder path: String
  ) throws(VeilError) -> (keyring: Keyring, isNew: Bool) {
    let tenant = fresh.tenant
    do throws(KeyFileFault) {
      try check(tenant)
      try KeyFolder.make(path)
      var folder = try KeyFolder(path)
      try folder.lock()
      do throws(KeyFileFault) {
        return (try folder.read(tenant: tenant), false)
      } catch .missing(.file) {
        try folder.write(fresh, replacing: false)
        return (fresh, true)
      }
    } catch { throw named(error, tenant: tenant, folder: path) }
  }

  /// Reads the keys of `tenant`, writes what `change` makes of them, and returns that.
  static func change(
    tenant: String,
    folder path: String,
    _ change: (Keyring) throws(VeilError) -> Keyring
  ) throws(VeilError) -> Keyring {
    var refusal: VeilError?
    do throws(KeyFileFault) {
      try check(tenant)
      var folder = try KeyFolder(path)
      try folder.lock()
      let old = try folder.read(tenant: tenant)
      do throws(VeilError) {
        let new = try change(old)
        do throws(KeyFileFault) {
          try folder.write(new, replacing: true)
        } catch { throw named(error, tenant: tenant, folder: path) }
        return new
      } catch { refusal = error }
    } catch { refusal = named(error, tenant: tenant, folder: path) }
    throw refusal ?? .keyFile(.changed, path: path)
  }

  private static func named(
    _ fault: KeyFileFault,
    tenant: String,
    folder path: String
  ) -> VeilError {
    .keyFile(fault, path: "\(path)/\(tenant).json")
  }

  private static func check(_ tenant: String) throws(KeyFileFault) {
    guard Keyring.isTenantName(tenant) else { throw .badTenantName }
  }
}

extension Keyring {
  /// What stands behind a tenant's name where its tables with clear names lie.
  package static let clearSuffix = "-clear"

  /// Whether a tenant can be called so.
  ///
  /// The name becomes that of a file and of a folder: it must not lead elsewhere, nor hide them,
  /// nor be that of another tenant's clear tables.
  package static func isTenantName(_ text: String) -> Bool {
    let isAlphanumeric = { (byte: UInt8) in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard (1...64).contains(text.utf8.count), let first = text.utf8.first, isAlphanumeric(first),
      !text.hasSuffix(clearSuffix)
    else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
  }

  /// Reads a tenant's keys from the folder of key files.
  ///
  /// - Throws: `keyFile` with the cause where the file is missing, damaged, or could have been
  ///   read or planted by another account.
  package static func load(tenant: String, folder: String) throws(VeilError) -> Keyring {
    try KeyFile.load(tenant: tenant, folder: folder)
  }

  /// Makes a tenant's keys, mode 0600, in the folder of key files, which is made too (0700) where
  /// it is missing; the folder above must be there.
  ///
  /// Two processes may do this at once: one makes the keys, both get the same.
  ///
  /// - Parameters:
  ///   - tenant: the tenant's name.
  ///   - folder: the folder of key files.
  ///   - root: somebody's own key for the first version; `nil`: a random one.
  ///   - wrapping: how the roots are wrapped in the file; `nil`: not at all.
  /// - Returns: the keys, and whether this call made them; existing ones are read as they are.
  package static func create(
    tenant: String,
    folder: String,
    root: KeyHandle? = nil,
    wrapping: KeyWrapping? = nil
  ) throws(VeilError) -> (keyring: Keyring, isNew: Bool) {
    try KeyFile.create(
      try Keyring.fresh(tenant: tenant, root: root, wrapping: wrapping), folder: folder)
  }

  /// Adds a version with a fresh root, for events from a day on; durable when this returns.
  ///
  /// - Parameters:
  ///   - tenant: the tenant's name.
  ///   - folder: the folder of key files.
  ///   - day: later than the first day of the newest version so far.
  ///   - root: somebody's own key of 16 or 32 bytes; `nil`: a random one.
  /// - Returns: all keys, the new ones among them.
  /// - Throws: `versionNotNewer`, or `keyFile` with the cause; the file is as it was then.
  package static func rotate(
    tenant: String,
    folder: String,
    validFromDay day: Int32,
    root: KeyHandle? = nil
  ) throws(VeilError) -> Keyring {
    try KeyFile.change(tenant: tenant, folder: folder) { (old) throws(VeilError) in
      try old.adding(validFromDay: day, root: root)
    }
  }

  /// Wraps the roots another way, or not at all; durable when this returns.
  package static func rewrap(
    tenant: String, folder: String, wrapping: KeyWrapping?
  ) throws(VeilError) -> Keyring {
    try KeyFile.change(tenant: tenant, folder: folder) { (old) throws(VeilError) in
      old.wrapped(wrapping)
    }
  }

  /// Removes the root of a version for good: its pseudonyms can never be revealed again, and events
  /// of its days be no longer ingested.
  ///
  /// Backups of the key file are for the caller to find.
  package static func destroy(
    version: Int,
    tenant: String,
    folder: String
  ) throws(VeilError) -> Keyring {
    try KeyFile.change(tenant: tenant, folder: folder) { (old) throws(VeilError) in
      try old.destroying(version: version)
    }
  }
}
