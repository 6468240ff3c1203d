import Testing
import VeiledRecords

@testable import IdentityRules

@Suite struct CanonicalNamesTests {
  /// A name as a log has it, and its canonical form; `nil` for nobody.
  struct Row: Sendable, CustomTestStringConvertible {
    let raw: String
    let canonical: String?
    var testDescription: String { raw }

    init(_ raw: String, _ canonical: String?) { (self.raw, self.canonical) = (raw, canonical) }
  }

  static let plain = [
    Row("bob", "bob"), Row("BOB", "bob"), Row("Bob.Smith-2_x", "bob.smith-2_x"),
    Row(#"CORP\anna.schmidt12"#, #"corp\anna.schmidt12"#),
    Row("anna.schmidt13@corp.example", "anna.schmidt13@corp.example"),
    Row("Anna.Schmidt13@CORP.Example", "anna.schmidt13@corp.example"),
    Row(#"CORP\\bob"#, #"corp\bob"#), Row(#"CORP\\\\bob"#, #"corp\bob"#),
    Row(#"corp\bob@corp.example"#, #"corp\bob@corp.example"#), Row(#"\bob"#, #"\bob"#),
    Row("corp/bob", "corp/bob"), Row("host/web1.corp.example@CORP", "host/web1.corp.example@corp"),
    Row("bob@", "bob@"), Row("bob smith", "bob smith"), Row("bob  smith", "bob  smith"),
    Row("  bob ", "bob"), Row("\tbob\r\n", "bob"), Row(#""bob""#, "bob"), Row(#"" bob ""#, "bob"),
    Row(#"""bob"""#, "bob"), Row(#"bo"b"#, #"bo"b"#), Row(#""bob"#, #""bob"#), Row(#"""#, #"""#),
    Row(#"" CORP\bob""#, #"corp\bob"#), Row("o'brien", "o'brien"), Row("'bob'", "'bob'"),
    Row("HOST1$", "host1$"), Row(#"CORP\HOST1$"#, #"corp\host1$"#),
    Row("root(root)", "root(root)"), Row("LDAP://user7", "ldap://user7"),
    Row("arn:aws:iam::123456:user/test@elastic.co", "arn:aws:iam::123456:user/test@elastic.co"),
    Row("10.1.2.3", "10.1.2.3"), Row("0", "0"), Row("x", "x"), Row("guest", "guest"),
    Row("nobody", "nobody"), Row("System", "system"), Row("redacted", "redacted"),
    Row("nullmann", "nullmann"), Row("none-of-it", "none-of-it"), Row("dash-", "dash-"),
    Row("S-1-5-21-1-2-3-500", "s-1-5-21-1-2-3-500"), Row("a.b.c.d@e@f", "a.b.c.d@e@f"),
    Row("bob;drop", "bob;drop"), Row("<bob>", "<bob>"), Row("+49 30 1234", "+49 30 1234"),
    Row(String(repeating: "A", count: 300), String(repeating: "a", count: 300)),
  ]

  static let nobodies = [
    "", " ", "\t", "-", "--", "---", "...", "*", "***", "?", "-.-", "\"\"", "\"-\"", " - ", "n/a",
    "N/A", "#N/A", "n.a.", #"N\A"#, "null", "NULL", "(null)", "<null>", "[null]", "nil", "<nil>",
    "(nil)", "none", "None", "(none)", "<none>", "[none]", "undefined", "(undefined)",
    "<undefined>", "unknown", "UNKNOWN", "(unknown)", "<unknown>", "[unknown]", "Unknown User",
    "unknown_user", "(empty)", "<empty>", "(blank)", "<blank>", "anonymous", "Anonymous",
    "(anonymous)", "<anonymous>", "anonymous user", "ANONYMOUS LOGON", "unauthenticated",
    "unauthenticated user", "not authenticated", "not-authenticated", "no authentication",
    "No Authentication Required", "no auth", "no user", "no username", "Not Available",
    "notavailable", "(not available)", "Not Found", "user not found", "not applicable", "not set",
    "(not set)", "no value", "missing", "%2D", "%28null%29", "CN=unknown", "CN=-,DC=corp",
    #"CORP\"#, #"CORP\-"#, #"-\-"#, "@corp.example", "-@-", #"NT AUTHORITY\ANONYMOUS LOGON"#,
    #"corp\(null)"#, "n/a@corp.example", "anonymous@corp.example", "－", "ｎｕｌｌ", "\u{3000}",
  ].map { Row($0, nil) }

  static let escapes = [
    Row("CORP%5Cbob", #"corp\bob"#), Row("CORP%5c%5cbob", #"corp\bob"#),
    Row("bob%40corp.example", "bob@corp.example"), Row("bob%20smith", "bob smith"),
    Row("%20bob%20", "bob"), Row("%22bob%22", "bob"), Row("%2541nna", "anna"),
    Row("%252541nna", "anna"), Row("100%", "100%"), Row("100%zz", "100%zz"), Row("%4", "%4"),
    Row("%E9ric", "%e9ric"), Row("%e9ric", "%e9ric"), Row("%C3%A9ric", "éric"),
    Row("%C3%89RIC", "éric"), Row("e%CC%81ric", "éric"), Row("%00bob", "%00bob"),
    Row("bob%0Asmith", "bob%0asmith"), Row("%7fbob", "%7fbob"), Row("50%25", "50%"),
    Row("%EF%BC%A1nna", "anna"), Row("％４１nna", "anna"), Row("b%3Db", "b=b"),
    Row("CN%3DAnna%2CDC%3Dcorp", "anna@corp"),
  ]

  static let unicode = [
    Row("Straße", "straße"), Row("STRASSE", "strasse"), Row("JÖRG", "jörg"),
    Row("jo\u{308}rg", "j\u{f6}rg"), Row("JO\u{308}RG", "j\u{f6}rg"), Row("ＡＬＩＣＥ", "alice"),
    Row("ＣＯＲＰ＼ｂｏｂ", #"corp\bob"#), Row("ｂｏｂ＠ｃｏｒｐ", "bob@corp"), Row("ΌΣΟΣ", "όσοσ"),
    Row("ΣΊΣΥΦΟΣ", "σίσυφοσ"), Row("İstanbul", "i\u{307}stanbul"), Row("ISTANBUL", "istanbul"),
    Row("\u{212a}elvin", "kelvin"), Row("\u{212b}ngström", "ångström"), Row("Ω\u{2126}", "ωω"),
    Row("ВЛАДИМИР", "владимир"), Row("山田太郎", "山田太郎"), Row("ｱﾝﾅ", "アンナ"),
    Row("ｶﾞｰﾄﾞ", "ガード"), Row("ﾊﾟ", "パ"), Row("가", "가"), Row("가", "가"),
    Row("ﾡ", "ㄱ"), Row("bob\u{3000}smith", "bob smith"), Row("ǅ", "ǆ"), Row("Ａ．Ｂ", "a.b"),
    Row("ﬁsch", "ﬁsch"), Row("x²", "x²"), Row("\u{130}", "i\u{307}"), Row("Ꭰ", "ꭰ"),
    Row("ĳ", "ĳ"), Row("é\u{323}", "ẹ\u{301}"), Row("\u{feff}bob", "\u{feff}bob"),
    Row("bob\u{200b}", "bob\u{200b}"), Row("\u{37e}", ";"), Row("😀", "😀"), Row("ﾠ", "\u{3164}"),
    Row("￡", "£"),
  ]

  static let directories = [
    Row("CN=Agent Smith,OU=fr,O=company", "agent smith@fr.company"),
    Row("CN=Anna Schmidt,OU=Sales,DC=corp,DC=example", "anna schmidt@sales.corp.example"),
    Row("uid=bob,ou=people,dc=corp,dc=example", "bob@people.corp.example"),
    Row("cn=Bob Smith,uid=bob,o=x", "bob@bob smith.x"), Row("CN=Bob", "bob"),
    Row("CN = Bob , OU = x", "bob@x"), Row(#"CN=Schmidt\, Anna,OU=x"#, "schmidt, anna@x"),
    Row(#"CN=Schmidt\\, Anna,OU=x"#, "schmidt, anna@x"), Row(#"CN=J\C3\B6rg,OU=x"#, "jörg@x"),
    Row("CN=a+uid=b,O=c", "b@a.c"), Row("CN=bob@corp.example,OU=x", "bob@corp.example@x"),
    Row("sAMAccountName=bob,DC=corp", "bob@corp"), Row("userid=bob,DC=corp", "bob@corp"),
    Row("OU=x,O=y", "ou=x,o=y"), Row("a=b", "a=b"), Row("CN=", "cn="), Row("CN=,O=x", "cn=,o=x"),
    Row("CN=bob,", "cn=bob,"), Row("CN=a=b,O=c", "cn=a=b,o=c"), Row("CN=bob,x", "cn=bob,x"),
    Row(#"CN=corp\5cbob,O=x"#, #"cn=corp\5cbob,o=x"#), Row("C N=bob", "c n=bob"),
    Row(#"CN=bob\"#, nil), Row("1.2.3=z,CN=Bob", "bob@z"), Row("/O=x/CN=Bob", "/o=x/cn=bob"),
    Row("CN=Anna;O=x", "anna@x"), Row("bob@x=y", "bob@x=y"),
  ]

  @Test(arguments: plain + nobodies + escapes + unicode + directories)
  func canonicalForm(_ row: Row) throws {
    let rules = try CanonicalNames()
    expect(row, canonical(rules, Array(row.raw.utf8)))
  }

  static let mapped = [
    Row(#"CORP\bob"#, "bob@corp.example"), Row("bob@corp.example", "bob@corp.example"),
    Row("BOB@CORP", "bob@corp.example"), Row("corp/bob", "bob@corp.example"),
    Row(#"old\bob"#, "bob@corp.example"), Row(#"other\bob"#, #"other\bob"#), Row("bob", "bob"),
    Row("bob@other", "bob@other"), Row("other/bob", "other/bob"),
    Row("corp/a/b", "a/b@corp.example"),
    Row(#"CORP\bob@corp.example"#, "bob@corp.example"), Row(#"CORP\bob@corp"#, "bob@corp.example"),
    Row(#"CORP\bob@corp.example@corp"#, "bob@corp.example"),
    Row(#"CORP\bob@other"#, "bob@other@corp.example"), Row(#"CORP\-"#, nil), Row("corp/-", nil),
    Row(#"CORP\ bob"#, "bob@corp.example"), Row(#"corp\"#, nil), Row("@corp", nil),
    Row(#"CORP\-@corp"#, nil), Row("CN=Anna,OU=Sales,DC=ad,DC=corp", "anna@corp.example"),
    Row("CN=Anna,OU=Sales,DC=foo", "anna@sales.foo"), Row("CN=Anna,DC=corp", "anna@corp.example"),
    Row("anna@MÜNCHEN", "anna@münchen.example"), Row(#"same\bob"#, "bob@same"),
    Row("bob@same", "bob@same"), Row(#"CORP%5Cbob"#, "bob@corp.example"),
  ]

  @Test(arguments: mapped) func realmsAreMapped(_ row: Row) throws {
    let rules = try CanonicalNames(
      CanonicalRules(realms: [
        "CORP": "corp.example", "old": "Corp", "ad.corp": "corp.example", "same": "same",
        "Mu\u{308}nchen": "münchen.example",
      ])
    )
    expect(row, canonical(rules, Array(row.raw.utf8)))
  }

  static let machines = [
    Row("DESKTOP-1", "desktop-1"), Row("DESKTOP-1$", "desktop-1"), Row(#"\\FILES01"#, "files01"),
    Row(#"CORP\PC7$"#, #"corp\pc7"#), Row("pc7.corp.example.", "pc7.corp.example"),
    Row("PC7.$", "pc7"), Row("pc7. $", "pc7"), Row(#"\ \pc7"#, "pc7"), Row("-", nil), Row("$", nil),
    Row("N/A", nil), Row("unknown$", nil), Row("", nil), Row("anna's MacBook", "anna's macbook"),
    Row("%22pc7%22", "pc7"), Row("Küche-PC", "küche-pc"), Row("host@x", "host@x"),
  ]

  @Test(arguments: machines) func machineForm(_ row: Row) throws {
    let rules = try CanonicalNames()
    var name: [UInt8] = []
    let raw = Array(row.raw.utf8)
    let result = rules.canonicaliseMachine(raw.span, into: &name)
    expect(row, result == .name ? name : nil)
  }

  @Test(
    arguments: [
      [0xe9, 0x72], [0x42, 0xff, 0x2d], [0xc3], [0x20, 0x41, 0xed, 0xa0, 0x80, 0x22],
      [0x43, 0x4e, 0x3d, 0xfe, 0x2c],
    ] as [[UInt8]]
  )
  func whatIsNoUTF8StaysExactly(_ raw: [UInt8]) throws {
    #expect(try canonical(CanonicalNames(), raw) == raw)
  }

  @Test func kindsHaveTheirForms() throws {
    let rules = try CanonicalNames()
    func form(_ raw: String, _ kind: IdentityKind) -> String? {
      var name: [UInt8] = [1]
      let raw = Array(raw.utf8)
      let result = rules.canonicalise(raw.span, kind: kind, into: &name)
      return result == .name ? String(decoding: name, as: UTF8.self) : nil
    }
    #expect(form("PC$", .user) == "pc$")
    #expect(form("PC$", .privateUser) == "pc$")
    #expect(form("PC$", .machine) == "pc")
    #expect(form("::FFFF:10.0.0.1", .ip) == "10.0.0.1")
    #expect(form("PC", .ip) == nil)
  }

  @Test func badRealmsAreRefused() {
    for realm in ["", " a", "a ", #"a\b"#, "a@b", "a/b", "a=b", "a%b", "a\"b", "a\nb"] {
      #expect(throws: IdentityError.badRealm(realm)) {
        try CanonicalNames(CanonicalRules(realms: [realm: "x"]))
      }
      #expect(throws: IdentityError.badRealm(realm)) {
        try CanonicalNames(CanonicalRules(realms: ["x": realm]))
      }
    }
    #expect(throws: IdentityError.self) {
      try CanonicalNames(CanonicalRules(realms: ["a": "b", "b": "a"]))
    }
    #expect(throws: IdentityError.circularRealm("a0")) {
      try CanonicalNames(
        CanonicalRules(
          realms: Dictionary(uniqueKeysWithValues: (0..<11).map { ("a\($0)", "a\($0 + 1)") })
            .filter {
              ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"].contains($0.key)
            }
        )
      )
    }
  }

  private func expect(_ row: Row, _ name: [UInt8]?) {
    let text = name.map { String(decoding: $0, as: UTF8.self) }
    // Compares bytes: Swift takes é in one piece and in two for the same.
    #expect(name == row.canonical.map { Array($0.utf8) }, "\(row.raw) came out as \(text ?? "nil")")
  }

  private func canonical(_ rules: CanonicalNames, _ raw: [UInt8]) -> [UInt8]? {
    var name: [UInt8] = [7]
    let result = rules.canonicalise(raw.span, into: &name)
    #expect((result == .nobody) == name.isEmpty)
    return result == .name ? name : nil
  }
}
