import AppMatching
import Testing
import VeiledRecords

@Suite struct CatalogTextTests {
  static let header = "app_id,name,category,domains\n"

  @Test func columnsMayStandInAnyOrder() throws {
    let text = #"""
      \#u{FEFF}score,domains,name,app_id,category\#r
      9,example.com EXAMPLE.org,"Sheets, ""big""",7,Sales\#r
      \#r
      1,example.net,Plain,8,CRM
      """#
    let catalog = try read(Array(text.utf8))
    #expect(catalog.count == 2)
    #expect(catalog.name(AppID(7)) == #"Sheets, "big""#)
    #expect(catalog.domains(AppID(7)) == ["example.com", "example.org"])
    #expect(catalog.categories == ["CRM", "Sales"])
    #expect(catalog.appsByName == [AppID(8), AppID(7)])
  }

  @Test func versionFollowsTheText() throws {
    let one = try read(Array((Self.header + "1,A,CRM,a.example\n").utf8))
    let two = try read(Array((Self.header + "1,B,CRM,a.example\n").utf8))
    #expect(one.version.utf8.count == 16)
    #expect(one.version != two.version)
    #expect(one.version == "6111e64cb00e4d15")
  }

  struct Bad: CustomTestStringConvertible {
    var name: String
    var text: String
    var error: MatchingError
    var testDescription: String { name }
  }

  @Test(arguments: [
    Bad(name: "nothing", text: "", error: .empty),
    Bad(name: "blank lines", text: "\n\r\n", error: .empty),
    Bad(name: "no domains", text: "app_id,name,category\n", error: .header(.domains)),
    Bad(name: "name twice", text: "app_id,name,category,domains,name\n", error: .header(.name)),
    Bad(
      name: "too few fields",
      text: header + "1,A,CRM\n",
      error: .fieldCount(line: 2, expected: 4, found: 3)
    ),
    Bad(
      name: "bare comma",
      text: header + "1,A, Inc,CRM,a.example\n",
      error: .fieldCount(line: 2, expected: 4, found: 5)
    ),
    Bad(name: "open quote", text: header + "1,\"A,CRM,a.example\n", error: .badQuote(line: 2)),
    Bad(name: "behind quote", text: header + "1,\"A\"b,CRM,a.example\n", error: .badQuote(line: 2)),
    Bad(name: "inner quote", text: header + "1,A\"b,CRM,a.example\n", error: .badQuote(line: 2)),
    Bad(name: "control", text: header + "1,A\tB,CRM,a.example\n", error: .badText(line: 2)),
    Bad(name: "no name", text: header + "1,,CRM,a.example\n", error: .emptyField(line: 2, .name)),
    Bad(
      name: "no category",
      text: header + "1,A,,a.example",
      error: .emptyField(line: 2, .category)
    ),
    Bad(name: "no domain", text: header + "1,A,CRM,\n", error: .emptyField(line: 2, .domains)),
    Bad(
      name: "no number",
      text: header + ",A,CRM,a.example\n",
      error: .emptyField(line: 2, .appID)
    ),
    Bad(name: "zero", text: header + "0,A,CRM,a.example\n", error: .badID(line: 2)),
    Bad(name: "sign", text: header + "+1,A,CRM,a.example\n", error: .badID(line: 2)),
    Bad(name: "too large", text: header + "2147483648,A,CRM,a.example\n", error: .badID(line: 2)),
    Bad(name: "one label", text: header + "1,A,CRM,com\n", error: .badDomain(line: 2, index: 0)),
    Bad(
      name: "two spaces",
      text: header + "1,A,CRM,a.example  b.example\n",
      error: .badDomain(line: 2, index: 1)
    ),
    Bad(name: "address", text: header + "1,A,CRM,10.0.0.1\n", error: .badDomain(line: 2, index: 0)),
    Bad(
      name: "scheme",
      text: header + "1,A,CRM,http://a.example\n",
      error: .badDomain(line: 2, index: 0)
    ),
    Bad(
      name: "umlaut",
      text: header + "1,A,CRM,bücher.example\n",
      error: .badDomain(line: 2, index: 0)
    ),
    Bad(
      name: "hyphen",
      text: header + "1,A,CRM,-a.example\n",
      error: .badDomain(line: 2, index: 0)
    ),
    Bad(name: "hyphen last", text: header + "1,A,CRM,a.b-\n", error: .badDomain(line: 2, index: 0)),
    Bad(name: "empty label", text: header + "1,A,CRM,a..b\n", error: .badDomain(line: 2, index: 0)),
    Bad(name: "dot last", text: header + "1,A,CRM,a.b.\n", error: .badDomain(line: 2, index: 0)),
    Bad(
      name: "no range",
      text: "app_id,name,category,domains,ip_ranges\n1,A,CRM,a.example,192.0.2.0/24 192.0.2.1/24\n",
      error: .badRange(line: 2, index: 1)
    ),
    Bad(
      name: "range twice",
      text: "app_id,name,category,domains,ip_ranges\n1,A,CRM,a.example,192.0.2.0/24\n"
        + "2,B,CRM,b.example,192.0.2.0/24\n",
      error: .duplicate(.ipRanges, line: 3, firstLine: 2)
    ),
    Bad(
      name: "number twice",
      text: header + "1,A,CRM,a.example\n\n1,B,CRM,b.example\n",
      error: .duplicate(.appID, line: 4, firstLine: 2)
    ),
    Bad(
      name: "name twice over",
      text: header + "1,A,CRM,a.example\n2,A,CRM,b.example\n",
      error: .duplicate(.name, line: 3, firstLine: 2)
    ),
    Bad(
      name: "domain twice",
      text: header + "1,A,CRM,a.example\n2,B,CRM,c.example A.example\n",
      error: .duplicate(.domains, line: 3, firstLine: 2)
    ),
    Bad(
      name: "domain twice in a row",
      text: header + "1,A,CRM,a.example a.example\n",
      error: .duplicate(.domains, line: 2, firstLine: 2)
    ),
  ])
  func refuses(_ row: Bad) {
    #expect(throws: row.error) { _ = try read(Array(row.text.utf8)) }
    #expect(row.error.description.hasSuffix("."))
  }

  @Test func refusesBytesThatAreNoText() {
    let text = Array((Self.header + "1,A").utf8) + [0xFF] + Array(",CRM,a.example\n".utf8)
    #expect(throws: MatchingError.badText(line: 2)) { _ = try read(text) }
  }
}
