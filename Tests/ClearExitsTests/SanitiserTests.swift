import ByteBlocks
import IdentityRules
import LogFormats
import TestSupport
import Testing

@testable import ClearExits

@Suite struct SanitiserTests {
  private static let header = "#Fields: date time cs-username c-ip cs-host cs-uri sc-status\n"

  private func sanitised(_ lines: String) throws -> (text: String, counts: Sanitiser.Counts) {
    let options = Sanitiser.Options(profile: .w3cExtended, canonical: try CanonicalNames())
    var sanitiser = Sanitiser(try Workshop().keyring, options)
    let block = try makeBlock(Self.header + lines)
    var header = HeaderReader(.w3cExtended)
    let first = header.read(block)
    var counts = Sanitiser.Counts()
    var text: [UInt8] = []
    try sanitiser.rewrite(block, header: first, textOffset: 0, &counts, into: &text)
    return (String(String(decoding: text, as: UTF8.self).dropFirst(Self.header.count)), counts)
  }

  struct Case: Sendable {
    let name: String
    let uri: String
    /// `P` stands for a pseudonym.
    let expected: String

    init(_ name: String, _ uri: String, _ expected: String) {
      self.name = name
      self.uri = uri
      self.expected = expected
    }
  }

  @Test(arguments: [
    Case("nothing", "/a?b=c", "/a?b=c"),
    Case("parameter", "/a?user=bert&x=1", "/a?user=P&x=1"),
    Case("longest parameter", "/a?SAMAccountName=bert;x", "/a?SAMAccountName=P;x"),
    Case(
      "parameter with a line", "/a?login_hint=bert&amp;user_id=cleo",
      "/a?login_hint=P&amp;user_id=P"),
    Case("other parameters", "/a?=x&users=bert&=&usex=1", "/a?=x&users=bert&=&usex=1"),
    Case("encoded parameter", "/a?x=1&Email=bert%40corp.example", "/a?x=1&Email=P"),
    Case("mail address", "/to/bert.b@corp.example/x", "/to/P/x"),
    Case("encoded mail address", "/to/bert%40corp.example", "/to/P"),
    Case("user of a URL", "ftp://bert@files.example/x", "ftp://P@files.example/x"),
    Case("password of a URL", "ftp://bert:se$cret@files.example/", "ftp://P:-@files.example/"),
    Case("odd password", "ftp://bert:p=w&x'y@h.example/", "ftp://P:-@h.example/"),
    Case("user of CONNECT", "bert@h.example:443", "P@h.example:443"),
    Case("password alone", "http://:secret@h.example/", "http://:-@h.example/"),
    Case("no password", "https://bert:@h.example/", "https://P:@h.example/"),
    Case("realm in a URL", "https://bert@corp.example:pw@h.example/", "https://P:-@h.example/"),
    Case("field of parameters", "user=bert&x=1", "user=P&x=1"),
    Case("quoted parameter", "/a?user='bert'&x", "/a?user='P'&x"),
    Case("fragment", "/a#user=bert", "/a#user=P"),
    Case(
      "encoded address in a parameter", "/a?u=https%3A%2F%2Fh%2F%3Fuser%3dbert%26x",
      "/a?u=https%3A%2F%2Fh%2F%3Fuser%3dP%26x"),
    Case("other words", "/a?busier=bert&superuser=x", "/a?busier=bert&superuser=x"),
    Case("no address", "/npm/lib@1.2.3/x", "/npm/lib@1.2.3/x"),
    Case("own name", "/home/ANNA/x", "/home/P/x"),
    Case("own name in a word", "/hannah/annabel", "/hannah/annabel"),
    Case("address behind a scheme", "mailto:bert@corp.example", "mailto:P"),
    Case("address behind a number", "/8:bert@corp.example", "/8:P"),
    Case("address behind a letter", "http://h.example/x:bert@corp.example", "http://h.example/x:P"),
    Case("address behind a colon", "/:bert@corp.example", "/:P"),
    Case("password without a URL", "/bert-b:se-cret@corp.example", "/P:-@corp.example"),
    Case("password with a colon", "/bert:se:cret@corp.example", "/P:-@corp.example"),
    Case("password behind slashes", "//bert:pw@h.example/", "//P:-@h.example/"),
    Case("URL in a parameter", "/a?u=//bert:pw@h.example/", "/a?u=//P:-@h.example/"),
    Case(
      "escaped slashes", #"https:\/\/bert:pw@h.example\/"#, #"https:\/\/P:-@h.example\/"#),
    Case("address of a host", "/bert@[10.0.0.1]/x", "/P/x"),
    Case("escaped sign of an address", #"/bert\u0040corp.example"#, "/P"),
    Case("escaped sign before", #"/a?x=1\u0026user=bert\u0026y"#, #"/a?x=1\u0026user=P\u0026y"#),
    Case("escaped equals sign", #"/a?user\u003dbert"#, #"/a?user\u003dP"#),
    Case("backslash and equals sign", #"/a?a\=1&user\=bert"#, #"/a?a\=1&user\=P"#),
    Case("escaped brackets of text", #"\u003cbert@corp.example\u003e"#, #"\u003cP\u003e"#),
    Case(
      "parameters in brackets", "/a?user[]=bert&a[user]=cleo&user[0]=dora&x[y]=z",
      "/a?user[]=P&a[user]=P&user[0]=P&x[y]=z"),
    Case(
      "escaped brackets", "/a?user%5B%5D=bert&a%5Buser%5D=cleo&x%5By%5D=z",
      "/a?user%5B%5D=P&a%5Buser%5D=P&x%5By%5D=z"),
    Case(
      "parameters of other spellings",
      "/a?user%5Fname=a&user-name=b&uname=c&login%2dname=d&loginid=e",
      "/a?user%5Fname=P&user-name=P&uname=P&login%2dname=P&loginid=P"),
    Case("several brackets", "/a?user[email][]=a&x[user][0]=b", "/a?user[email][]=P&x[user][0]=P"),
    Case("quoted parameter that is no word", "/a?user='bert&x='y", "/a?user='P&x='y"),
    Case("parameters escaped twice", "/a?u=%253Fuser%253Dbert%2526x", "/a?u=%253Fuser%253DP%2526x"),
    Case("address escaped twice", "/to/bert%2540corp.example", "/to/P"),
    Case("address with a reference", "/to/bert&#64;corp.example/b&#x40;corp.example", "/to/P/P"),
    Case("text of JSON", #"{"user":"bert","x":"y"}"#, #"{"user":"P","x":"y"}"#),
    Case("escaped text of JSON", #"{\"user\":\"bert\",\"x\":1}"#, #"{\"user\":\"P\",\"x\":1}"#),
    Case("other members of JSON", #"{"users":"bert","uid":7}"#, #"{"users":"bert","uid":7}"#),
    Case("nobody", "/a?user=-&login=&uid=anonymous", "/a?user=-&login=&uid=anonymous"),
  ])
  func freeTextOfAnEvent(row: Case) throws {
    let (text, counts) = try sanitised(
      "2026-11-02 08:00:00 anna 10.0.0.1 h.example \(row.uri) 200\n")
    let shown = text.replacing(/[up]1-[a-z2-7]{52,}/) { _ in "P" }
    #expect(
      shown == "2026-11-02 08:00:00 P 10.0.0.1 h.example \(row.expected) 200\n", "\(row.name)")
    #expect(counts.events == 1 && counts.masked == 0)
  }

  @Test func linesThatAreNoEventsAreMasked() throws {
    let (text, counts) = try sanitised(
      """
      # Remark of anna@corp.example
      yesterday anna 10.0.0.1
      2026-11-02 08:00:00 - 10.0.0.1 h.example / 200

      2026-99-02 08:00:00 anna 10.0.0.1 h.example /é 200
      """)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(
      lines == [
        "# Remark of anna@corp.example", "xxxxxxxxx xxxx 00.0.0.0",
        "2026-11-02 08:00:00 - 10.0.0.1 h.example / 200", "",
        "0000-00-00 00:00:00 xxxx 00.0.0.0 x.xxxxxxx /xx 000",
      ])
    #expect(counts.masked == 2 && counts.events == 1 && counts.lines == 6)
  }

  @Test(arguments: [
    ("anna", "anna", 4), ("a\"b", #"a\"b"#, 4), ("a\\b", #"a\\b"#, 4), ("ä", #"\u00e4"#, 6),
    ("😀x", #"\ud83d\ude00x"#, 13), ("a b", "a%20b", 5), ("a&b", "a&amp;b", 7),
    ("corp\\anna", #"corp\anna"#, 9), ("a\"b", "a\"\"b", 4),
  ])
  func fieldsEndWhereTheirEscapesEnd(field: String, stored: String, end: Int) {
    let text = Array(("<" + stored + ">tail").utf8)
    #expect(EscapedText.end(of: Array(field.utf8).span, in: text, from: 1) == end + 1)
  }
}
