/// A value in a row of nested columns, as checkpoints of Delta tables have them.
package enum NestedValue: Sendable, Equatable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case text(String)
  case list([NestedValue])
  /// Texts by texts.
  case map([String: NestedValue])
  /// Values by the names of their fields; one that is missing is null.
  case group([String: NestedValue])
}

/// What a nested column holds; everything may be null.
package indirect enum NestedType: Sendable, Equatable {
  case boolean, int32, int64, text
  case list(NestedType)
  /// Texts by texts.
  case map
  case group([NestedField])
}

/// A column, or a part of one.
package struct NestedField: Sendable, Equatable {
  package let name: String
  package let type: NestedType

  package init(_ name: String, _ type: NestedType) {
    self.name = name
    self.type = type
  }
}

extension NestedType {
  /// The type of a leaf; `nil` for what has parts.
  var physical: PhysicalType? {
    switch self {
    case .boolean: .boolean
    case .int32: .int32
    case .int64: .int64
    case .text: .byteArray
    case .list, .map, .group: nil
    }
  }
}
