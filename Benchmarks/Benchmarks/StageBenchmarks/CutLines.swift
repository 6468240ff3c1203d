import ByteBlocks
import ByteKernels

extension Dialect {
  static let w3c = Dialect(separator: UInt8(ascii: " "), quote: UInt8(ascii: "\""))
}

/// Something that closures share and change.
final class Box<Value: ~Copyable> {
  var value: Value

  init(_ value: consuming Value) { self.value = value }
}

/// A block, its index and its fields, and columns made of them.
struct CutLines: ~Copyable {
  let block: Block
  private(set) var fields = CutFields()
  private(set) var events: EventColumns
  private var index = TextIndex()
  private var users = DictionaryTable(seed: 1)

  init(seed: UInt64) {
    var lines = Lines(seed: seed)
    let pool = BlockPool(blocksMax: 1, textBytesMax: Lines.blockBytes)
    block = makeBlock(lines.w3c(), from: pool)
    let room = lines.count
    events = EventColumns(
      count: room,
      status: Buffer(count: room),
      users: Buffer(count: room),
      hosts: Buffer(count: room),
      addresses: Buffer(count: room),
      devices: Buffer(count: room),
      actions: Buffer(count: room),
      times: Buffer(count: room),
      uploaded: Buffer(count: room),
      downloaded: Buffer(count: room),
      totals: Buffer(count: room)
    )
    index.fill(from: block, dialect: .w3c)
    _ = cut()
    _ = readDecimals()
    _ = readTimes()
    Self.learn(fields, block, &users)
    _ = findUsers()
    for record in 0..<room { events.hosts[record] = UInt32(lines.below(200)) }
  }

  /// Cuts the lines again; returns how many were regular.
  mutating func cut() -> Int {
    fields.cut(
      block,
      index,
      lines: 0..<index.lineCount,
      dialect: .w3c,
      fieldCount: Lines.w3cFieldCount,
      moreAllowed: false,
      wanted: Lines.w3cFields
    )
    return fields.recordCount
  }

  /// Reads both columns of byte counts; returns the sum of the last record's, plus 1, or 0 where a
  /// field was no number.
  mutating func readDecimals() -> Int64 {
    Self.readDecimals(fields, block, &events)
    let last = fields.recordCount - 1
    return events.status[last] == 0 ? events.uploaded[last] + events.downloaded[last] + 1 : 0
  }

  private static func readDecimals(
    _ fields: borrowing CutFields,
    _ block: borrowing Block,
    _ events: inout EventColumns
  ) {
    FieldKernels.decimals(
      fields.column(5),
      in: block,
      max: .max >> 8,
      into: &events.downloaded,
      status: &events.status,
      bad: 1
    )
    FieldKernels.decimals(
      fields.column(6),
      in: block,
      max: .max >> 8,
      into: &events.uploaded,
      status: &events.status,
      bad: 1
    )
  }

  /// Reads the times; returns the last one, 0 where it was none.
  mutating func readTimes() -> Int64 {
    Self.readTimes(fields, block, &events)
    return events.times[fields.recordCount - 1]
  }

  private static func readTimes(
    _ fields: borrowing CutFields,
    _ block: borrowing Block,
    _ events: inout EventColumns
  ) {
    FieldKernels.dateTimes(
      dates: fields.column(0),
      times: fields.column(1),
      in: block,
      into: &events.times,
      status: &events.status,
      bad: 2
    )
  }

  /// Looks all users up; returns how many are unknown.
  mutating func findUsers() -> Int { Self.find(fields, block, &users, &events) }

  private static func find(
    _ fields: borrowing CutFields,
    _ block: borrowing Block,
    _ users: inout DictionaryTable,
    _ events: inout EventColumns
  ) -> Int {
    users.find(fields.column(3), in: block, values: &events.users)
  }

  private static func learn(
    _ fields: borrowing CutFields,
    _ block: borrowing Block,
    _ users: inout DictionaryTable
  ) {
    let bytes = block.memoryBytes
    for record in 0..<fields.recordCount {
      let field = fields.column(3)[record]
      let next = UInt32(users.count)
      _ = users.value(of: bytes.extracting(Int(field.start)..<Int(field.end))) { next }
    }
  }
}
