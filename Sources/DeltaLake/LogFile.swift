import Storage

/// One version's file of a log, read.
struct LogCommit {
  var version: Int64
  var actions: [LogAction]
  /// Lines, from 1, with an action that the protocol does not know, and its name.
  var unknown: [(line: Int, name: String)] = []

  var info: CommitInfo? {
    for case .commitInfo(let info) in actions { return info }
    return nil
  }
}

/// The files of a table's log: `_delta_log/00000000000000000000.json` and on.
enum LogFile {
  static let folderName = "_delta_log"
  private static let digits = 20
  private static let zeros = String(repeating: "0", count: digits)

  /// The name of a version's file.
  static func name(_ version: Int64) -> String {
    let text = String(version)
    return zeros.prefix(digits - text.utf8.count) + text + ".json"
  }

  /// The version that a file's name stands for; `nil` for all other files.
  static func version(_ name: String) -> Int64? {
    guard name.utf8.count == digits + 5, name.hasSuffix(".json"),
      name.utf8.prefix(digits).allSatisfy({ $0 &- UInt8(ascii: "0") < 10 })
    else { return nil }
    return Int64(name.prefix(digits))
  }

  /// Reads the actions of one version's bytes; blank lines and unknown actions are passed over.
  static func commit(
    _ bytes: [UInt8],
    table: String,
    version: Int64
  ) throws(DeltaError) -> LogCommit {
    var commit = LogCommit(version: version, actions: [])
    var start = 0
    var line = 0
    while start < bytes.count {
      line += 1
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      if end > start { try take(bytes, start..<end, line, into: &commit, table) }
      start = end + 1
    }
    // Each writer says at least what it did; an empty file is what a power cut leaves behind.
    guard line > 0 else {
      throw .malformedLog(table: table, version: version, line: 1, offset: 0)
    }
    return commit
  }

  private static func take(
    _ bytes: [UInt8], _ range: Range<Int>, _ line: Int, into commit: inout LogCommit,
    _ table: String
  ) throws(DeltaError) {
    let version = commit.version
    let json: JSONValue
    do {
      json = try JSONReader.value(of: bytes, in: range)
    } catch {
      throw .malformedLog(table: table, version: version, line: line, offset: error.offset)
    }
    do {
      if let action = try LogAction(json) {
        commit.actions.append(action)
      } else if let name = LogAction.unknownName(in: json) {
        commit.unknown.append((line, name))
      }
    } catch {
      throw .malformedAction(table: table, version: version, line: line, problem: error)
    }
  }
}

extension Storage {
  /// Makes the file `path` with all `bytes` in one step, unless it is there.
  ///
  /// The bytes are durable before the name exists; the name is durable after the next
  /// synchronisation of its folder. `temporary` is a name in the same folder that only the caller
  /// uses, gone afterwards. Gives `false` when `path` was there.
  func publish(
    _ bytes: [UInt8],
    at path: String,
    temporary: String
  ) throws(StorageError) -> Bool {
    try remove(temporary)
    try create(temporary, bytes.span)
    let isFirst = try link(temporary, to: path)
    try remove(temporary)
    return isFirst
  }
}
