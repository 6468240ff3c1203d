/// Reads rows of nested columns: the checkpoints of Delta tables, ours and those of others.
package enum NestedReader {
  /// All rows of the file that `bytes` are.
  ///
  /// - Parameter isWanted: whether the leaf at a path is read; what is not is null. Leaves of
  ///   types that this room does not know must not be wanted.
  package static func rows(
    of bytes: [UInt8], limits: ParquetLimits = ParquetLimits(),
    where isWanted: ([String]) -> Bool
  ) throws(ParquetError) -> [[String: NestedValue]] {
    let place = try FileBytes.whole(bytes).footer()
    if place.isEncrypted { throw .unsupported(.encryption) }
    let footer = place.range
    let metadata = try FileMetadata(bytes, in: footer)
    let columns = try FileColumns(metadata.schema, offset: footer.lowerBound)
    let checks = FooterChecks(
      metadata: metadata, columns: columns, footer: footer, limits: limits)
    let rowCount = try checks.rowCount()
    try checks.chunks()
    var tree = NestedTree(metadata.schema, footer: footer.lowerBound)
    let fields = try tree.fields(where: isWanted)
    // By the numbers of leaves; those that are not wanted stay empty.
    var assembler = NestedAssembler(
      leaves: Array(repeating: LeafValues(), count: columns.leafCount))
    for leaf in tree.wantedLeaves {
      assembler.leaves[leaf.number] = try read(leaf, metadata, bytes, limits)
    }
    var rows: [[String: NestedValue]] = []
    for _ in 0..<rowCount {
      var row: [String: NestedValue] = [:]
      for field in fields {
        let value = try assembler.value(of: field)
        if value != .null { row[field.name] = value }
      }
      rows.append(row)
    }
    return rows
  }

  private static func read(
    _ leaf: NestedNode, _ metadata: FileMetadata, _ bytes: [UInt8], _ limits: ParquetLimits
  ) throws(ParquetError) -> LeafValues {
    switch leaf.physical {
    case .boolean:
      let decoder = try decode(BooleanSink(), leaf, metadata, bytes, limits)
      var values = decoder.leaf
      values.values = .booleans(decoder.sink.rows)
      return values
    case .int32:
      let decoder = try decode(NumberSink<Int32>(), leaf, metadata, bytes, limits)
      var values = decoder.leaf
      values.values = .int32s(decoder.sink.rows)
      return values
    case .int64:
      let decoder = try decode(NumberSink<Int64>(), leaf, metadata, bytes, limits)
      var values = decoder.leaf
      values.values = .int64s(decoder.sink.rows)
      return values
    case .byteArray, nil:
      let decoder = try decode(TextSink(limits: limits), leaf, metadata, bytes, limits)
      var values = decoder.leaf
      values.values = .texts(try decoder.sink.values(nil))
      return values
    }
  }

  private static func decode<Sink: ColumnSink>(
    _ sink: consuming Sink, _ leaf: NestedNode, _ metadata: FileMetadata, _ bytes: [UInt8],
    _ limits: ParquetLimits
  ) throws(ParquetError) -> LeafDecoder<Sink> {
    var decompressor = try PageDecompressor()
    var decoder = LeafDecoder(
      sink, name: leaf.name, definitionMax: leaf.definitionMax,
      repetitionMax: leaf.repetitionMax, limits: limits)
    for group in metadata.rowGroups {
      let chunk = group.columns[leaf.number]
      guard chunk.type == leaf.physical?.rawValue else {
        throw .damaged(.schema, offset: Int(chunk.chunkStart))
      }
      try decoder.decode(chunk, of: bytes, using: &decompressor)
    }
    return decoder
  }
}

/// A part of a nested schema, with the levels of what is below it.
struct NestedNode {
  let name: String
  let repetition: Repetition
  let definitionMax: UInt32
  let repetitionMax: UInt32
  /// `nil` for a leaf of a type that is not read, and for all with children.
  var physical: PhysicalType?
  /// Which of the file's leaves it is; of a node with children the first one that is wanted.
  var number = 0
  /// Behind the last leaf below; leaves in between that are not wanted have no entries.
  var endNumber = 0
  /// Those that hold something wanted; a leaf has none.
  var children: [NestedNode] = []
  var isLeaf = false
}

/// The tree that the elements of a schema stand for.
struct NestedTree {
  private let elements: [SchemaElement]
  private let footer: Int
  private var place = 1
  private var leafCount = 0
  private(set) var wantedLeaves: [NestedNode] = []

