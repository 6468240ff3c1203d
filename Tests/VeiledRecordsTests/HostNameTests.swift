import TestSupport
import Testing
import VeiledRecords

@Suite struct HostNameTests {
  static let hosts: [(String, String?)] = [
    ("www.example.com", "www.example.com"),
    ("WWW.Example.COM", "www.example.com"),
    ("localhost", "localhost"),
    ("a", "a"),
    ("under_score.example.com", "under_score.example.com"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("MÜNCHEN.example", "münchen.example"),
    ("%41.example", "%41.example"),
    ("example.com.", "example.com"),
    ("example.com..", "example.com"),
    ("example.com.:443", "example.com"),
    ("example.com:443", "example.com"),
    ("example.com:", "example.com"),
    ("10.1.2.3", "10.1.2.3"),
    ("10.1.2.3:8080", "10.1.2.3"),
    ("2001:DB8::7", "2001:db8::7"),
    ("::", "::"),
    ("::1", "::1"),
    ("::ffff:10.1.2.3", "::ffff:10.1.2.3"),
    ("fe80::1%eth0", "fe80::1%eth0"),
    ("[::1]", "::1"),
    ("[2001:db8:2::25]:443", "2001:db8:2::25"),
    ("[FE80::1%eth0]:443", "fe80::1%eth0"),
    // No hosts.
    ("", nil), (".", nil), ("...", nil), (":443", nil), (".:443", nil), (":", nil),
    ("bad host", nil), ("tab\there", nil), ("nul\0", nil), ("del\u{7f}", nil), ("cr\r", nil),
    ("ex\"ample.com", nil), ("ex'ample.com", "ex'ample.com"), ("<script>", nil), ("a\\b", nil),
    ("a/b", nil), ("a?b", nil), ("a#b", nil), ("a@b", nil), ("a^b", nil), ("a`b", nil),
    ("a|b", nil), ("{a}", nil), ("a[b", nil), ("a]b", nil), ("a[1]", nil),
    ("example.com:https", nil), ("example.com:44 3", nil), ("x:y:z", nil),
    ("[]", nil), ("[]:443", nil), ("[::1", nil), ("[::1]x", nil), ("[::1]:x", nil),
    ("[example.com]", nil), ("[[::1]]", nil),
  ]

  static func canonical(_ raw: [UInt8]) -> [UInt8]? {
    var name: [UInt8] = [1, 2, 3]
    return HostName.canonicalise(raw.span, into: &name) ? name : nil
  }

  @Test(arguments: hosts) func canonicalForm(_ raw: String, expected: String?) {
    let name = Self.canonical(Array(raw.utf8))
    #expect(name.map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test func canonicalFormsStayAsTheyAre() {
    for case (_, let host?) in Self.hosts {
      #expect(Self.canonical(Array(host.utf8)) == Array(host.utf8))
    }
  }

  @Test func badBytesAreRepaired() {
    let name = Self.canonical([0x61, 0xff, 0x2e, 0x62])
    #expect(name == Array("a\u{fffd}.b".utf8))
  }

  @Test func lengthIsBounded() {
    let longest = [UInt8](repeating: UInt8(ascii: "a"), count: HostName.bytesMax)
    #expect(Self.canonical(longest) == longest)
    #expect(Self.canonical(longest + [UInt8(ascii: "a")]) == nil)
  }

  /// Whatever comes in, what goes out is UTF-8 without blanks, control characters and capitals.
  @Test func junkIsTamedOrRefused() {
    var random = SeededRandom(seed: 8)
    for _ in 0..<20_000 {
      guard let name = Self.canonical(random.bytes(random.below(12))) else { continue }
      let isTame = name.allSatisfy { $0 > 0x20 && $0 != 0x7f && !(0x41...0x5a).contains($0) }
      let isValid = Array(String(decoding: name, as: UTF8.self).utf8) == name
      if !isTame || !isValid || name.isEmpty { Issue.record("\(name)") }
    }
  }
}
