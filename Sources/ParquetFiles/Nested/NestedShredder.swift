/// Takes rows of nested values apart into leaves, by the rules of Dremel: beside its values each
/// leaf has levels that say how much of its path is there and where lists begin anew.
struct NestedShredder {
  /// One column of the file.
  struct Leaf {
    let path: [String]
    let physical: PhysicalType
    let definitionMax: UInt32
    let repetitionMax: UInt32
    var definitions: [UInt32] = []
    var repetitions: [UInt32] = []
    /// PLAIN, but for booleans.
    var bytes: [UInt8] = []
    var booleans: [Bool] = []
  }

  private let fields: [NestedField]
  private(set) var leaves: [Leaf] = []
  private(set) var rowCount = 0

  init(_ fields: [NestedField]) {
    self.fields = fields
    for field in fields { addLeaves(field.type, [field.name], definition: 0, repetition: 0) }
  }

  private mutating func addLeaves(
    _ type: NestedType, _ path: [String], definition: UInt32, repetition: UInt32
  ) {
    switch type {
    case .group(let fields):
      for field in fields {
        addLeaves(
          field.type, path + [field.name], definition: definition + 1, repetition: repetition)
      }
    case .list(let element):
      addLeaves(
        element, path + ["list", "element"], definition: definition + 2, repetition: repetition + 1)
    case .map:
      // A key is never null, so that its path is one level shorter.
      leaves.append(
        Leaf(
          path: path + ["key_value", "key"], physical: .byteArray, definitionMax: definition + 2,
          repetitionMax: repetition + 1))
      addLeaves(
        .text, path + ["key_value", "value"], definition: definition + 2,
        repetition: repetition + 1)
    default:
      leaves.append(
        Leaf(
          path: path, physical: type.physical ?? .byteArray, definitionMax: definition + 1,
          repetitionMax: repetition))
    }
  }

  /// Adds a row.
  mutating func add(_ row: [String: NestedValue]) {
    var leaf = 0
    for field in fields {
      add(row[field.name] ?? .null, field.type, at: &leaf, definition: 0, repetition: 0, depth: 0)
    }
    rowCount += 1
  }

  /// Adds a value and moves behind its leaves.
  ///
  /// - Parameters:
  ///   - definition: parts of the path above that are there.
  ///   - repetition: the list that begins anew with this value.
  ///   - depth: lists above.
  private mutating func add(
    _ value: NestedValue, _ type: NestedType, at leaf: inout Int, definition: UInt32,
    repetition: UInt32, depth: UInt32
  ) {
    switch (type, value) {
    case (.group(let fields), .group(let members)):
      for field in fields {
        add(
          members[field.name] ?? .null, field.type, at: &leaf, definition: definition + 1,
          repetition: repetition, depth: depth)
      }
    case (.list(let element), .list(let values)) where !values.isEmpty:
      let first = leaf
      for (turn, value) in values.enumerated() {
        leaf = first
        add(
          value, element, at: &leaf, definition: definition + 2,
          repetition: turn == 0 ? repetition : depth + 1, depth: depth + 1)
      }
    case (.map, .map(let entries)) where !entries.isEmpty:
      for (turn, entry) in entries.sorted(by: { $0.key < $1.key }).enumerated() {
        let level = turn == 0 ? repetition : depth + 1
        leaves[leaf].append(.text(entry.key), definition: definition + 2, repetition: level)
        leaves[leaf + 1].append(
          entry.value, definition: definition + (entry.value == .null ? 2 : 3), repetition: level)
      }
      leaf += 2
    case (.list, .list), (.map, .map):
      addNulls(type, at: &leaf, definition: definition + 1, repetition: repetition)
    case (.group, _), (.list, _), (.map, _):
      precondition(value == .null, "A nested value is not of its field's type.")
      addNulls(type, at: &leaf, definition: definition, repetition: repetition)
    default:
      leaves[leaf].append(
        value, definition: definition + (value == .null ? 0 : 1), repetition: repetition)
      leaf += 1
    }
  }

  private mutating func addNulls(
    _ type: NestedType, at leaf: inout Int, definition: UInt32, repetition: UInt32
  ) {
    for _ in 0..<type.leafCount {
      leaves[leaf].append(.null, definition: definition, repetition: repetition)
      leaf += 1
    }
  }
}

extension NestedType {
  fileprivate var leafCount: Int {
    switch self {
    case .group(let fields): fields.reduce(0) { $0 + $1.type.leafCount }
    case .list(let element): element.leafCount
    case .map: 2
    default: 1
    }
  }
}

extension NestedShredder.Leaf {
  mutating func append(_ value: NestedValue, definition: UInt32, repetition: UInt32) {
    definitions.append(definition)
    repetitions.append(repetition)
    switch (physical, value) {
    case (_, .null): break
    case (.boolean, .boolean(let flag)): booleans.append(flag)
    case (.int32, .integer(let number)): append(littleEndian: Int32(clamping: number))
    case (.int64, .integer(let number)): append(littleEndian: number)
    case (.byteArray, .text(let text)):
      append(littleEndian: UInt32(text.utf8.count))
      bytes.append(contentsOf: text.utf8)
    default: preconditionFailure("A nested value is not of its field's type.")
    }
  }

  private mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }
}
