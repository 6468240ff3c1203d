import Storage

/// The data files that a run was about to make, a line each, in its lock file.
///
/// Not durable: after a power cut it may be torn or hold anything, so a line counts only if it is
/// of the very form that this program writes.
enum RunJournal {
  static func line(table: String, file: String) -> [UInt8] { Array("\(table) \(file)\n".utf8) }

  /// The files that `bytes` name, by table; what is no whole line is passed over.
  static func files(_ bytes: [UInt8]) -> [String: Set<String>] {
    var files: [String: Set<String>] = [:]
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let words = rest[..<end].split(
        separator: UInt8(ascii: " "),
        omittingEmptySubsequences: false
      )
      rest = rest[(end + 1)...]
      guard words.count == 2, let table = String(validating: words[0], as: UTF8.self),
        let file = String(validating: words[1], as: UTF8.self), StoragePath.isValid(table),
        StoragePath.isValid(file), isOurs(StoragePath.name(of: file))
      else { continue }
      files[table, default: []].insert(file)
    }
    return files
  }

  private static func isOurs(_ name: String) -> Bool {
    ContentName.isOurs(name) || DraftFile.isDraft(name)
  }
}
