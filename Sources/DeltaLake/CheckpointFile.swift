import ParquetFiles

/// A checkpoint: a table as of one version in one Parquet file, so that readers need not read the
/// whole log. The classic form (V1), which all programs know.
///
/// A row is an action, of the same members as the line of JSON that a commit has of it.
enum CheckpointFile {
  private static let fields: [NestedField] = [
    NestedField(
      "txn",
      .group([
        NestedField("appId", .text), NestedField("version", .int64),
        NestedField("lastUpdated", .int64),
      ])),
    NestedField(
      "add",
      .group([
        NestedField("path", .text), NestedField("partitionValues", .map),
        NestedField("size", .int64), NestedField("modificationTime", .int64),
        NestedField("dataChange", .boolean), NestedField("stats", .text),
        NestedField("tags", .map),
      ])),
    NestedField(
      "remove",
      .group([
        NestedField("path", .text), NestedField("deletionTimestamp", .int64),
        NestedField("dataChange", .boolean), NestedField("extendedFileMetadata", .boolean),
        NestedField("partitionValues", .map), NestedField("size", .int64),
        NestedField("tags", .map),
      ])),
    NestedField(
      "metaData",
      .group([
        NestedField("id", .text), NestedField("name", .text), NestedField("description", .text),
        NestedField(
          "format", .group([NestedField("provider", .text), NestedField("options", .map)])),
        NestedField("schemaString", .text), NestedField("partitionColumns", .list(.text)),
        NestedField("configuration", .map), NestedField("createdTime", .int64),
      ])),
    NestedField(
      "protocol",
      .group([
        NestedField("minReaderVersion", .int32), NestedField("minWriterVersion", .int32),
      ])),
  ]

  /// What of foreign checkpoints is read beyond our own columns: what tells that a table is not
  /// for this program.
  private static let telling: Set<[String]> = [
    ["add", "deletionVector", "storageType"],
    ["protocol", "readerFeatures", "list", "element"],
    ["protocol", "writerFeatures", "list", "element"],
    ["protocol", "readerFeatures", "array", "element"],
    ["protocol", "writerFeatures", "array", "element"],
  ]

  /// The actions that make up a table, in the order of a checkpoint.
  ///
  /// - Parameter oldest: files removed before that moment are left out; `nil`: none is.
  static func actions(of snapshot: Snapshot, removedSince oldest: Int64?) -> [LogAction] {
    var actions: [LogAction] = [
      .tableProtocol(snapshot.tableProtocol), .metadata(snapshot.metadata),
    ]
    for (appID, version) in snapshot.transactions.sorted(by: { $0.key < $1.key }) {
      actions.append(.transaction(Transaction(appID: appID, version: version)))
    }
    for file in snapshot.removedFiles.values.sorted(by: { $0.path < $1.path }) {
      if let oldest, let time = file.deletionTimestamp, time < oldest { continue }
      var file = file
      file.changesRows = false
      actions.append(.remove(file))
    }
    for var file in snapshot.files {
      file.changesRows = false
      actions.append(.add(file))
    }
    return actions
  }

  /// The file of `actions`.
  static func bytes(_ actions: [LogAction], engine: String) throws(ParquetError) -> [UInt8] {
    let types = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.type) })
    let rows = actions.map { action -> [String: NestedValue] in
      guard let json = try? JSONReader.value(of: action.line), let member = json.members?.first,
        let type = types[member.name]
      else { return [:] }
      return [member.name: NestedValue(member.value, type)]
    }
    return try NestedWriter.encode(fields, rows: rows, createdBy: "\(engine) version 1 (build 1)")
  }

  /// Why the bytes are no checkpoint.
  enum Problem: Error {
    case file(ParquetError)
    case action(ActionProblem)
  }

  /// The actions that a checkpoint holds.
  static func actions(in bytes: [UInt8]) throws(Problem) -> [LogAction] {
    let rows: [[String: NestedValue]]
    do { rows = try NestedReader.rows(of: bytes, where: isWanted) } catch { throw .file(error) }
    var actions: [LogAction] = []
    for row in rows {
      for (name, value) in row where value != .null {
        let member = JSONValue.Member(name: name, value: JSONValue(value))
        do {
          if let action = try LogAction(.object([member])) { actions.append(action) }
        } catch { throw .action(error) }
      }
    }
    return actions
  }

  private static func isWanted(_ path: [String]) -> Bool {
    if telling.contains(path) { return true }
    guard let top = fields.first(where: { $0.name == path.first }), path.count > 1,
      case .group(let parts) = top.type
    else { return false }
    // Columns of maps and lists are named differently by different writers.
    return parts.contains { part in
      guard part.name == path[1] else { return false }
      switch part.type {
      case .map, .list, .group: return true
      default: return path.count == 2
      }
    }
  }
}

extension NestedValue {
  /// A piece of the log's JSON as a value of `type`; what does not fit is null.
  fileprivate init(_ json: JSONValue, _ type: NestedType) {
    switch type {
    case .boolean: self = json.bool.map { .boolean($0) } ?? .null
    case .int32, .int64: self = json.integer.map { .integer($0) } ?? .null
    case .text: self = json.string.map { .text($0) } ?? .null
    case .list(let element):
      self = json.array.map { .list($0.map { NestedValue($0, element) }) } ?? .null
    case .map:
      guard json.members != nil else {
        self = .null
        return
      }
      self = .map(json.texts.mapValues { $0.map { .text($0) } ?? .null })
    case .group(let fields):
      guard json.members != nil else {
        self = .null
        return
      }
      self = .group(
        Dictionary(
          uniqueKeysWithValues: fields.map { field in
            (field.name, json[field.name].map { NestedValue($0, field.type) } ?? .null)
          }))
    }
  }
}

extension JSONValue {
  fileprivate init(_ value: NestedValue) {
    switch value {
    case .null: self = .null
    case .boolean(let flag): self = .bool(flag)
    case .integer(let number): self = .number(String(number))
    case .text(let text): self = .string(text)
    case .list(let values): self = .array(values.map { JSONValue($0) })
    case .map(let members), .group(let members):
      self = .object(members.map { Member(name: $0.key, value: JSONValue($0.value)) })
    }
  }
}
