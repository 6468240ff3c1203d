/// Known answers that the library must give before anything is encrypted with it.
package enum SelfTest {
  /// Computes one published vector of each step: FIPS-197, FIPS 180-4, RFC 4231 and RFC 5869.
  ///
  /// - Complexity: some ten microseconds; meant for the start of a process.
  package static func run() throws(SealingError) {
    try check(.standard)
  }

  /// The published answers, in hexadecimal digits.
  struct Answers {
    var cipher: [UInt8]
    var digest: [UInt8]
    var messageCode: [UInt8]
    var derivedKey: [UInt8]
  }

  static func check(_ answers: Answers) throws(SealingError) {
    try checkCipher(answers.cipher)

    let abc = Array("abc".utf8)
    let digest = try Digest.sha256(abc.span)
    guard hexadecimal(digest) == answers.digest else { throw .selfTestFailed(.digest) }

    let message = Array("what do ya want for nothing?".utf8)
    let code = try MessageCode.hmacSHA256(message.span, key: key("4a656665"))
    guard hexadecimal(code) == answers.messageCode else { throw .selfTestFailed(.messageCode) }

    let root = try key(String(repeating: "0b", count: 22))
    let derived = try KeyDerivation.hkdfSHA256(
      root: root,
      salt: Array(0...12),
      info: Array(0xf0...0xf9),
      byteCount: 42
    )
    var text = try SecretText(byteCountMax: 84)
    derived.appendHexadecimal(to: &text)
    guard ConstantTime.equal(text.bytes, answers.derivedKey.span) else {
      throw .selfTestFailed(.keyDerivation)
    }
  }

  private static func checkCipher(_ answer: [UInt8]) throws(SealingError) {
    let cipher = try BlockCipher(key: key("000102030405060708090a0b0c0d0e0f"), from: 0)
    var block = [CipherBlock(0x7766_5544_3322_1100, 0xffee_ddcc_bbaa_9988)]
    var blocks = block.mutableSpan
    try cipher.encrypt(&blocks, first: 1)
    guard hexadecimal(bytes(of: block[0])) == answer else { throw .selfTestFailed(.cipher) }
  }

  private static func key(_ digits: String) throws(SealingError) -> KeyHandle {
    let digits = Array(digits.utf8)
    return try KeyHandle(hexadecimal: digits.span, byteCount: digits.count / 2)
  }

  private static func bytes(of block: CipherBlock) -> [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: block[$0 / 8] >> UInt64($0 % 8 * 8)) }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { [Hexadecimal.digit($0 >> 4), Hexadecimal.digit($0 & 15)] }
  }
}

extension SelfTest.Answers {
  /// FIPS-197 appendix B's example C.1, SHA-256 of "abc", RFC 4231 case 2, RFC 5869 case 1.
  static let standard = SelfTest.Answers(
    cipher: Array("69c4e0d86a7b0430d8cdb78070b4c55a".utf8),
    digest: Array("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".utf8),
    messageCode: Array("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843".utf8),
    derivedKey: Array(
      """
      3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
      """.utf8
    )
  )
}
