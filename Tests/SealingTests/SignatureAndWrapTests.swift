import Testing

@testable import Sealing

/// Signatures, key wrap and scrypt; other implementations are held against them by the interop
/// tests.
@Suite struct SignatureAndWrapTests {
  struct Vector: Sendable {
    let seed: String
    let publicKey: String
    let message: [UInt8]
    let signature: String
  }

  // RFC 8032, section 7.1.
  static let vectors = [
    Vector(
      seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: [],
      signature: """
        e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
        5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
        """),
    Vector(
      seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      message: [0x72],
      signature: """
        92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
        """),
  ]

  @Test(arguments: vectors) func signsAsPublished(vector: Vector) throws {
    let seed = try key(vector.seed)
    #expect(try hexadecimal(Ed25519.publicKey(of: seed)) == vector.publicKey)
    let signature = try Ed25519.sign(vector.message, seed: seed)
    #expect(hexadecimal(signature) == vector.signature)
    let publicKey = bytes(vector.publicKey)
    #expect(try Ed25519.verifies(signature, of: vector.message, publicKey: publicKey))
    #expect(try !Ed25519.verifies(signature, of: vector.message + [0], publicKey: publicKey))
    for place in 0..<64 {
      var changed = signature
      changed[place] ^= 1
      #expect(try !Ed25519.verifies(changed, of: vector.message, publicKey: publicKey))
    }
    #expect(try !Ed25519.verifies([], of: vector.message, publicKey: publicKey))
    let noPoint = [UInt8](repeating: 0xff, count: 32)
    #expect(try !Ed25519.verifies(signature, of: vector.message, publicKey: noPoint))
  }

  @Test(arguments: [1, 7, 8, 16, 20, 32, 64]) func wrapsAndUnwraps(byteCount: Int) throws {
    let wrapping = try KeyHandle.random()
    let secret = try KeyHandle.random(byteCount: byteCount)
    let wrapped = try KeyWrap.wrap(secret, by: wrapping)
    #expect(wrapped.count == (byteCount + 7) / 8 * 8 + 8)
    #expect(try KeyWrap.wrap(secret, by: wrapping) == wrapped)
    let back = try #require(try KeyWrap.unwrap(wrapped, by: wrapping))
    #expect(back.isSame(as: secret) && back.byteCount == byteCount)
    #expect(try KeyWrap.unwrap(wrapped, by: .random()) == nil)
    for place in wrapped.indices {
      var changed = wrapped
      changed[place] ^= 0x80
      #expect(try KeyWrap.unwrap(changed, by: wrapping) == nil)
    }
    for count in 0..<wrapped.count {
      #expect(try KeyWrap.unwrap(Array(wrapped[..<count]), by: wrapping) == nil)
    }
  }

  @Test func scryptTakesSaneParametersOnly() throws {
    let salt = [UInt8](repeating: 1, count: 16)
    #expect(Scrypt(cost: 1 << 17, blockSize: 8, parallelisation: 1, salt: salt) != nil)
    for (cost, blockSize, parallelisation) in [
      (1, 8, 1), (1 << 13, 8, 1), (100_000, 8, 1), (1 << 20, 32, 1), (1 << 17, 0, 1),
      (1 << 17, 8, 0), (1 << 17, 8, 1000), (Int.max, 1, 1),
    ] {
      #expect(
        Scrypt(cost: cost, blockSize: blockSize, parallelisation: parallelisation, salt: salt)
          == nil)
    }
    #expect(Scrypt(cost: 1 << 17, blockSize: 8, parallelisation: 1, salt: [1]) == nil)
  }

  @Test func scryptIsDeterministicAndSalted() throws {
    var text = try SecretText(byteCountMax: 20)
    text.append("correct horse")
    let salt = [UInt8](0..<16)
    let small = try #require(Scrypt(cost: 1 << 14, blockSize: 1, parallelisation: 1, salt: salt))
    let other = try #require(
      Scrypt(cost: 1 << 14, blockSize: 1, parallelisation: 1, salt: salt.reversed()))
    let one = try small.key(passphrase: text)
    #expect(try one.isSame(as: small.key(passphrase: text)))
    #expect(try !one.isSame(as: other.key(passphrase: text)))
    text.removeLast()
    #expect(try !one.isSame(as: small.key(passphrase: text)))
  }

  private func key(_ digits: String) throws -> KeyHandle {
    let digits = Array(digits.utf8)
    return try KeyHandle(hexadecimal: digits.span, byteCount: digits.count / 2)
  }

  private func bytes(_ digits: String) -> [UInt8] {
    let digits = Array(digits.utf8)
    return stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
