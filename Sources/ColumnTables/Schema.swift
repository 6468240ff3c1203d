/// The type of a column, as Parquet and Delta know it.
package enum ColumnType: Sendable, Equatable {
  case boolean
  case int32
  case int64
  /// Days since 1970-01-01.
  case date
  /// Microseconds since 1970-01-01T00:00:00Z.
  case timestamp
  /// UTF-8.
  case string
}

/// One column's name and type.
package struct Field: Sendable, Equatable {
  package let name: String
  package let type: ColumnType
  package let isNullable: Bool

  package init(_ name: String, _ type: ColumnType, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }
}

/// The columns of a table, in order; names are unique.
package struct Schema: Sendable, Equatable {
  package let fields: [Field]

  package init(_ fields: [Field]) {
    precondition(
      Set(fields.map { $0.name.lowercased() }).count == fields.count,
      "Two columns of one table share a name.")
    self.fields = fields
  }

  package func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

  /// The same schema without the columns `names`.
  package func without(_ names: Set<String>) -> Schema {
    Schema(fields.filter { !names.contains($0.name) })
  }
}
