import ByteBlocks
import TestSupport
import Testing

@testable import ByteKernels

/// A time is read the same whatever stands in the rows before it.
@Suite struct TimeColumnTests {
  struct Time: Equatable {
    let status: UInt8
    let micros: Int64
    let isLocal: Bool
  }

  /// What a plan makes of lines, whose TABs separate the parts of a time.
  static func read(_ rules: [TimePattern], parts: Int, _ lines: [String]) throws -> [Time] {
    let names = (0...parts).map { "f\($0)" }  // The first one: so that it is no syslog header.
    let shape = LineShape.places(
      separator: UInt8(ascii: "\t"), quote: nil, brackets: false, collapses: false, names: names,
      minimum: 1)
    var cutter = LineCutter([LineShapeRule(shape, names: names)])
    cutter.reset(lines: lines.count)
    var block = try makeBlock(lines.map { "x\t\($0)\n" }.joined())
    _ = cutter.cut(block.start..<block.end, firstLine: 0, in: &block)
    try #require(cutter.count(of: 0) == lines.count)
    let slots = (1...parts).map { UInt8($0) }
    let plan = TimePlan(
      rules.map { .init(slots: slots, zone: nil, pattern: $0) }, year: nil,
      latest: 1_767_616_496_000_000, newestYear: 2026)
    var times = Buffer<Int64>(count: lines.count)
    var isLocal = Buffer<UInt8>(count: lines.count)
    var status = Buffer<UInt8>(count: lines.count)
    cutter.times(
      plan, of: 0, in: block, into: &times, isLocal: &isLocal, status: &status, at: 0, missing: 1,
      bad: 2)
    return lines.indices.map {
      Time(
        status: status[$0], micros: status[$0] == 0 ? times[$0] : 0,
        isLocal: status[$0] == 0 && isLocal[$0] != 0)
    }
  }

  /// Patterns of rules, and texts whose bytes are changed at random; `#` is any digit.
  static let shapes: [([String], [String])] = [
    (["iso"], ["2026-01-0# 12:3#:##", "2026-01-05T12:34:##+01:3#", "2026-01-05T12:34", "-"]),
    (
      ["syslog"],
      ["Jan  5 12:34:##", "Jan 0# 12:34:##", "Jan  5 12:34:## 2026", "Jan 5 12:34:## CET"]
    ),
    (["yyyy-MM-dd HH:mm:ss"], ["2026-01-0#\t12:3#:##", "2026-01-05\t12:34:#", "-\t12:34:##"]),
    (["yyyy-MM-dd HH:mm"], ["2026-01-05\t12:##", "2026-01-05\t12:34:##"]),
    (["yyyy-MM-dd ss:mm:HH"], ["2026-01-05\t12:34:##"]),
    (["dd/MMM/yyyy:HH:mm:ss", "epoch"], ["05/Jan/2026:12:34:##", "17676164##", "05/Jan/2026"]),
    (["iso", "yyyy-MM-dd ss:mm:HH"], ["2026-01-05 12:34:##", "2026-01-05 99:34:##"]),
    (["yyyy-MM-dd HH:mm:ss z"], ["2026-01-05 12:34:## UTC", "2026-01-05 12:34:## CET"]),
    (["iso"], ["0000000000000000000002026-01-05T12:34:##", "1970-01-01 00:00:##"]),
  ]

  @Test(arguments: shapes.indices) func rowsDoNotTouchEachOther(place: Int) throws {
    let (patterns, texts) = Self.shapes[place]
    let rules = try patterns.map { text -> TimePattern in
      switch text {
      case "iso": .iso
      case "epoch": .epoch
      case "syslog": .syslog
      default: try #require(TimePattern(text))
      }
    }
    var random = SeededRandom(seed: place + 1)
    let lines = (0..<3000).map { _ in
      var text = Array(texts[random.below(random.below(texts.count) + 1)].utf8)
      for place in text.indices where text[place] == UInt8(ascii: "#") {
        text[place] = UInt8(ascii: "0") + UInt8(random.below(random.below(10) + 1))
      }
      if random.below(20) == 0, let place = text.indices.randomElement(using: &random),
        text[place] != UInt8(ascii: "\t")
      {
        text[place] = Array("0:- 9x".utf8)[random.below(6)]
      }
      return String(decoding: text, as: UTF8.self)
    }
    let parts = texts[0].split(separator: "\t").count
    let together = try Self.read(rules, parts: parts, lines)
    for line in lines.indices {
      let alone = try Self.read(rules, parts: parts, [lines[line]])
      #expect(together[line] == alone[0], "\(lines[line])")
    }
    #expect(together.contains { $0.status == 0 } && together.contains { $0.status == 2 })
  }
}
