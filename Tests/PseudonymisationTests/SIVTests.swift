import COpenSSL
import Sealing
import Testing

@testable import Pseudonymisation

/// The cipher against the vectors of its standards, and against OpenSSL's own AES-128-SIV.
@Suite struct SIVTests {
  struct Vector: Sendable {
    let name: String
    let key: String
    let associated: [String]
    let text: String
    let sealed: String
  }

  // RFC 5297, appendices A.1 and A.2.
  static let vectors = [
    Vector(
      name: "A.1 deterministic",
      key: "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
      associated: ["101112131415161718191a1b1c1d1e1f2021222324252627"],
      text: "112233445566778899aabbccddee",
      sealed: "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"
    ),
    Vector(
      name: "A.2 nonce-based",
      key: "7f7e7d7c7b7a79787776757473727170404142434445464748494a4b4c4d4e4f",
      associated: [
        "00112233445566778899aabbccddeeffdeaddadadeaddadaffeeddccbbaa99887766554433221100",
        "102030405060708090a0", "09f911029d74e35bd84156c5635688c0",
      ],
      text: """
        7468697320697320736f6d6520706c61696e7465787420746f20656e6372797074207573696e67205349562d414553
        """,
      sealed: """
        7bdb6e3b432667eb06f4d14bff2fbd0fcb900f2fddbe404326601965c889bf17dba77ceb094fa663b7a3f748ba8af829ea64ad544a272e9c485b62a3fd5c0d
        """
    ),
  ]

  @Test(arguments: vectors) func sealsAndOpensVectors(_ c: Vector) throws {
    let cipher = try SIVBatch(
      key: Hex.key(c.key),
      associatedData: c.associated.map(Hex.bytes)
    )
    var messages = BlockMessages()
    messages.append(Hex.bytes(c.text).span)
    try cipher.seal(&messages)
    #expect(Hex.text(messages.sealed(0)) == c.sealed)
    #expect(try cipher.open(&messages) == [true])
    #expect(Hex.text(messages.text(0)) == c.text)
  }

  // RFC 4493, section 4: messages of 0, 16, 40 and 64 bytes.
  @Test(arguments: [
    (0, "bb1d6929e95937287fa37d129b756746"), (16, "070a16b46b4d4144f79bdd9dd04a287c"),
    (40, "dfa66747de9ae63030ca32611497c827"), (64, "51f0bebf7e3b9d92fc49741779363cfe"),
  ])
  func codesVectors(_ byteCount: Int, _ expected: String) throws {
    let cipher = try BlockCipher(key: Hex.key("2b7e151628aed2a6abf7158809cf4f3c"), from: 0)
    let message = Hex.bytes(
      """
      6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
      30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710
      """
    )
    let subkeys = try CMAC.subkeys(cipher)
    let code = try CMAC.code(of: Array(message.prefix(byteCount)), cipher: cipher, subkeys: subkeys)
    #expect(code == Hex.block(expected))
  }

  @Test func subkeysOfVectors() throws {
    let cipher = try BlockCipher(key: Hex.key("2b7e151628aed2a6abf7158809cf4f3c"), from: 0)
    let subkeys = try CMAC.subkeys(cipher)
    #expect(subkeys.whole == Hex.block("fbeed618357133667c85e08f7236a8de"))
    #expect(subkeys.padded == Hex.block("f7ddac306ae266ccf90bc11ee46d513b"))
  }

