internal import AppMatching
internal import ByteBlocks
internal import ByteKernels
internal import Pseudonymisation
internal import Sealing

/// Computations whose answers are known, to be compared with what this machine computes.
struct KnownAnswers: Sendable {
  let name: String
  let run: @Sendable () throws -> Void

  static let all = [
    KnownAnswers(name: "openssl") { try SelfTest.run() },
    KnownAnswers(name: "aes_siv", run: sealVector),
    KnownAnswers(name: "kernels", run: compareKernels),
    KnownAnswers(name: "app_catalog") { _ = try AppCatalog.embedded() },
    KnownAnswers(name: "public_suffixes", run: findDomain),
  ]

  /// RFC 5297, appendix A.1.
  private static func sealVector() throws {
    let digits = Array("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff".utf8)
    let key = try KeyHandle(hexadecimal: digits.span, byteCount: 32)
    let cipher = try SIVBatch(key: key, associatedData: [Array(0x10...0x27)])
    let text: [UInt8] = (1...14).map { 0x11 &* $0 }
    var messages = BlockMessages()
    messages.append(text.span)
    try cipher.seal(&messages)
    let answer: [UInt8] = [
      0x85, 0x63, 0x2d, 0x07, 0xc6, 0xe8, 0xf3, 0x7f, 0x95, 0x0a, 0xcd, 0x32, 0x0a, 0x2e, 0xcc,
      0x93, 0x40, 0xc0, 0x2b, 0x96, 0x90, 0xc4, 0xdc, 0x04, 0xda, 0xef, 0x7f, 0x6a, 0xfe, 0x5c,
    ]
    guard messages.sealed(0) == answer else {
      throw OperationError(
        .configuration,
        "AES-SIV gives another answer than RFC 5297. Nothing may be encrypted on this machine.")
    }
  }

  /// Every level of the kernels must find the same structure in a text.
  private static func compareKernels() throws {
    let line = Array("2026-11-02 08:00:01 \"a b\" c,d\t-\r\n#x \"\n\n".utf8)
    let pool = BlockPool(blocksMax: 1, textBytesMax: 1 << 13)
    var found: [[UInt32]] = []
    for level in KernelLevel.supported {
      guard var block = pool.take() else { continue }
      block.append { free in
        for place in 0..<4096 { free[place] = line[place % line.count] }
        return 4096
      }
      var index = TextIndex(level: level)
      let dialect = Dialect(separator: UInt8(ascii: " "), quote: UInt8(ascii: "\""))
      index.fill(from: block, dialect: dialect)
      let positions = (0..<index.positionCount).map { UInt32(index.position($0)) }
      found.append(positions + (0..<index.lineCount).map { index.lineEnds[$0] })
    }
    guard !found.isEmpty, found.allSatisfy({ $0 == found[0] }) else {
      throw OperationError(
        .configuration,
        "This processor's vector instructions find other fields than plain ones do. "
          + "Nothing may be ingested on this machine.")
    }
  }

  private static func findDomain() throws {
    let host = Array("a.b.example.co.uk".utf8)
    var domains = try RegistrableDomain()
    guard let range = domains.domain(of: host.span),
      Array(host[range]) == Array("example.co.uk".utf8)
    else {
      throw OperationError(
        .configuration, "libpsl does not know the public suffix co.uk. Install publicsuffix.")
    }
  }
}
