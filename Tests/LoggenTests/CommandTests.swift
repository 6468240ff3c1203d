import Foundation
import Testing

@Suite struct CommandTests {
  static let formats = ["w3c", "squid", "fortigate", "cisco-asa", "zscaler"]

  @Test(arguments: formats) func sameArgumentsGiveTheSameBytes(format: String) throws {
    let arguments = ["--format", format, "--bytes", "300kB", "--bad-lines", "0.02", "-o", "-"]
    let first = try text(arguments + ["--seed", "7"])
    #expect(try text(arguments + ["--seed", "7"]) == first)
    #expect(try text(arguments + ["--seed", "8"]) != first)
  }

  @Test(arguments: formats) func sizeIsABound(format: String) throws {
    for bytes in [0, 1, 30, 400, 4_095, 262_144, 262_145, 700_001] {
      let text = try text(["--format", format, "--bytes", "\(bytes)", "-o", "-"])
      #expect(text.count <= bytes)
      #expect(text.count > bytes - 1_000 || bytes < 1_000)
      #expect(text.isEmpty || text.last == UInt8(ascii: "\n"))
    }
  }

  struct Packing: CustomTestStringConvertible {
    var arguments: [String]
    var tool: [String]
    var frames: Int
    var testDescription: String { arguments.joined(separator: " ") }
  }

  @Test(arguments: [
    Packing(arguments: ["--codec", "zstd"], tool: ["zstd", "-dcf"], frames: 1),
    Packing(arguments: ["--codec", "zstd", "--frames", "7"], tool: ["zstd", "-dcf"], frames: 7),
    Packing(arguments: ["--codec", "gzip"], tool: ["gzip", "-dc"], frames: 1),
    Packing(arguments: ["--codec", "gzip", "--frames", "9"], tool: ["gzip", "-dc"], frames: 9),
    Packing(arguments: ["--codec", "lz4"], tool: ["lz4", "-dcf"], frames: 1),
    Packing(
      arguments: ["--codec", "lz4", "--frames", "4", "--lz4-blocks", "independent"],
      tool: ["lz4", "-dcf"],
      frames: 4
    ),
    Packing(
      arguments: ["--codec", "lz4", "--frames", "3", "--lz4-blocks", "dependent"],
      tool: ["lz4", "-dcf"],
      frames: 3
    ),
  ])
  func toolsUnpackTheSameText(_ packing: Packing) throws {
    let folder = try TemporaryFolder()
    let arguments = ["--format", "w3c", "--bytes", "1MiB", "--seed", "3", "-o"]
    let plain = try text(arguments + ["-"])
    let file = folder.path("log.\(packing.arguments[1] == "gzip" ? "gz" : packing.arguments[1])")
    #expect(try text(arguments + [file] + packing.arguments).isEmpty)
    let unpacked = try run("/usr/bin/env", packing.tool + [file])
    #expect(unpacked.status == 0, "\(unpacked.errors)")
    #expect(unpacked.output == plain)
    let packed = try Data(contentsOf: URL(filePath: file))
    #expect(packed.count < plain.count / 2)
    #expect(frameStarts(packed, codec: packing.arguments[1]) == packing.frames)
  }

  @Test(arguments: ["zstd", "gzip", "lz4"]) func framesMayBeEmpty(codec: String) throws {
    let folder = try TemporaryFolder()
    let file = folder.path("log.\(codec == "gzip" ? "gz" : codec)")
    let arguments = ["--format", "squid", "--codec", codec, "--bytes", "3", "--frames", "5"]
    #expect(try text(arguments + ["-o", file]).isEmpty)
    #expect(frameStarts(try Data(contentsOf: URL(filePath: file)), codec: codec) == 5)
    #expect(try tool(codec, "-dc", file).isEmpty)
  }

