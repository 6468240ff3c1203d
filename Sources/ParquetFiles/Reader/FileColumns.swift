import ColumnTables

/// The columns of a file's schema: those that we read, and the others with the reason.
struct FileColumns {
  private(set) var fields: [Field] = []
  /// For each field, which of the file's leaves it is.
  private(set) var leaves: [Int] = []
  private(set) var refused: [(name: String, feature: ParquetError.Feature)] = []
  private(set) var leafCount = 0

  /// - Parameter offset: of the footer, for errors.
  init(_ elements: [SchemaElement], offset: Int) throws(ParquetError) {
    guard let root = elements.first, root.type == nil, let childCount = root.childCount,
      childCount >= 0, childCount < elements.count
    else { throw .damaged(.schema, offset: offset) }
    var index = 1
    for _ in 0..<childCount {
      guard index < elements.count else { throw .damaged(.schema, offset: offset) }
      let element = elements[index]
      let firstLeaf = leafCount
      index = try endOfSubtree(elements, from: index, offset: offset)
      if element.type == nil || leafCount != firstLeaf + 1 {
        refused.append((element.name, .nesting(column: element.name)))
      } else {
        add(element, leaf: firstLeaf)
      }
    }
    guard index == elements.count else { throw .damaged(.schema, offset: offset) }
    var names: Set<String> = []
    for field in fields where !names.insert(field.name.lowercased()).inserted {
      throw .unsupported(.sameName(column: field.name))
    }
  }

  /// Counts the leaves below the element at `start`, and says where the next one begins.
  private mutating func endOfSubtree(
    _ elements: [SchemaElement],
    from start: Int,
    offset: Int
  ) throws(ParquetError) -> Int {
    var index = start
    var pending = 1
    while pending > 0 {
      guard index < elements.count else { throw .damaged(.schema, offset: offset) }
      let children = Int(elements[index].childCount ?? 0)
      guard children >= 0, children < elements.count else {
        throw .damaged(.schema, offset: offset)
      }
      if elements[index].type != nil { leafCount += 1 }
      pending += children - 1
      index += 1
    }
    return index
  }

  private mutating func add(_ element: SchemaElement, leaf: Int) {
    let repetition = element.repetition.flatMap { Repetition(rawValue: $0) }
    guard let repetition, repetition != .repeated else {
      refused.append((element.name, .nesting(column: element.name)))
      return
    }
    guard let type = element.columnType else {
      refused.append((element.name, .type(column: element.name)))
      return
    }
    fields.append(Field(element.name, type, isNullable: repetition == .optional))
    leaves.append(leaf)
  }
}

extension SchemaElement {
  /// The type that we read the leaf as; `nil`: none of ours.
  fileprivate var columnType: ColumnType? {
    switch type.flatMap({ PhysicalType(rawValue: $0) }) {
    case .boolean: return logicalType == nil && convertedType == nil ? .boolean : nil
    case .int32: return smallIntegerType
    case .int64: return largeIntegerType
    case .byteArray:
      // 0 UTF8, 4 ENUM, 19 JSON; without any, old writers mean text.
      if let logicalType { return [.string, .otherText].contains(logicalType) ? .string : nil }
      return convertedType.map { [0, 4, 19].contains($0) } ?? true ? .string : nil
    case nil: return nil
    }
  }

  /// Converted types: 6 DATE, 15 … 17 INT_8 … INT_32, 11 and 12 UINT_8 and UINT_16.
  private var smallIntegerType: ColumnType? {
    switch logicalType {
    case .date: return .date
    case .integer(let bitWidth, let isSigned):
      return (isSigned ? 8...32 : 8...16).contains(bitWidth) ? .int32 : nil
    case nil:
      if convertedType == 6 { return .date }
      return convertedType.map { [11, 12, 15, 16, 17].contains($0) } ?? true ? .int32 : nil
    default: return nil
    }
  }

  /// Converted types: 10 TIMESTAMP_MICROS, 18 INT_64.
  private var largeIntegerType: ColumnType? {
    switch logicalType {
    case .timestampMicroseconds: return .timestamp
    case .integer(let bitWidth, let isSigned): return bitWidth == 64 && isSigned ? .int64 : nil
    case nil:
      if convertedType == 10 { return .timestamp }
      return convertedType ?? 18 == 18 ? .int64 : nil
    default: return nil
    }
  }
}
