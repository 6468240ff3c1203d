import AppMatching
import CPSL
import Testing

@Suite struct RegistrableDomainTests {
  struct Case: CustomTestStringConvertible {
    var host: String
    var domain: String?
    var testDescription: String { host }
  }

  static let cases = [
    Case(host: "example.com", domain: "example.com"),
    Case(host: "a.b.example.com", domain: "example.com"),
    Case(host: "a.b.example.co.uk", domain: "example.co.uk"),
    Case(host: "WWW.Example.CO.UK", domain: "Example.CO.UK"),
    Case(host: "www.example.com.", domain: "example.com"),
    Case(host: "co.uk", domain: nil),
    Case(host: "com", domain: nil),
    Case(host: "localhost", domain: nil),
    Case(host: "server.corp-internal", domain: "server.corp-internal"),
    Case(host: "a.server.corp-internal", domain: "server.corp-internal"),
    Case(host: "someone.github.io", domain: "someone.github.io"),
    Case(host: "github.io", domain: nil),
    Case(host: "www.ck", domain: "www.ck"),
    Case(host: "shop.www.ck", domain: "www.ck"),
    Case(host: "b.c.kobe.jp", domain: "b.c.kobe.jp"),
    Case(host: "c.kobe.jp", domain: nil),
    Case(host: "city.kobe.jp", domain: "city.kobe.jp"),
    Case(host: "10.1.2.3", domain: nil),
    Case(host: "10.1.2.3.", domain: nil),
    Case(host: "1.2", domain: nil),
    Case(host: "2001:db8::1", domain: nil),
    Case(host: "[2001:db8::1]", domain: nil),
    Case(host: "::ffff:192.0.2.1", domain: nil),
    Case(host: "1.example.com", domain: "example.com"),
    Case(host: "", domain: nil),
    Case(host: ".", domain: nil),
    Case(host: "..", domain: nil),
    Case(host: "a..com", domain: nil),
    Case(host: ".example.com", domain: nil),
    Case(host: "exam\0ple.com", domain: nil),
  ]

  @Test(arguments: cases) func findsTheDomain(_ row: Case) throws {
    var domains = try RegistrableDomain()
    for turn in 0..<2 {
      #expect(found(&domains, row.host) == row.domain, "turn \(turn)")
    }
  }

  @Test func orderOfHostsDoesNotMatter() throws {
    var forwards = try RegistrableDomain()
    var backwards = try RegistrableDomain()
    for row in Self.cases { #expect(found(&forwards, row.host) == row.domain) }
    for row in Self.cases.reversed() { #expect(found(&backwards, row.host) == row.domain) }
  }

  @Test(arguments: [252, 253, 254]) func longHosts(length: Int) throws {
    var domains = try RegistrableDomain()
    let host = String(repeating: "a.", count: 127).suffix(length - 11) + "example.com"
    let expected =
      length <= RegistrableDomain.hostBytesMax && host.first != "." ? "example.com" : nil
    #expect(found(&domains, String(host)) == expected)
  }

  @Test(arguments: UInt64(1)...8) func agreesWithTheLibrary(seed: UInt64) throws {
    var domains = try RegistrableDomain()
    var random = SeededBytes(seed: seed)
    let labels = [
      "a", "b", "www", "example", "com", "co", "uk", "jp", "kobe", "city", "ck", "amazonaws", "s3",
      "eu-west-1", "github", "io", "blogspot", "net", "compute", "de", "google", "xn--p1ai",
    ]
    for _ in 0..<2_000 {
      let count = 2 + Int(random.next()) % 5
      let host = (0..<count).map { _ in labels[Int(random.next()) % labels.count] }
        .joined(separator: ".")
      #expect(found(&domains, host) == libraryDomain(host), "\(host), seed \(seed)")
    }
  }

  @Test func manyParentsAreForgottenAndFoundAgain() throws {
    var domains = try RegistrableDomain()
    for number in 0..<70_000 {
      guard found(&domains, "a.n\(number).example.com") == "example.com" else {
        Issue.record("host \(number)")
        return
      }
    }
    #expect(found(&domains, "a.n1.example.com") == "example.com")
  }

  private func found(_ domains: inout RegistrableDomain, _ host: String) -> String? {
    let bytes = Array(host.utf8)
    return domains.domain(of: bytes.span).map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  private func libraryDomain(_ host: String) -> String? {
    unsafe host.withCString { text in
      guard let domain = unsafe psl_registrable_domain(psl_builtin(), text) else { return nil }
      return unsafe String(cString: domain)
    }
  }
}
