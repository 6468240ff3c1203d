/// The files of a home's state as they are before it is opened.
///
/// SQLite puts the log into the file, or starts it afresh, when it likes to; and whoever closes any
/// descriptor of the file gives up the locks that SQLite holds on it in this process.
struct StateCopy {
  /// By their paths; without those that are not there, or that cannot be read.
  private(set) var files: [String: [UInt8]] = [:]

  init(of home: Home) {
    var found = FoundFiles()
    let path = home.path + (home.path.hasSuffix("/") ? "" : "/") + "state.sqlite"
    for suffix in ["", "-wal", "-journal"] { found.add(path + suffix) }
    for path in found.paths { files[path] = found.bytes(of: path) }
  }
}
