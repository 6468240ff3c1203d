/// A piece of JSON as it was read.
///
/// Numbers stay text: the log's are integers of up to 64 bits, and what else it holds is passed
/// over.
enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// One name and its value.
  struct Member: Equatable, Sendable {
    var name: String
    var value: JSONValue
  }

  /// The member `name`; `nil` when there is none, when it is null, or when this is no object.
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self,
      let value = members.last(where: { $0.name == name })?.value, value != .null
    else { return nil }
    return value
  }

  var string: String? { if case .string(let text) = self { text } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
  var members: [Member]? { if case .object(let members) = self { members } else { nil } }
  var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }

  /// A string as it is, a number or a truth value as it is written; `nil` for all else.
  var text: String? {
    switch self {
    case .string(let text), .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
