/// Why an action of the log cannot be used.
package enum ActionProblem: Error, Equatable, Sendable {
  /// A member is missing, or of another type than the protocol says.
  case member(String)
  /// A path leads out of the table's folder or is badly escaped.
  case path
}

extension LogAction {
  /// The action in one line of a commit; `nil` for kinds that readers may pass over.
  init?(_ line: JSONValue) throws(ActionProblem) {
    for member in line.members ?? [] where member.value != .null {
      switch member.name {
      case "add": self = .add(try AddedFile(member.value))
      case "remove": self = .remove(try RemovedFile(member.value))
      case "txn": self = .transaction(try Transaction(member.value))
      case "commitInfo": self = .commitInfo(CommitInfo(member.value))
      case "metaData": self = .metadata(try TableMetadata(member.value))
      case "protocol": self = .tableProtocol(try TableProtocol(member.value))
      default: continue
      }
      return
    }
    return nil
  }

  /// Kinds that the protocol knows, and that say nothing to a reader of tables like ours.
  private static let passedOver: Set<String> = [
    "cdc", "domainMetadata", "sidecar", "checkpointMetadata",
  ]

  /// What a line calls its action, where the protocol knows no such one.
  static func unknownName(in line: JSONValue) -> String? {
    guard let members = line.members else { return "no object" }
    let names = members.filter { $0.value != .null }.map(\.name)
    return names.contains { passedOver.contains($0) } ? nil : names.first ?? "nothing"
  }
}

/// Takes a member that must be there, or names it.
private func needed<Value>(_ value: Value?, _ name: String) throws(ActionProblem) -> Value {
  guard let value else { throw .member(name) }
  return value
}

extension JSONValue {
  /// The members of an object whose values are text; null stays null, others are left out.
  var texts: [String: String?] {
    var texts: [String: String?] = [:]
    for member in members ?? [] where member.value == .null || member.value.text != nil {
      texts[member.name] = .some(member.value.text)
    }
    return texts
  }

  /// Partition values: the log writes null as null or as an empty text.
  var partitionValues: [String: String?] {
    texts.mapValues { $0?.isEmpty == true ? nil : $0 }
  }
}

extension AddedFile {
  init(_ json: JSONValue) throws(ActionProblem) {
    // A deletion vector hides rows of the file: without it the file would say too much.
    guard json["deletionVector"] == nil else { throw .member("add.deletionVector") }
    path = try LogPath.plain(try needed(json["path"]?.string, "add.path"))
    partitionValues = try needed(json["partitionValues"], "add.partitionValues").partitionValues
    byteCount = try needed(json["size"]?.integer, "add.size")
    modificationTime = json["modificationTime"]?.integer ?? 0
    statisticsText = json["stats"]?.string
  }
}

extension RemovedFile {
  init(_ json: JSONValue) throws(ActionProblem) {
    path = try LogPath.plain(try needed(json["path"]?.string, "remove.path"))
    deletionTimestamp = json["deletionTimestamp"]?.integer
    partitionValues = json["partitionValues"]?.partitionValues ?? [:]
    byteCount = json["size"]?.integer
  }
}

extension Transaction {
  init(_ json: JSONValue) throws(ActionProblem) {
    appID = try needed(json["appId"]?.string, "txn.appId")
    version = try needed(json["version"]?.integer, "txn.version")
    lastUpdated = json["lastUpdated"]?.integer
  }
}

extension TableMetadata {
  init(_ json: JSONValue) throws(ActionProblem) {
    id = try needed(json["id"]?.string, "metaData.id")
    schemaText = try needed(json["schemaString"]?.string, "metaData.schemaString")
    let columns = try needed(json["partitionColumns"]?.array, "metaData.partitionColumns")
    partitionColumns = columns.compactMap(\.string)
    guard partitionColumns.count == columns.count else {
      throw .member("metaData.partitionColumns")
    }
    let provider = json["format"]?["provider"]?.string ?? "parquet"
    guard provider == "parquet" else { throw .member("metaData.format.provider") }
    configuration = (json["configuration"]?.texts ?? [:]).compactMapValues { $0 }
    createdTime = json["createdTime"]?.integer
  }
}

extension TableProtocol {
  init(_ json: JSONValue) throws(ActionProblem) {
    minReaderVersion = try needed(json["minReaderVersion"]?.integer, "protocol.minReaderVersion")
    minWriterVersion = try needed(json["minWriterVersion"]?.integer, "protocol.minWriterVersion")
    let named = ["readerFeatures", "writerFeatures"].flatMap { json[$0]?.array ?? [] }
    features = Set(named.compactMap(\.string)).sorted()
  }
}

extension CommitInfo {
  /// Takes what there is: the protocol leaves this action to the writer.
  init(_ json: JSONValue) {
    timestamp = json["timestamp"]?.integer
    operation = json["operation"]?.string ?? "UNKNOWN"
    parameters = (json["operationParameters"]?.texts ?? [:]).compactMapValues { $0 }
    metrics = (json["operationMetrics"]?.texts ?? [:]).compactMapValues { $0 }
    engine = json["engineInfo"]?.string
    userMetadata = json["userMetadata"]?.string
    isBlindAppend = json["isBlindAppend"]?.bool
    changesRows = json["dataChange"]?.bool ?? true
  }
}
