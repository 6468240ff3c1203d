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
