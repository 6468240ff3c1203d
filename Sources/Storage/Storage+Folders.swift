extension Storage {
  /// Makes a file with all `bytes`, durable but for its name.
  package func create(_ path: String, _ bytes: Span<UInt8>) throws(StorageError) {
    try create(path, bytes, durably: true)
  }

  /// Makes the folder `path` and those above it, each durable before the next one starts.
  ///
  /// A folder that was there is synchronised as well: whoever made it may not be done with it.
  package func makeFolders(_ path: String) throws(StorageError) {
    var above = "."
    for part in path.split(separator: "/") {
      let folder = above == "." ? String(part) : above + "/" + part
      try makeFolder(folder)
      try synchroniseFolder(above)
      above = folder
    }
  }
}