  init(_ elements: [SchemaElement], footer: Int) {
    self.elements = elements
    self.footer = footer
  }

  /// The columns that hold something wanted.
  mutating func fields(
    where isWanted: ([String]) -> Bool
  ) throws(ParquetError) -> [NestedNode] {
    var fields: [NestedNode] = []
    for _ in 0..<(elements.first?.childCount ?? 0) {
      if let node = try node([], definition: 0, repetition: 0, isWanted) { fields.append(node) }
    }
    return fields
  }

  /// The next element with all below it; `nil` when nothing of it is wanted.
  private mutating func node(
    _ above: [String], definition: UInt32, repetition: UInt32, _ isWanted: ([String]) -> Bool
  ) throws(ParquetError) -> NestedNode? {
    guard place < elements.count, above.count < 32 else { throw .damaged(.schema, offset: footer) }
    let element = elements[place]
    place += 1
    let kind = element.repetition.flatMap { Repetition(rawValue: $0) } ?? .required
    let path = above + [element.name]
    var node = NestedNode(
      name: element.name, repetition: kind,
      definitionMax: definition + (kind == .required ? 0 : 1),
      repetitionMax: repetition + (kind == .repeated ? 1 : 0))
    if element.type != nil {
      node.physical = element.type.flatMap { PhysicalType(rawValue: $0) }
      node.number = leafCount
      node.isLeaf = true
      leafCount += 1
      node.endNumber = leafCount
      guard isWanted(path) else { return nil }
      guard node.physical != nil else { throw .unsupported(.type(column: element.name)) }
      wantedLeaves.append(node)
      return node
    }
    for _ in 0..<(element.childCount ?? 0) {
      let child = try self.node(
        path, definition: node.definitionMax, repetition: node.repetitionMax, isWanted)
      if let child { node.children.append(child) }
    }
    guard let first = node.children.first else { return nil }
    node.number = first.number
    node.endNumber = leafCount
    return node
  }
}

/// Puts rows together again out of leaves.
struct NestedAssembler {
  var leaves: [LeafValues]

  /// The next value of a column, or of a part of one whose surroundings are there.
  mutating func value(of node: NestedNode) throws(ParquetError) -> NestedValue {
    guard let definition = leaves[node.number].definition else {
      throw .damaged(.rowCounts, offset: 0)
    }
    guard definition >= node.definitionMax || node.isLeaf && node.repetition != .repeated else {
      skip(node)
      return node.repetition == .repeated ? .list([]) : .null
    }
    guard node.repetition == .repeated else { return try content(of: node) }
    var values: [NestedValue] = []
    repeat {
      values.append(try content(of: node))
    } while leaves[node.number].repetition
      == node.repetitionMax
    return .list(values)
  }

  private mutating func content(of node: NestedNode) throws(ParquetError) -> NestedValue {
    if node.isLeaf { return leaves[node.number].next() }
    // A list or a map: one repeated child, whose content is an element, or a key and a value.
    guard node.children.count == 1, let only = node.children.first, only.repetition == .repeated
    else { return .group(try members(of: node)) }
    let child = try value(of: only)
    guard case .list(let entries) = child else { return .group([only.name: child]) }
    if only.isLeaf { return .list(entries) }
    if only.children.count == 1 {
      return .list(entries.map { $0.member(only.children[0].name) })
    }
    guard only.children.count == 2 else { return .list(entries) }
    var map: [String: NestedValue] = [:]
    for entry in entries {
      guard case .text(let key) = entry.member(only.children[0].name) else { continue }
      map[key] = entry.member(only.children[1].name)
    }
    return .map(map)
  }

  /// The members of a group; those that are null are left out.
  private mutating func members(
    of node: NestedNode
  ) throws(ParquetError) -> [String: NestedValue] {
    var members = [String: NestedValue](minimumCapacity: node.children.count)
    for child in node.children {
      let value = try value(of: child)
      if value != .null { members[child.name] = value }
    }
    return members
  }

  /// Passes over one entry of each leaf below.
  private mutating func skip(_ node: NestedNode) {
    for number in node.number..<node.endNumber { leaves[number].skip() }
  }
}

extension NestedValue {
  fileprivate func member(_ name: String) -> NestedValue {
    if case .group(let members) = self { members[name] ?? .null } else { .null }
  }
}
