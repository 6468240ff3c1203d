import Testing

@testable import DeltaLake

@Suite struct JSONTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
    ("-12", .number("-12")), ("0.5e+3", .number("0.5e+3")), (#""""#, .string("")),
    (#""a\"b\\c\/d\n\t\r\b\f""#, .string("a\"b\\c/d\n\t\r\u{8}\u{c}")),
    (#""\u00e9\uD83D\ude00é😀""#, .string("é😀é😀")),
    ("[]", .array([])), ("[1 , [2]]", .array([.number("1"), .array([.number("2")])])),
    ("{}", .object([])),
    (
      #"{"a":1,"b":{"c":[]}}"#,
      .object([
        .init(name: "a", value: .number("1")),
        .init(name: "b", value: .object([.init(name: "c", value: .array([]))])),
      ])
    ),
  ])
  func readsGoodText(text: String, value: JSONValue) throws {
    #expect(try JSONReader.value(of: text) == value)
  }

  @Test(arguments: [
    ("", JSONProblem.Kind.unfinished, 0), ("  ", .unfinished, 2), ("{", .unfinished, 1),
    (#"{"a""#, .unfinished, 4), (#"{"a":}"#, .syntax, 5), (#"{"a":1,}"#, .syntax, 7),
    (#"{a:1}"#, .syntax, 1), ("[1,]", .syntax, 3), ("[1 2]", .syntax, 3), ("tru", .unfinished, 3),
    ("trux", .syntax, 3), ("01", .syntax, 0), ("-", .unfinished, 1), ("1.", .unfinished, 2),
    ("1e", .unfinished, 2), ("+1", .syntax, 0), ("NaN", .syntax, 0), ("1 1", .trailing, 2),
    (#""a"#, .unfinished, 2), (#""\x""#, .syntax, 2), (#""\u12""#, .syntax, 5),
    (#""\ud800""#, .badText, 3), (#""\ud800\u0041""#, .badText, 3), (#""\udc00""#, .badText, 3),
    ("\"a\nb\"", .badText, 2),
  ])
  func refusesBadText(text: String, kind: JSONProblem.Kind, offset: Int) {
    let problem = #expect(throws: JSONProblem.self) { try JSONReader.value(of: text) }
    #expect(problem == JSONProblem(kind: kind, offset: offset), "\(text)")
  }

  @Test func refusesBadBytesAndDepth() {
    #expect(throws: JSONProblem(kind: .badText, offset: 1)) {
      try JSONReader.value(of: [0x22, 0xff, 0x22])
    }
    #expect(throws: JSONProblem(kind: .tooDeep, offset: 64)) {
      try JSONReader.value(of: String(repeating: "[", count: 100_000))
    }
    #expect(throws: Never.self) {
      try JSONReader.value(
        of: String(repeating: "[", count: 63) + "1" + String(repeating: "]", count: 63)
      )
    }
  }

  /// Every text that starts like a good one, and every one with a changed byte, is read or refused.
  @Test func survivesDamage() throws {
    let good = Array(#"{"add":{"path":"a%20b","size":-1.5e3,"x":[null,true,"\u00e9é"]}}"#.utf8)
    for count in 0..<good.count {
      #expect(throws: JSONProblem.self) { try JSONReader.value(of: Array(good.prefix(count))) }
    }
    for index in good.indices {
      for bit in 0..<8 {
        var bytes = good
        bytes[index] ^= 1 << bit
        do { _ = try JSONReader.value(of: bytes) } catch { #expect(error.offset <= bytes.count) }
      }
    }
  }

  @Test func writesWhatItReads() throws {
    let texts = ["", "a\"b\\c", "\u{0}\u{1}\u{1f}\u{7f}\n\r\t", "é😀", "</script>", "{}"]
    for text in texts {
      let json = JSONWriter.object { $0.member(text, text) }
      let value = try JSONReader.value(of: json.bytes)
      #expect(value == .object([.init(name: text, value: .string(text))]))
    }
    let json = JSONWriter.object { json in
      json.name("a")
      json.array { json in
        json.integer(-1)
        json.object { _ in }
        json.bool(false)
        json.null()
      }
      json.member("b", ["z": "1", "a": nil])
    }
    #expect(json.text == #"{"a":[-1,{},false,null],"b":{"a":null,"z":"1"}}"#)
  }
}
