/// All that one run changes, in the order in which its tables get it.
///
/// The first table decides: once it has the run, the others must get it too.
struct RunManifest: Sendable {
  let run: String
  /// By table name; never empty.
  let entries: [(table: String, commit: WrittenCommit)]

  /// What each table takes as the run's mark.
  static func mark(_ run: String) -> Transaction { Transaction(appID: run, version: 1) }

  /// The manifest as it is stored.
  var bytes: [UInt8] {
    JSONWriter.object { json in
      json.member("run", run)
      json.name("tables")
      json.array { json in
        for (table, commit) in entries { commit.prepared.write(to: &json, table: table) }
      }
    }.bytes + [UInt8(ascii: "\n")]
  }

  init(run: String, entries: [(table: String, commit: WrittenCommit)]) {
    self.run = run
    self.entries = entries
  }

  /// Reads a manifest; `nil` when the bytes are none of `run`.
  init?(_ bytes: [UInt8], run: String, lake: Lake) {
    guard let json = try? JSONReader.value(of: bytes), json["run"]?.string == run,
      let tables = json["tables"]?.array, !tables.isEmpty
    else { return nil }
    self.run = run
    var entries: [(table: String, commit: WrittenCommit)] = []
    for table in tables {
      guard let name = table["table"]?.string,
        let commit = PreparedCommit(table, table: lake.table(name), run: run)
      else { return nil }
      // The manifest was stored after all its files were durable.
      entries.append((name, WrittenCommit(commit)))
    }
    self.entries = entries
  }
}

extension PreparedCommit {
  fileprivate func write(to json: inout JSONWriter, table name: String) {
    json.object { json in
      json.member("table", name)
      json.member("schemaString", SchemaText.text(of: shape.schema))
      json.name("partitionColumns")
      json.array { json in
        for column in shape.partitionColumns { json.string(column) }
      }
      json.name("commitInfo")
      info.write(to: &json)
      json.name("claims")
      json.array { json in
        for claim in changes.claims { claim.write(to: &json) }
      }
      json.name("removes")
      json.array { json in
        for file in changes.removes { file.write(to: &json) }
      }
      if !changes.adoptedPaths.isEmpty {
        json.name("adopted")
        json.array { json in
          for path in changes.adoptedPaths.sorted() { json.string(path) }
        }
      }
      json.name("adds")
      json.array { json in
        for file in changes.adds { file.write(to: &json) }
      }
    }
  }

  fileprivate init?(_ json: JSONValue, table: DeltaTable, run: String) {
    guard let schemaText = json["schemaString"]?.string,
      let schema = try? SchemaText.schema(of: schemaText),
      let partitionColumns = json["partitionColumns"]?.array?.compactMap(\.string),
      let info = json["commitInfo"].map(CommitInfo.init), let claims = json["claims"]?.array,
      let removes = json["removes"]?.array, let adds = json["adds"]?.array
    else { return nil }
    var changes = TableChanges()
    for json in claims {
      guard let claim = TableChanges.Claim(json) else { return nil }
      changes.claim(claim)
    }
    for json in removes {
      guard let file = try? AddedFile(json) else { return nil }
      changes.remove(file)
    }
    let adopted = Set((json["adopted"]?.array ?? []).compactMap(\.string))
    for json in adds {
      guard let file = try? AddedFile(json) else { return nil }
      if adopted.contains(file.path) { changes.adopt(file) } else { changes.add(file) }
    }
    self.init(
      table: table,
      shape: TableShape(schema: schema, partitionColumns: partitionColumns),
      changes: changes,
      mark: RunManifest.mark(run),
      info: info
    )
  }
}

extension TableChanges.Claim {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("appId", appID)
      if let previous { json.member("previous", previous) }
      json.member("next", next)
    }
  }

  fileprivate init?(_ json: JSONValue) {
    guard let appID = json["appId"]?.string, let next = json["next"]?.integer else { return nil }
    self.init(appID: appID, previous: json["previous"]?.integer, next: next)
  }
}
