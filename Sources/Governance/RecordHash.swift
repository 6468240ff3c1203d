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
  private static let label = Array("logveil governance v1\n".utf8) + [0, 0]

  /// The hash of a record whose texts are `fields`, in the order above.
  static func of(
    sequence: Int64, fields: [[UInt8]?], previous: [UInt8]
  ) throws(GovernanceError) -> [UInt8] {
    precondition(previous.count == byteCount, "A hash has 32 bytes.")
    var message = label
    message.reserveCapacity(fields.reduce(160) { $0 + ($1?.count ?? 0) })
    message += previous
    append(UInt64(bitPattern: sequence), to: &message)
    for field in fields {
      guard let field else {
        message.append(0)
        continue
      }
      message.append(1)
      append(UInt64(field.count), to: &message)
      message += field
    }
    do throws(SealingError) {
      return try Digest.sha256(message.span)
    } catch { throw .digestFailed }
  }

  private static func append(_ number: UInt64, to message: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) {
      message.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  /// The hash in lower-case hexadecimal digits.
  static func text(_ hash: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * hash.count)
    for byte in hash {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
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
