internal import Sealing

/// Hashes of the page's script and style, by which its content security policy names them. Called
/// twice a page.
enum SHA256 {
  /// The hash of `message` in base64, as a policy writes it.
  static func base64(_ message: [UInt8]) -> String {
    // Every record of the governance log needs the same hash: without it no report is made at all.
    guard let digest = try? Digest.sha256(message.span) else {
      preconditionFailure("OpenSSL has no SHA-256.")
    }
    return base64Text(digest)
  }

  private static func base64Text(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for place in 0..<3 {
        bits = bits << 8 | (place < part.count ? UInt32(part[start + place]) : 0)
      }
      for place in 0..<4 {
        text.append(place <= part.count ? letters[Int(bits >> UInt32(18 - 6 * place)) & 63] : "=")
      }
    }
    return text
  }
}
