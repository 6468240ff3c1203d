import Sealing

/// The chain of hashes over the governance log.
///
/// The hash of a record is the SHA-256 of these bytes, one after another:
///
/// ```
/// 24 bytes   "logveil governance v1\n" in ASCII (22), then two zero bytes
/// 32 bytes   the hash of the record before, as bytes; 32 zero bytes for the first record
///  8 bytes   the sequence, least significant byte first
/// then for each of  time action target initiator tenant status justification error:
///  1 byte    0 where the field is null: nothing more follows for it
///            1 where it holds text, then
///  8 bytes   the count of bytes, least significant byte first, and
///  n bytes   the text in UTF-8
/// ```
///
/// No two different records give the same bytes: the order is fixed and each length stands before
/// its text. A later layout gets another first line and starts behind a record of its own.
enum RecordHash {
  static let byteCount = 32
  static let start = [UInt8](repeating: 0, count: byteCount)

  /// The hash of a record whose texts are `fields`, in the order above.
  static func of(
    sequence: Int64, fields: [[UInt8]?], previous: [UInt8]
  ) throws(GovernanceError) -> [UInt8] {
    var message = RecordMessage()
    message.begin(sequence: sequence, previous: previous)
    for field in fields { message.append(field) }
    return try message.hash()
  }

  private static let digits = Array("0123456789abcdef".utf8)

  /// The hash in lower-case hexadecimal digits.
  static func text(_ hash: [UInt8]) -> String { String(decoding: utf8(hash), as: UTF8.self) }

  /// The same as bytes.
  static func utf8(_ hash: [UInt8]) -> [UInt8] {
    var text = [UInt8](repeating: 0, count: 2 * hash.count)
    for (place, byte) in hash.enumerated() {
      text[2 * place] = digit(byte >> 4)
      text[2 * place + 1] = digit(byte & 15)
    }
    return text
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
  }

  /// The bytes that twice as many lower-case hexadecimal digits stand for, or `nil` for any other
  /// text.
  static func bytes(_ text: [UInt8], count byteCount: Int = byteCount) -> [UInt8]? {
    guard text.count == 2 * byteCount else { return nil }
    var hash: [UInt8] = []
    hash.reserveCapacity(byteCount)
    for index in stride(from: 0, to: text.count, by: 2) {
      guard let high = digits.firstIndex(of: text[index]),
        let low = digits.firstIndex(of: text[index + 1])
      else { return nil }
      hash.append(UInt8(high << 4 | low))
    }
    return hash
  }
}

/// The bytes that the hash of a record is made of; one value serves for many records.
struct RecordMessage {
  private static let label = Array("logveil governance v1\n".utf8) + [0, 0]
  /// Layout: see `RecordHash`.
  private(set) var bytes: [UInt8] = []
  /// Where the texts of the record stand in `bytes`, in their order; `nil` for null.
  private(set) var fields: [Range<Int>?] = []

  /// Forgets the record before.
  mutating func begin(sequence: Int64, previous: [UInt8]) {
    precondition(previous.count == RecordHash.byteCount, "A hash has 32 bytes.")
    bytes.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    bytes += Self.label
    bytes += previous
    append(UInt64(bitPattern: sequence))
  }

  mutating func append(_ field: [UInt8]?) {
    guard let field else { return appendNull() }
    beginField(byteCount: field.count)
    bytes += field
  }

  /// Takes the text as UTF-8.
  mutating func append(_ field: String?) {
    guard let field else { return appendNull() }
    beginField(byteCount: field.utf8.count)
    bytes += field.utf8
  }

  func hash() throws(GovernanceError) -> [UInt8] {
    do throws(SealingError) {
      return try Digest.sha256(bytes.span)
    } catch { throw .digestFailed }
  }

  private mutating func appendNull() {
    bytes.append(0)
    fields.append(nil)
  }

  private mutating func beginField(byteCount: Int) {
    bytes.append(1)
    append(UInt64(byteCount))
    fields.append(bytes.count..<bytes.count + byteCount)
  }

  private mutating func append(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }
}
