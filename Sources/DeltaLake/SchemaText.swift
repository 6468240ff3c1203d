import ColumnTables

/// A table's columns as the log writes them: JSON of a Spark struct.
enum SchemaText {
  /// The text of `schema`.
  static func text(of schema: Schema) -> String {
    let json = JSONWriter.object { json in
      json.member("type", "struct")
      json.name("fields")
      json.array { json in
        for field in schema.fields {
          json.object { json in
            json.member("name", field.name)
            json.member("type", name(of: field.type))
            json.member("nullable", field.isNullable)
            json.member("metadata", [:])
          }
        }
      }
    }
    return json.text
  }

  private static func name(of type: ColumnType) -> String {
    switch type {
    case .boolean: "boolean"
    case .int32: "integer"
    case .int64: "long"
    case .date: "date"
    case .timestamp: "timestamp"
    case .string: "string"
    }
  }

  /// Why the columns of a table are not for this program.
  enum Problem: Error, Equatable {
    case malformed
    case column(name: String, type: String)
    /// A rule that writers must keep, which this program does not know.
    case invariant(column: String)
  }

  /// The columns that `text` names.
  static func schema(of text: String) throws(Problem) -> Schema {
    guard let json = try? JSONReader.value(of: text), json["type"]?.string == "struct",
      let columns = json["fields"]?.array
    else { throw .malformed }
    var fields: [Field] = []
    for column in columns {
      guard let name = column["name"]?.string, let type = column["type"] else { throw .malformed }
      guard let type = Self.type(named: type.string ?? "") else {
        throw .column(name: name, type: type.string ?? "nested")
      }
      let metadata = column["metadata"]?.members ?? []
      guard !metadata.contains(where: { $0.name == "delta.invariants" }) else {
        throw .invariant(column: name)
      }
      fields.append(Field(name, type, isNullable: column["nullable"]?.bool ?? true))
    }
    guard Set(fields.map { $0.name.lowercased() }).count == fields.count else { throw .malformed }
    return Schema(fields)
  }

  private static func type(named name: String) -> ColumnType? {
    switch name {
    case "boolean": .boolean
    case "integer": .int32
    case "long": .int64
    case "date": .date
    case "timestamp": .timestamp
    case "string": .string
    default: nil
    }
  }
}