  @Test(arguments: ["w3c", "squid"]) func brokenLinesAreAsManyAsAskedFor(format: String) throws {
    for ratio in [0.0, 0.05, 1.0] {
      let all = lines(
        try text(
          ["--format", format, "--bytes", "2MB", "--bad-lines", "\(ratio)", "-o", "-"]
        )
      )
      .filter { $0.first != UInt8(ascii: "#") }
      let broken = all.filter { fields($0, format: format) == nil }
      let expected = Double(all.count) * ratio
      // Four standard deviations.
      let slack = 4 * (expected * (1 - ratio)).squareRoot()
      #expect(abs(Double(broken.count) - expected) <= slack, "\(broken.count) of \(all.count)")
    }
  }

  struct Refusal: CustomTestStringConvertible {
    var arguments: [String]
    var status: Int32
    var words: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  @Test(arguments: [
    Refusal(arguments: ["--bytes", "1", "-o", "-"], status: 64, words: "--format"),
    Refusal(
      arguments: ["--format", "nonsense", "--bytes", "1", "-o", "-"],
      status: 64,
      words: "squid"
    ),
    Refusal(arguments: ["--format", "w3c", "--bytes", "1XB", "-o", "-"], status: 64, words: "1XB"),
    Refusal(
      arguments: ["--format", "fortigate", "--layout", "csv", "--bytes", "1", "-o", "-"],
      status: 64,
      words: "key-value, cef"
    ),
    Refusal(arguments: base + ["--syslog", "rfc1"], status: 64, words: "rfc3164"),
    Refusal(
      arguments: base + ["--totals", "/nonexistent/x"],
      status: 73,
      words: "Cannot create /nonexistent/x"
    ),
    Refusal(arguments: ["--format", "w3c", "--bytes", "1"], status: 64, words: "--output"),
    Refusal(arguments: base + ["--frames", "2"], status: 64, words: "--codec"),
    Refusal(arguments: base + ["--frames", "0"], status: 64, words: "--frames"),
    Refusal(arguments: base + ["--users", "0"], status: 64, words: "--users"),
    Refusal(arguments: base + ["--hosts", "4000001"], status: 64, words: "--hosts"),
    Refusal(arguments: base + ["--days", "0"], status: 64, words: "--days"),
    Refusal(arguments: base + ["--locality", "1.1"], status: 64, words: "--locality"),
    Refusal(arguments: base + ["--locality", "nan"], status: 64, words: "--locality"),
    Refusal(arguments: base + ["--bad-lines=-0.1"], status: 64, words: "--bad-lines"),
    Refusal(arguments: base + ["--from", "2026-02-30"], status: 64, words: "--from"),
    Refusal(
      arguments: ["--format", "w3c", "--bytes", "1", "-o", "/nonexistent/x"],
      status: 73,
      words: "Cannot create /nonexistent/x"
    ),
    Refusal(
      arguments: ["--format", "w3c", "--bytes", "1MB", "-o", "/dev/full"],
      status: 74,
      words: "No space left"
    ),
  ])
  func refuses(_ row: Refusal) throws {
    let outcome = try loggenWith(row.arguments)
    #expect(outcome.status == row.status)
    #expect(outcome.errors.contains(row.words), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  private static let base = ["--format", "w3c", "--bytes", "1", "-o", "-"]

  private func text(_ arguments: [String]) throws -> Data {
    let outcome = try loggenWith(arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    return outcome.output
  }

  /// Frames, told by the bytes that each begins with.
  private func frameStarts(_ packed: Data, codec: String) -> Int {
    let starts: [String: [UInt8]] = [
      "zstd": [0x28, 0xB5, 0x2F, 0xFD], "lz4": [0x04, 0x22, 0x4D, 0x18],
      "gzip": [0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00],
    ]
    let start = Data(starts[codec] ?? [])
    var count = 0
    var rest = packed[...]
    while let found = rest.range(of: start) {
      count += 1
      rest = rest[found.upperBound...]
    }
    return count
  }
}
