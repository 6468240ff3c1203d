extension LogAction {
  /// The action as one line of a commit, with its newline; keys always in the same order.
  var line: [UInt8] {
    let json = JSONWriter.object { json in
      switch self {
      case .commitInfo(let info): json.name("commitInfo"); info.write(to: &json)
      case .tableProtocol(let rules): json.name("protocol"); rules.write(to: &json)
      case .metadata(let metadata): json.name("metaData"); metadata.write(to: &json)
      case .transaction(let transaction): json.name("txn"); transaction.write(to: &json)
      case .remove(let file): json.name("remove"); file.write(to: &json)
      case .add(let file): json.name("add"); file.write(to: &json)
      }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }
}

extension CommitInfo {
  func write(to json: inout JSONWriter) {
    json.object { json in
      if let timestamp { json.member("timestamp", timestamp) }
      json.member("operation", operation)
      json.member("operationParameters", parameters)
      if let engine { json.member("engineInfo", engine) }
      if let isBlindAppend { json.member("isBlindAppend", isBlindAppend) }
      if !metrics.isEmpty { json.member("operationMetrics", metrics) }
      if let userMetadata { json.member("userMetadata", userMetadata) }
      if !changesRows { json.member("dataChange", false) }
    }
  }
}

extension TableProtocol {
  func write(to json: inout JSONWriter) {
    precondition(features.isEmpty, "This room writes no table features.")
    json.object { json in
      json.member("minReaderVersion", minReaderVersion)
      json.member("minWriterVersion", minWriterVersion)
    }
  }
}

extension TableMetadata {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("id", id)
      json.name("format")
      json.object { json in
        json.member("provider", "parquet")
        json.member("options", [:])
      }
      json.member("schemaString", schemaText)
      json.name("partitionColumns")
      json.array { json in
        for column in partitionColumns { json.string(column) }
      }
      json.member("configuration", configuration)
      if let createdTime { json.member("createdTime", createdTime) }
    }
  }
}

extension Transaction {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("appId", appID)
      json.member("version", version)
      if let lastUpdated { json.member("lastUpdated", lastUpdated) }
    }
  }
}

extension RemovedFile {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("path", LogPath.escaped(path))
      if let deletionTimestamp { json.member("deletionTimestamp", deletionTimestamp) }
      json.member("dataChange", changesRows)
      if let byteCount {
        json.member("extendedFileMetadata", true)
        json.member("partitionValues", partitionValues)
        json.member("size", byteCount)
      }
    }
  }
}

extension AddedFile {
  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("path", LogPath.escaped(path))
      json.member("partitionValues", partitionValues)
      json.member("size", byteCount)
      json.member("modificationTime", modificationTime)
      json.member("dataChange", changesRows)
      if let statisticsText { json.member("stats", statisticsText) }
    }
  }
}
