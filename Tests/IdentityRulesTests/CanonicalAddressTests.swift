import Foundation
import Glibc
import IdentityRules
import Testing

@Suite struct CanonicalAddressTests {
  @Test(arguments: [
    ("10.1.2.3", "10.1.2.3"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
    ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8::1", "2001:db8::1"),
    ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
    ("0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:0201", "192.0.2.1"),
    ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("::192.0.2.1", "::c000:201"), ("fe80::1%eth0", "fe80::1"), ("[2001:db8::1]", "2001:db8::1"),
    ("[fe80::1%3]", "fe80::1"), ("1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"),
    ("abcd:ef01::", "abcd:ef01::"),
  ])
  func oneText(_ raw: String, _ canonical: String) {
    #expect(text(raw) == canonical)
    #expect(text(canonical) == canonical)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "1.2.3.", ".1.2.3",
    "1..2.3",
    "1.2.3.4 ", " 1.2.3.4", "1.2.3.4:80", "1.2.3.-4", "0x1.2.3.4", "1234.1.1.1", ":", ":::", ":1",
    "1:", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "::1:2:3:4:5:6:7:8", "12345::",
    "g::", "::g", "[::1", "::1]", "[::1]:80", "[1.2.3.4]", "1.2.3.4%eth0", "fe80::1%", "::1.2.3",
    "::1.2.3.4.5", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "localhost", "2001:db8::1/64", "[]",
    String(repeating: "1", count: 100), "::1.2.3.04",
  ])
  func noAddress(_ raw: String) { #expect(text(raw) == nil) }

  @Test func agreesWithTheCLibrary() {
    var random = SplitMix(seed: 3)
    for _ in 0..<20_000 {
      var bytes = (0..<16).map { _ in random.below(3) == 0 ? UInt8(random.below(256)) : 0 }
      if random.below(4) == 0 { bytes = bytes.map { _ in UInt8(random.below(256)) } }
      var buffer = [CChar](repeating: 0, count: 64)
      unsafe inet_ntop(AF_INET6, bytes, &buffer, 64)
      let reference = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      if reference.contains(".") { continue }
      #expect(text(reference) == reference)
      let upper = (0..<8).map {
        String(format: "%04X", Int(bytes[2 * $0]) << 8 | Int(bytes[2 * $0 + 1]))
      }
      #expect(text(upper.joined(separator: ":")) == reference)
    }
  }

  @Test func randomTextsAgreeWithTheCLibraryOnWhatIsAnAddress() {
    var random = SplitMix(seed: 8)
    let pieces = ["1", "0", "ff", "255", "::", ":", ".", "abcd", "1.2.3.4", "12", "f", "01"]
    for _ in 0..<60_000 {
      let raw = (0..<1 + random.below(12)).map { _ in pieces[random.below(pieces.count)] }.joined()
      var bytes = [UInt8](repeating: 0, count: 16)
      let isFour = unsafe inet_pton(AF_INET, raw, &bytes) == 1
      let isSix = unsafe inet_pton(AF_INET6, raw, &bytes) == 1
      #expect((text(raw) != nil) == (isFour || isSix), "\(raw)")
    }
  }

  private func text(_ raw: String) -> String? {
    let raw = Array(raw.utf8)
    guard let address = CanonicalAddress(raw.span) else { return nil }
    var text: [UInt8] = []
    address.append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}
