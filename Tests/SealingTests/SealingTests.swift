import Glibc
import Sealing
import Testing

@Suite struct SealingTests {
  static func key(_ digits: String) throws -> KeyHandle {
    let digits = Array(digits.utf8)
    return try KeyHandle(hexadecimal: digits.span, byteCount: digits.count / 2)
  }

  static func bytes(_ digits: String) -> [UInt8] {
    let digits = Array(digits.utf8)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
    }
  }

  struct Derivation: Sendable {
    let name: String
    let root: String
    let salt: String
    let info: String
    let output: String
  }

  // RFC 5869, appendices A.1 to A.3.
  @Test(arguments: [
    Derivation(
      name: "A.1",
      root: String(repeating: "0b", count: 22),
      salt: "000102030405060708090a0b0c",
      info: "f0f1f2f3f4f5f6f7f8f9",
      output: """
        3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865
        """
    ),
    Derivation(
      name: "A.2",
      root: hexadecimal(0x00...0x4f),
      salt: hexadecimal(0x60...0xaf),
      info: hexadecimal(0xb0...0xff),
      output: """
        b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c\
        59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71\
        cc30c58179ec3e87c14c01d5c1f3434f1d87
        """
    ),
    Derivation(
      name: "A.3",
      root: String(repeating: "0b", count: 22),
      salt: "",
      info: "",
      output: """
        8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8
        """
    ),
  ])
  func derivesKeys(_ c: Derivation) throws {
    let output = Self.bytes(c.output)
    let derived = try KeyDerivation.hkdfSHA256(
      root: Self.key(c.root),
      salt: Self.bytes(c.salt),
      info: Self.bytes(c.info),
      byteCount: output.count
    )
    let matches = derived.matches(output.span)
    #expect(matches, "\(c.name)")
  }

  private static func hexadecimal(_ range: ClosedRange<UInt8>) -> String {
    range.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  @Test func infoSeparatesKeys() throws {
    let root = try KeyHandle.random()
    let one = try KeyDerivation.hkdfSHA256(root: root, info: [1], byteCount: 32)
    let two = try KeyDerivation.hkdfSHA256(root: root, info: [2], byteCount: 32)
    #expect(try text(one) != text(two))
    #expect(try text(one) == text(KeyDerivation.hkdfSHA256(root: root, info: [1], byteCount: 32)))
  }

  @Test func digestsAndCodes() throws {
    let empty: [UInt8] = []
    let digest = try Digest.sha256(empty.span)
    #expect(
      digest == Self.bytes("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    )
    let message = Array("Hi There".utf8)
    let code = try MessageCode.hmacSHA256(
      message.span,
      key: Self.key(String(repeating: "0b", count: 20))
    )
    #expect(
      code == Self.bytes("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    )
  }

  @Test func blockCipherKnowsItsAnswersInAnyBatch() throws {
    let cipher = try BlockCipher(
      key: Self.key("ffffffff000102030405060708090a0b0c0d0e0f"),
      from: 4
    )
    let clear = CipherBlock(0x7766_5544_3322_1100, 0xffee_ddcc_bbaa_9988)
    for count in [0, 1, 2, 7, 8, 9, 64, 1025] {
      var blocks = [CipherBlock](repeating: clear, count: count + 1)
      var span = blocks.mutableSpan
      try cipher.encrypt(&span, first: count)
      let sealed = CipherBlock(0x3004_7b6a_d8e0_c469, 0x5ac5_b470_80b7_cdd8)
      #expect(blocks.dropLast().allSatisfy { $0 == sealed })
      #expect(blocks[count] == clear, "What lies behind stays as it is.")
    }
  }

  @Test func keysSpellOneWay() throws {
    let digits = "00ff10abcdef"
    #expect(try text(Self.key(digits)) == digits)
    for bad in ["00FF10abcdef", "00ff10abcde", "00ff10abcdeg", "00ff10abcd", ""] {
      let bytes = Array(bad.utf8)
      #expect(throws: SealingError.malformedKey(byteCount: 6)) {
        try KeyHandle(hexadecimal: bytes.span, byteCount: 6)
      }
    }
  }

  @Test func keysAreRandomAndShowNothing() throws {
    let one = try KeyHandle.random()
    let two = try KeyHandle.random()
    #expect(try text(one) != text(two))
    #expect(one.byteCount == 32)
    #expect("\(one)" == "a key of 32 bytes")
    var dumped = ""
    dump(one, to: &dumped)
    #expect(!dumped.contains("pages"))
  }

  @Test func comparesInWhole() {
    let one: [UInt8] = [1, 2, 3]
    let same: [UInt8] = [1, 2, 3]
    let other: [UInt8] = [1, 2, 4]
    let short: [UInt8] = [1, 2]
    let empty: [UInt8] = []
    let answers = [
      ConstantTime.equal(one.span, same.span), ConstantTime.equal(one.span, other.span),
      ConstantTime.equal(one.span, short.span), ConstantTime.equal(empty.span, empty.span),
    ]
    #expect(answers == [true, false, false, true])
    #expect(ConstantTime.equal(CipherBlock(1, 2), CipherBlock(1, 2)))
    #expect(!ConstantTime.equal(CipherBlock(1, 2), CipherBlock(1, 3)))
  }

  @Test func secretTextHasALimit() async throws {
    var text = try SecretText(byteCountMax: 5)
    text.append("abc")
    text.append { free in
      free[0] = 0x64
      return 1
    }
    let written = Array(copying: text.bytes)
    #expect(written == Array("abcd".utf8))
    await #expect(processExitsWith: .failure) {
      var text = try SecretText(byteCountMax: 2)
      text.append("abc")
    }
  }

  @Test func hardeningTurnsDumpsOff() async {
    await #expect(processExitsWith: .success) {
      let hardening = ProcessHardening.apply()
      precondition(hardening.isUndumpable && hardening.isWithoutCoreFiles)
      var limit = rlimit()
      precondition(
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
          && limit.rlim_max == 0)
    }
  }

  /// Crash reports come from a handler of these signals. The testing library starts its processes
  /// without that handler, so another one stands for it here: one under which nobody dies.
  @Test(arguments: [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGQUIT, SIGSYS])
  func hardeningTakesTheHandlerAway(_ number: Int32) async {
    await #expect(processExitsWith: .signal(number)) { [number = number as Int32] in
      // The threads of Dispatch, on which tests run, hold SIGABRT and SIGQUIT back.
      var open = sigset_t()
      unsafe sigemptyset(&open)
      unsafe sigaddset(&open, number)
      unsafe pthread_sigmask(SIG_UNBLOCK, &open, nil)
      signal(number, SIG_IGN)
      raise(number)
      ProcessHardening.apply()
      raise(number)
    }
  }

  private func text(_ key: KeyHandle) throws -> String {
    var text = try SecretText(byteCountMax: 2 * key.byteCount)
    key.appendHexadecimal(to: &text)
    return String(decoding: Array(copying: text.bytes), as: UTF8.self)
  }
}

extension [UInt8] {
  fileprivate init(copying span: Span<UInt8>) {
    self = span.indices.map { span[$0] }
  }
}
