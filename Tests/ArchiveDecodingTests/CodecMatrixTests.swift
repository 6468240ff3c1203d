import ArchiveDecoding
import Glibc
import Testing

/// Every codec, as its tool writes it in all its ways, gives the text back.
@Suite struct CodecMatrixTests {
  struct Packing: Sendable, CustomTestStringConvertible {
    let tool: String
    let options: [String]
    var testDescription: String { ([tool] + options).joined(separator: " ") }
  }

  static let packings: [Packing] = [
    ("zstd", "-1"), ("zstd", "-3 --no-check"), ("zstd", "-12"), ("zstd", "--long=27"),
    ("zstd", "--no-content-size"), ("zstd", "-B64KB -T2"), ("zstd", "--fast=5 --check"),
    ("pzstd", "-p 2 -1 -c"), ("pzstd", "-p 4 -c"), ("zstd", "--rsyncable -T2"),
    ("lz4", ""), ("lz4", "-BD"), ("lz4", "-BI"), ("lz4", "-B4"), ("lz4", "-B5"), ("lz4", "-B6"),
    ("lz4", "-B7"), ("lz4", "-B4 -BD"), ("lz4", "-B5 -BD -BX"), ("lz4", "-B6 -BD"),
    ("lz4", "-B4 -BX"), ("lz4", "-B4 -BI -BX --content-size"), ("lz4", "-B6 --content-size"),
    ("lz4", "-BD --content-size"), ("lz4", "--no-frame-crc"), ("lz4", "-BD --no-frame-crc"),
    ("lz4", "-9"), ("lz4", "-9 -BD -B4"), ("lz4", "--fast=9"),
    ("gzip", "-1"), ("gzip", "-6"), ("gzip", "-9"), ("igzip", "-0 -c"), ("igzip", "-2 -c"),
    ("cat", "-"),
  ].map { Packing(tool: $0.0, options: $0.1.split(separator: " ").map(String.init)) }

  static let texts: [(name: String, bytes: [UInt8])] = [
    ("empty", []),
    ("one byte", [10]),
    ("short", Array("a\nb\n\nc".utf8)),
    ("CRLF", seededText(5000, ends: "\r\n")),
    ("middle", seededText(300_000)),
    ("long", seededText(3 << 20) + Array("no newline".utf8)),
    ("noise", seededNoise(5 << 19)),
    ("repeats", Array(repeatElement(Array("the same line\n".utf8), count: 100_000).joined())),
  ]

  @Test(arguments: packings) func textComesBack(_ packing: Packing) throws {
    for (name, bytes) in Self.texts {
      let stored = try pack(bytes, packing)
      let expected = expectedText(bytes).summary
      for blockBytes in [64 << 10, 1 << 20, 4099] where blockBytes > 5000 || bytes.count < 1 << 20 {
        let got = try decode(MemoryArchive(stored), blockBytes: blockBytes)
        #expect(got == expected, "\(name), blocks of \(blockBytes)")
      }
      let streamed = try decode(MemoryArchive(stored, isStream: true, readMax: 4093))
      #expect(streamed == expected, "\(name) as a stream")
      let (byUnits, _, restarts) = try decodeByUnits(MemoryArchive(stored), seed: 3)
      #expect(byUnits == expected, "\(name) by units")
      #expect(restarts == 0)
    }
  }

  /// Frames of all sizes, empty ones, and frames to be skipped, one behind the other.
  @Test(arguments: packings.filter { $0.tool != "cat" && $0.tool != "pzstd" && $0.tool != "igzip" })
  func concatenatedFrames(_ packing: Packing) throws {
    var random = SeededNumbers(state: 11)
    let empty = try pack([], packing)
    let skippable: [UInt8] = [0x5c, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]
    var (stored, text): ([UInt8], [UInt8]) = ([], [])
    if packing.tool != "gzip" && packing.tool != "igzip" { stored += skippable }
    for (index, size) in [10, 5 << 18, 100_000, 1, 70_000, 3 << 19, 300].enumerated() {
      var piece = size > 1 << 20 ? seededNoise(size) : seededText(size, seed: random.next())
      if index % 2 == 1 { piece.removeLast(3) }  // Frames need not end at a line end.
      stored += try pack(piece, packing)
      if index % 3 == 0 { stored += empty + empty }
      if index % 3 == 1, !packing.tool.hasSuffix("gzip") { stored += skippable }
      text += piece
    }
    let expected = expectedText(text).summary
    #expect(try decode(MemoryArchive(stored)) == expected)
    #expect(try decode(MemoryArchive(stored), blockBytes: 1 << 20) == expected)
    #expect(try decode(MemoryArchive(stored, isStream: true, readMax: 60_000)) == expected)
    for seed in 1...3 as ClosedRange<UInt64> {
      let (byUnits, units, restarts) = try decodeByUnits(MemoryArchive(stored), seed: seed)
      #expect(byUnits == expected)
      #expect(units > 1)
      #expect(restarts == 0)
    }
  }

  @Test func unitsOfOneFrame() throws {
    let text = seededNoise(8 << 20)
    let independent = try pack(
      text,
      Packing(tool: "lz4", options: ["-B4", "-BI", "--content-size"])
    )
    #expect(try decodeByUnits(MemoryArchive(independent), seed: 5).units == 8)
    let dependent = try pack(text, Packing(tool: "lz4", options: ["-B4", "-BD"]))
    #expect(try decodeByUnits(MemoryArchive(dependent), seed: 5).units == 1)
  }

  private func pack(_ text: [UInt8], _ packing: Packing) throws -> [UInt8] {
    // A tool that is told the size writes it into the frame only from a file.
    try #require(try run(packing.tool, packing.options + Self.fileArguments(packing), input: text))
  }

  private static func fileArguments(_ packing: Packing) -> [String] {
    switch packing.tool {
    case "pzstd", "igzip", "cat": []
    default: ["-c"]
    }
  }
}

/// What the assembler must give for `text`, by splitting it at its newlines.
func expectedText(_ text: [UInt8]) -> Decoded {
  var expected = Decoded(contentID: contentID(text), textBytes: UInt64(text.count))
  var (start, kept) = (0, 0..<0)
  while start < text.count {
    let end = newline(in: text, from: start) ?? text.count
    if end - start > 1 << 20 {
      expected.overlongLines.append(
        OverlongLine(textOffset: UInt64(start), byteCount: UInt64(end - start))
      )
    } else {
      if kept.upperBound < start {
        expected.text += text[kept]
        kept = start..<start
      }
      kept = kept.lowerBound..<min(end + 1, text.count)
    }
    start = end + 1
  }
  expected.text += text[kept]
  return expected
}

private func newline(in text: [UInt8], from start: Int) -> Int? {
  // SAFETY: the search stays inside the array.
  unsafe text.withUnsafeBytes { bytes in
    guard let base = bytes.baseAddress else { return nil }
    return unsafe memchr(base + start, 10, bytes.count - start).map {
      unsafe UnsafeRawPointer($0) - base
    }
  }
}
