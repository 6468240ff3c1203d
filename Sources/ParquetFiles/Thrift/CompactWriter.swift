/// Writes Thrift's compact protocol, as far as Parquet needs it.
///
/// Fields must come in ascending order of their numbers; absent ones are not written.
struct CompactWriter: ~Copyable {
  private var output = OutputBytes(capacity: 1 << 12)
  private var lastField = 0
  private var enclosing: [Int] = []

  /// The bytes written so far.
  func array() -> [UInt8] { output.array() }
  var count: Int { output.count }

  mutating func field(_ number: Int, _ value: Bool?) {
    guard let value else { return }
    header(number, value ? .booleanTrue : .booleanFalse)
  }

  mutating func field(_ number: Int, _ value: Int32?) {
    guard let value else { return }
    header(number, .int32)
    output.append(zigzag: Int64(value))
  }

  mutating func field(_ number: Int, _ value: Int64?) {
    guard let value else { return }
    header(number, .int64)
    output.append(zigzag: value)
  }

  mutating func field(_ number: Int, _ value: Int16?) {
    guard let value else { return }
    header(number, .int16)
    output.append(zigzag: Int64(value))
  }

  mutating func field(_ number: Int, _ value: Int8?) {
    guard let value else { return }
    header(number, .byte)
    output.append(UInt8(bitPattern: value))
  }

  mutating func field(_ number: Int, _ value: [UInt8]?) {
    guard let value else { return }
    header(number, .binary)
    element(value)
  }

  mutating func field(_ number: Int, _ value: String?) {
    field(number, value.map { Array($0.utf8) })
  }

  /// A field that is a structure, whose fields `body` writes.
  mutating func field(_ number: Int, _ body: (inout CompactWriter) -> Void) {
    header(number, .structure)
    element(body)
  }

  /// Announces a list; its elements follow.
  mutating func list(_ number: Int, of type: CompactType, count: Int) {
    header(number, .list)
    if count < 15 {
      output.append(UInt8(count << 4) | type.rawValue)
    } else {
      output.append(0xF0 | type.rawValue)
      output.append(varint: UInt64(count))
    }
  }

  mutating func element(_ value: Int32) { output.append(zigzag: Int64(value)) }
  mutating func element(_ value: Int64) { output.append(zigzag: value) }
  mutating func element(_ value: Bool) {
    output.append((value ? CompactType.booleanTrue : .booleanFalse).rawValue)
  }
  mutating func element(_ value: [UInt8]) {
    output.append(varint: UInt64(value.count))
    output.append(value.span)
  }
  mutating func element(_ body: (inout CompactWriter) -> Void) {
    enclosing.append(lastField)
    lastField = 0
    body(&self)
    output.append(0)
    lastField = enclosing.removeLast()
  }

  /// Ends the outermost structure.
  mutating func stop() {
    output.append(0)
    lastField = 0
  }

  private mutating func header(_ number: Int, _ type: CompactType) {
    let step = number - lastField
    precondition(step > 0, "Thrift fields are out of order.")
    if step <= 15 {
      output.append(UInt8(step << 4) | type.rawValue)
    } else {
      output.append(type.rawValue)
      output.append(zigzag: Int64(number))
    }
    lastField = number
  }
}

/// The type numbers of the compact protocol.
enum CompactType: UInt8 {
  case booleanTrue = 1
  case booleanFalse = 2
  case byte = 3
  case int16 = 4
  case int32 = 5
  case int64 = 6
  case double = 7
  case binary = 8
  case list = 9
  case set = 10
  case map = 11
  case structure = 12
}