  @Test(arguments: [UInt64(1), 2, 3]) func equalsOpenSSL(_ seed: UInt64) throws {
    var random = SeededRandom(seed)
    let keyBytes = random.bytes(32)
    let associated = random.bytes(Int(seed) * 23)
    let cipher = try SIVBatch(key: Hex.key(Hex.text(keyBytes)), associatedData: [associated])
    let reference = try ReferenceSIV(key: keyBytes, associated: associated)
    for batch in 0..<20 {
      let names = (0..<400).map { _ in
        random.bytes(batch % 2 == 0 ? 1 + random.below(300) : 1 + random.below(48))
      }
      var messages = BlockMessages()
      for name in names { messages.append(name.span) }
      try cipher.seal(&messages)
      for (index, name) in names.enumerated() {
        let expected = try reference.seal(name)
        #expect(messages.sealed(index) == expected, "\(name.count) bytes, seed \(seed)")
      }
      #expect(try cipher.open(&messages).allSatisfy { $0 })
      for (index, name) in names.enumerated() { #expect(messages.text(index) == name) }
    }
  }

  @Test func everyLengthEqualsOpenSSL() throws {
    var random = SeededRandom(9)
    let keyBytes = random.bytes(32)
    let cipher = try SIVBatch(key: Hex.key(Hex.text(keyBytes)), associatedData: [[7]])
    let reference = try ReferenceSIV(key: keyBytes, associated: [7])
    var messages = BlockMessages()
    let names = (Array(1...130) + [4080, 4095, 4096, 4097, 70_000]).map { random.bytes($0) }
    for name in names { messages.append(name.span) }
    try cipher.seal(&messages)
    for (index, name) in names.enumerated() {
      #expect(try messages.sealed(index) == reference.seal(name), "\(name.count) bytes")
    }
  }

  @Test func aChangedBitIsSeenAndNothingLeaks() throws {
    var random = SeededRandom(4)
    let cipher = try SIVBatch(key: KeyHandle.random(), associatedData: [[1, 2, 3]])
    for byteCount in [1, 15, 16, 17, 33, 64] {
      var messages = BlockMessages()
      messages.append(random.bytes(byteCount).span)
      try cipher.seal(&messages)
      let sealed = messages.sealed(0)
      for bit in 0..<sealed.count * 8 {
        var changed = sealed
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        messages.removeAll()
        messages.appendSealed(changed.span)
        messages.appendSealed(sealed.span)
        #expect(try cipher.open(&messages) == [false, true])
        #expect(messages.text(0).allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func selfTestHolds() throws { try SIVBatch.selfTest() }

  @Test func noMessagesAreNoWork() throws {
    let cipher = try SIVBatch(key: KeyHandle.random(), associatedData: [])
    var messages = BlockMessages()
    try cipher.seal(&messages)
    #expect(try cipher.open(&messages).isEmpty)
  }

  @Test func anEmptyMessageIsRefused() async {
    await #expect(processExitsWith: .failure) {
      var messages = BlockMessages()
      messages.append([UInt8]().span)
    }
    await #expect(processExitsWith: .failure) {
      var messages = BlockMessages()
      messages.appendSealed([UInt8](repeating: 0, count: 16).span)
    }
  }
}

/// OpenSSL's AES-128-SIV, keyed afresh for each message.
@safe struct ReferenceSIV {
  struct Failed: Error {}
  let key: [UInt8]
  let associated: [UInt8]

  init(key: [UInt8], associated: [UInt8]) throws {
    self.key = key
    self.associated = associated
  }

  func seal(_ text: [UInt8]) throws -> [UInt8] {
    guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-128-SIV", nil),
      let context = unsafe EVP_CIPHER_CTX_new()
    else { throw Failed() }
    defer {
      unsafe EVP_CIPHER_CTX_free(context)
      unsafe EVP_CIPHER_free(cipher)
    }
    var written: Int32 = 0
    var sealed = [UInt8](repeating: 0, count: text.count)
    var tag = [UInt8](repeating: 0, count: 16)
    guard unsafe EVP_EncryptInit_ex2(context, cipher, key, nil, nil) == 1,
      unsafe EVP_EncryptUpdate(context, nil, &written, associated, Int32(associated.count)) == 1,
      unsafe EVP_EncryptUpdate(context, &sealed, &written, text, Int32(text.count)) == 1,
      unsafe EVP_EncryptFinal_ex(context, nil, &written) == 1,
      unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag) == 1
    else { throw Failed() }
    return tag + sealed
  }
}
