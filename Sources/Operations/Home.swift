package import DeltaLake
internal import Glibc
internal import Pseudonymisation
package import Storage

/// The folder in which Logveil keeps keys, state and tables.
package struct Home: Sendable {
  /// Absolute path.
  package let path: String
  package let storage: any Storage

  /// Where the home is: `--home`, else `$LOGVEIL_HOME`, else `$XDG_DATA_HOME/logveil`, else
  /// `~/.local/share/logveil`.
  package static func locate(
    _ flag: String?, environment: [String: String]
  ) throws(OperationError) -> String {
    if let flag, !flag.isEmpty { return absolute(flag) }
    if let home = environment["LOGVEIL_HOME"], !home.isEmpty { return absolute(home) }
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/logveil" }
    if let user = environment["HOME"], user.hasPrefix("/") {
      return user + "/.local/share/logveil"
    }
    throw OperationError(
      .configuration, "There is no home folder: set LOGVEIL_HOME, or give --home.")
  }

  private static func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    guard let folder = unsafe getcwd(nil, 0) else { return path }
    defer { unsafe free(folder) }
    return unsafe String(cString: folder) + "/" + path
  }

  /// Opens the home at `path`, which must be there.
  package init(at path: String) throws(OperationError) {
    try Self.check(path)
    self.path = path
    do { storage = try DiskStorage(root: path) } catch { throw OperationError(error) }
  }

  /// Opens the home at `path`; makes it, with all folders above it, if there is none.
  package static func openOrMake(at path: String) throws(OperationError) -> Home {
    var folder = ""
    for part in path.split(separator: "/") {
      folder += "/" + part
      guard unsafe mkdir(folder, 0o700) != 0 else { continue }
      let code = errno
      // Folders above may be there and closed to us, or lie on a read-only file system.
      guard !exists(at: folder) else { continue }
      throw OperationError(
        .cannotCreate, "\(folder): the folder cannot be made (error \(code)). Nothing was done.")
    }
    return try Home(at: path)
  }

  /// Whether there is a home at `path`.
  package static func exists(at path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0
  }

  private static func check(_ path: String) throws(OperationError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw OperationError(
        .configuration, "\(path): there is no home folder. Make one with `logveil init`.")
    }
    guard status.st_uid == geteuid() else {
      throw OperationError(
        .notPermitted,
        "\(path): the home belongs to another account. Enter it as that account, by sudo -u.")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw OperationError(
        .configuration, "\(path): the home is open to others. Close it: chmod 700 \(path)")
    }
  }

  /// Folder below a tenant's lake that holds its snapshot reports.
  static let snapshotsFolder = "snapshots"

  /// Refuses what can be no snapshot's name.
  static func checkSnapshotName(_ name: String) throws(OperationError) {
    guard StoragePath.isValidName(name), name.utf8.count <= 64 else {
      throw OperationError(.usage, "\(name): this can be no snapshot's name.")
    }
  }

  /// Folder of the tenants' key files.
  package var keysPath: String { path + "/keys" }

  /// The tables of a tenant; those with clear names lie apart.
  ///
  /// - Parameter snapshot: the snapshot report whose tables are meant; `nil`: the continuous ones.
  package func lake(tenant: String, isClear: Bool, snapshot: String? = nil) -> Lake {
    let folder = snapshot.map { "/\(Self.snapshotsFolder)/\($0)" } ?? ""
    return Lake(
      storage: storage, path: "lake/" + tenant + (isClear ? Keyring.clearSuffix : "") + folder,
      engine: "logveil/\(ToolVersion.number)")
  }
}

extension Home {
  /// The names of a tenant's snapshot reports.
  func snapshotNames(tenant: String, isClear: Bool) throws(StorageError) -> [String] {
    let folder = lake(tenant: tenant, isClear: isClear).path + "/" + Self.snapshotsFolder
    guard try storage.status(folder) != nil else { return [] }
    return try storage.list(folder).filter { StoragePath.isValidName($0) }
  }
}

/// The version of the tool.
package enum ToolVersion {
  package static let number = "0.1.0"
  /// As Parquet footers name it, in the grammar that parquet-java reads.
  package static let createdBy = "logveil version \(number) (build release)"
}
