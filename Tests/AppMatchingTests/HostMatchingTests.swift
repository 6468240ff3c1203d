import AppMatching
import Testing
import VeiledRecords

@Suite struct HostMatchingTests {
  static let text = """
    app_id,name,category,domains
    1,Wide,Consumer,example.com
    2,Mail,Webmail,mail.example.com
    3,Deep,Webmail,a.b.c.example.net
    4,Country,Consumer,example.co.uk
    5,Short,Consumer,t.co
    """

  struct Case: CustomTestStringConvertible {
    var host: String
    var app: Int32?
    var testDescription: String { host }
  }

  @Test(arguments: [
    Case(host: "example.com", app: 1),
    Case(host: "www.example.com", app: 1),
    Case(host: "mail.example.com", app: 2),
    Case(host: "eu.mail.example.com", app: 2),
    Case(host: "gmail.example.com", app: 1),
    Case(host: "xmail.example.com", app: 1),
    Case(host: "notexample.com", app: nil),
    Case(host: "example.com.evil.org", app: nil),
    Case(host: "com", app: nil),
    Case(host: "example", app: nil),
    Case(host: "xample.com", app: nil),
    Case(host: "WWW.Example.COM", app: 1),
    Case(host: "example.com.", app: 1),
    Case(host: "mail.example.com.", app: 2),
    Case(host: "example.com..", app: nil),
    Case(host: ".example.com", app: 1),
    Case(host: "c.example.net", app: nil),
    Case(host: "b.c.example.net", app: nil),
    Case(host: "a.b.c.example.net", app: 3),
    Case(host: "z.a.b.c.example.net", app: 3),
    Case(host: "shop.example.co.uk", app: 4),
    Case(host: "co.uk", app: nil),
    Case(host: "t.co", app: 5),
    Case(host: "at.co", app: nil),
    Case(host: "192.0.2.1", app: nil),
    Case(host: "2001:db8::1", app: nil),
    Case(host: "", app: nil),
    Case(host: ".", app: nil),
    Case(host: "..", app: nil),
  ])
  func longestSuffixOnLabelBorders(_ row: Case) throws {
    let catalog = try read(Array(Self.text.utf8))
    #expect(app(catalog, row.host)?.rawValue == row.app)
  }

  static let withRanges = """
    app_id,name,category,domains,ip_ranges
    1,Wide,Consumer,example.com,192.0.2.0/24 2001:db8::/32
    2,Inner,Webmail,mail.example.com,192.0.2.64/26 2001:db8:1::/48
    3,Lone,Webmail,lone.example,198.51.100.7
    """

  @Test(arguments: [
    Case(host: "192.0.2.1", app: 1), Case(host: "192.0.2.64", app: 2),
    Case(host: "192.0.2.127", app: 2), Case(host: "192.0.2.128", app: 1),
    Case(host: "192.0.3.1", app: nil), Case(host: "::ffff:192.0.2.64", app: 2),
    Case(host: "198.51.100.7", app: 3), Case(host: "198.51.100.8", app: nil),
    Case(host: "2001:db8::1", app: 1), Case(host: "2001:DB8:1:2::", app: 2),
    Case(host: "2001:db9::1", app: nil), Case(host: "::c000:201", app: nil),
    // None of these is an address.
    Case(host: "192.0.2", app: nil), Case(host: "192.0.2.01", app: nil),
    Case(host: "192.0.2.1.", app: nil), Case(host: "192.0.2.256", app: nil),
    Case(host: "2001:db8", app: nil), Case(host: "192.0.2.1.example.com", app: 1),
    Case(host: "de.ad", app: nil), Case(host: "mail.example.com", app: 2),
  ])
  func smallestRange(_ row: Case) throws {
    let catalog = try read(Array(Self.withRanges.utf8))
    #expect(app(catalog, row.host)?.rawValue == row.app)
  }

  @Test(arguments: [
    "", "/", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/7", "0.0.0.0/0", "192.0.2.0/+24",
    "192.0.2.1/24", "192.0.2.0/24/24", "192.0.2/24", "example.com/24", "2001:db8::/129",
    "2000::/3", "2001:db8::1/64", "[2001:db8::]/32",
  ])
  func noRange(text: String) { #expect(AppRange(text) == nil) }

  @Test func ownRangesWin() throws {
    let own = CatalogApp(
      id: AppID(CatalogApp.firstOwnNumber), name: "Own", category: "Own", domains: [],
      ranges: ["10.0.0.0/8", "192.0.2.0/24", "192.0.2.96/27"])
    let catalog = try read(Array(Self.withRanges.utf8)).adding([own])
    #expect(app(catalog, "10.1.2.3") == own.id)
    #expect(app(catalog, "192.0.2.1") == own.id)
    #expect(app(catalog, "192.0.2.64") == AppID(2))
    #expect(app(catalog, "192.0.2.100") == own.id)
    #expect(own.badRange == nil)
  }

  @Test(
    arguments: [
      ("example.com", "example.com"), ("bücher.example", "xn--bcher-kva.example"),
      ("straße.de", "xn--strae-oqa.de"), ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
      ("пример。испытание", "xn--e1afmkfd.xn--80akhbyknj4f"), ("mañana.com", "xn--maana-pta.com"),
      ("a b.com", "a b.com"), ("bü cher.com", nil), ("ü\u{202e}.com", nil), ("😀.com", nil),
      (String(repeating: "ü", count: 64) + ".com", nil), ("", ""),
    ] as [(String, String?)])
  func domainsInASCII(domain: String, expected: String?) {
    #expect(DomainText.ascii(domain) == expected)
  }

  @Test func anyBytesAreSafe() throws {
    let catalog = try read(Array(Self.text.utf8))
    var random = SeededBytes(seed: 41)
    for length in 0..<300 {
      var host = (0..<length).map { _ in random.next() }
      _ = app(catalog, host)
      host += Array(".example.com".utf8)
      let found = app(catalog, host)
      #expect(found == AppID(1) || found == AppID(2), "length \(length)")
    }
  }

  @Test(arguments: UInt64(1)...20) func agreesWithTheNaiveTwin(seed: UInt64) throws {
    let catalog = try AppCatalog.embedded()
    let all = catalog.appsByName.flatMap { app in catalog.domains(app).map { ($0, app) } }
    var random = SeededBytes(seed: seed)
    for _ in 0..<50 {
      let (domain, _) = all[(Int(random.next()) << 8 | Int(random.next())) % all.count]
      let labels = ["", "www.", "x", "mail.google.com.", "a.b."]
      let host = labels[Int(random.next()) % labels.count] + domain
      let naive = all.filter { host == $0.0 || host.hasSuffix(".\($0.0)") }
        .max { $0.0.utf8.count < $1.0.utf8.count }
      #expect(app(catalog, host) == naive?.1, "\(host), seed \(seed)")
    }
  }
}
