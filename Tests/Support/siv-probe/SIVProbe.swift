import Pseudonymisation
import Sealing

/// Seals what standard input asks for, so that other implementations can be held against ours.
///
/// Lines of hexadecimal digits: the key of 32 bytes, the associated data, then one message a line.
/// Prints the sealed messages, tag first, one a line. No part of the product: it takes keys.
@main struct SIVProbe {
  enum Refusal: Error {
    case noKey
    case noHexadecimalDigits
    case emptyMessage
  }

  static func main() throws {
    guard let keyLine = readLine(), let associated = readLine() else { throw Refusal.noKey }
    let digits = Array(keyLine.utf8)
    let key = try KeyHandle(hexadecimal: digits.span, byteCount: 32)
    let cipher = try SIVBatch(key: key, associatedData: [bytes(associated)])
    var messages = BlockMessages()
    while let line = readLine() {
      let message = try bytes(line)
      if message.isEmpty { throw Refusal.emptyMessage }
      messages.append(message.span)
      if messages.count == 1024 { try flush(&messages, cipher) }
    }
    try flush(&messages, cipher)
  }

  private static func flush(_ messages: inout BlockMessages, _ cipher: SIVBatch) throws {
    try cipher.seal(&messages)
    for index in 0..<messages.count { print(text(messages.sealed(index))) }
    messages.removeAll()
  }

  private static func bytes(_ line: String) throws -> [UInt8] {
    let digits = Array(line.utf8)
    guard digits.count % 2 == 0 else { throw Refusal.noHexadecimalDigits }
    return try stride(from: 0, to: digits.count, by: 2).map { index in
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16) else { throw Refusal.noHexadecimalDigits }
      return byte
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self
    )
  }
}
