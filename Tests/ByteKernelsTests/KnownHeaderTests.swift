import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Headers that are told by the line before, against those that are read by themselves.
@Suite struct KnownHeaderTests {
  private static let headers = [
    "<134>Nov 01 2026 01:23:01 fw-1 : ", "<134>Nov  1 01:23:01 fw1 ",
    "<14>Nov 11 01:23:01 10.0.0.1 ",
    "<14>1 2026-11-01T01:23:01.123Z fw1 app 12 - - ", "<14>2 2026-11-01T01:23:01Z fw1 ",
    "<14>1 2026-11-01T01:23:01Z web1 - - - - ",
    "1 2026-11-01T01:23:01Z +0100:10.7.1.6 ", "1 2026-11-01T01:23:01Z fw1 ",
    "Nov 11 01:23:01 fw1->10.0.0.1 ",
    "535 <14>1 2026-11-01T01:23:01+01:00 fw1 app - - [a@1 b=\"]\"] ", "2026-11-01T01:23:01Z fw1 ",
    "<14>", "<134>kernel: ", "Nov 01 01:23:01 fw1 app[12]: ", "Nov 01 01:23:01: ", "", "10.0.0.1 ",
    "<134>Nov 01 01:23:01 2026 fw1 ", "<134>[2026-11-01 01:23:01] ",
    "10.0.0.1 <134>Nov 01 01:23:01 fw1 ",
    "<134>Nov 01 01:23:01 CET: ", "<134>1793577600.123 fw1 ", "<134>2026-11-01 01:23:01 fw1 ",
    "Mon Nov 02 01:23:01 2026 kern.warn fw1 ", "<134>2026:11:01-01:23:01 fw1 ",
    "Nov 01 01:23:01 fw1 Nov 01 2026 01:23:01 fw2 ", "Dec 01 2026 01:23:01 fw1 ",
    "2026-11-01T01:23:01.123456789Z stdout F ", "2026-11-01T01:23:01.123Z stderr P ",
    "<14>1 2026-11-01T01:23:01.123Z fw1 app - - - <134>Nov 01 2026 01:23:01 fw2 : ",
    "Nov 01 2026 01:23:01 fw1 <134>1 2026-11-01T01:23:01Z fw2 a - - - ", "<14><134>",
    "<14>2 kernel: <134>Nov 01 01:23:01 fw ",
    "<134>: 2026 Nov 01 01:23:01 UTC: ", "<134>Nov 01 01:23:01 \u{feff}",
  ]
  private static let messages = [
    "tag:fw1->10.6.5.4<b text", "fw1->10.6.5.4: text", "shop:443 10.0.0.1 - john [02/Nov/2026:1",
    "tag: 9:date=1 b", "0100:10.7.1.6 tag: 9:date=1",
    "%ASA-6-302014: Teardown TCP", "CEF:0|Maker|Product|1.0|", "{\"time\": 1, \"b\": 2}",
    "date=2026-11-01",
    "<134>Nov 01 01:23:01 fw2 text", "host <134>Nov 01 01:23:01 text",
    "10.0.0.1 - bob [02/Nov/2026",
    "client - bob [02/Nov/2026:01:23", "- bob [02/Nov/2026", "1 2026-11-01T01:23:01Z fw2 a - - - b",
    "1,2026/11/01 01:23:01,0012", "2026,11,01", "2026-11-01 01:23:01 fw2 text", "tag: text",
    "tag[12]: text",
    "abc\\def: text", "abc\\def text", "[12] text", "[02/Nov/2026:01:23:01] x", "a|b|c",
    "Nov 01 01:23:01 fw2 a",
    "1793577600.123 5 10.0.0.1 TCP_MISS", "a b c", "word", "2026:11:01-01:23:01 utm x",
    "\"a\",\"b\"",
    "CET: text", "UTC text", ": %ASA-6-302014: Built", "kern.warn text", "1 text", "12 text",
    "\tfield\tfield",
    "\u{feff}text", "2Nov2026 01:23:01", "--- text", "a=b c=d", "aaaa:bbbb: text",
    "10.0.0.1:80 text",
  ]

  private static func changed(_ text: String, _ random: inout SeededRandom) -> [UInt8] {
    let others = Array(" 0123456789:-<>[]/|,.=\"abNovTZ\t%+#{".utf8)
    return text.utf8.map { byte in
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      if isDigit, random.once(in: 2) { return UInt8(ascii: "0") + UInt8(random.below(10)) }
      return random.once(in: 60) ? others[random.below(others.count)] : byte
    }
  }

  /// Lines that look alike, but for digits and a few bytes.
  private static func lines(_ random: inout SeededRandom) -> [[UInt8]] {
    var (header, message) = ("", "")
    return (0..<60).map { _ in
      if random.once(in: 6) { header = headers[random.below(headers.count)] }
      if random.once(in: 3) { message = messages[random.below(messages.count)] }
      let tail = [" and some more text, long enough for all that is asked", "", " x"]
      let rest = tail[random.once(in: 4) ? random.below(3) : 0]
      return Self.changed(header + message, &random) + Array((rest + rest).utf8)
    }
  }

  /// Line number, where the header's time ends and where the message starts and ends, from the
  /// start of the line.
  private static func cut(_ text: [UInt8], _ level: KernelLevel) throws -> [[Int]] {
    let rule = LineShapeRule(
      .places(
        separator: 1, quote: nil, brackets: false, collapses: false, names: ["message"],
        minimum: 1), names: ["message"])
    var block = try makeBlock(text)
    var cutter = LineCutter([rule], level: level)
    let range = block.start..<block.end
    cutter.reset(lines: cutter.lineCountMax(block, range))
    _ = cutter.cut(range, firstLine: 0, in: &block)
    return (0..<cutter.count(of: 0)).map { record in
      let (number, start) = cutter.line(record, of: 0)
      let (header, message) = (cutter.header(record, of: 0), cutter.field(0, record, of: 0))
      let places = message.start == message.end ? [] : [Int(message.start), Int(message.end)]
      return [number] + ([Int(header.end)] + places).map { $0 - start }
    }
  }

  @Test(arguments: 0..<300) func headersAreThoseOfLinesReadAlone(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let lines = Self.lines(&random)
    let text = Array(lines.joined(separator: Array("\n".utf8)))
    for level in KernelLevel.supported {
      for found in try Self.cut(text, level) {
        let alone = try Self.cut(lines[found[0]], level)
        #expect(
          found.dropFirst() == alone.first?.dropFirst(),
          "\(String(decoding: lines[found[0]], as: UTF8.self))")
      }
    }
  }
}
