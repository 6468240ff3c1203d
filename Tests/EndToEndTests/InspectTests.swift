import Foundation
import Testing

@Suite struct InspectTests {
  private static let keys: Set = [
    "line", "offset", "status", "reason", "time", "user", "src_ip", "dst_ip", "host", "device",
    "action", "method", "http_status", "uploaded_bytes", "downloaded_bytes", "total_bytes", "app",
  ]

  /// Every line of the samples says what stands beside them.
  @Test(arguments: ["w3c", "squid"])
  func showsWhatTheSamplesSay(format: String) throws {
    let program = try Program()
    let sample = Program.sample(format)
    let outcome = try program.run(
      "inspect", sample, "--records", "--json", "--clear", "--justification", "test")
    #expect(outcome.exitCode == 0)
    let rows = try outcome.objects()
    let text = try Data(contentsOf: URL(filePath: sample))
    let expected = try String(
      contentsOf: URL(filePath: sample).deletingLastPathComponent().appending(
        path: "expected.jsonl"),
      encoding: .utf8
    ).split(separator: "\n")
    #expect(rows.count == expected.count)
    for (row, line) in zip(rows, expected) {
      let wanted = try #require(
        JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: NSObject])
      #expect(Set(row.keys) == Self.keys.union(["user_clear", "user_canonical"]))
      let offset = try #require(row["offset"] as? Int)
      #expect(text[..<offset].count { $0 == 10 } + 1 == row["line"] as? Int)
      // What the parser takes or refuses is its own tests' matter.
      guard row["status"] as? NSObject == wanted["status"],
        row["reason"] as? NSObject == wanted["reason"]
      else { continue }
      for (key, value) in wanted { #expect(row[key] as? NSObject == value, "\(format) \(key)") }
    }
  }

  @Test func usersArePseudonymsUnlessAskedFor() throws {
    let program = try Program()
    let outcome = try program.run("inspect", Program.sample("w3c"), "--records", "--json")
    let rows = try outcome.objects()
    #expect(rows.allSatisfy { Set($0.keys) == Self.keys })
    let users = rows.compactMap { $0["user"] as? String }
    #expect(!users.isEmpty && users.allSatisfy { $0.hasPrefix("u1-") })
    #expect(!outcome.output.lowercased().contains("brookling"))
    for arguments in [[], ["--line", "8"], ["--line", "8", "--json"], ["--json"], ["--records"]] {
      let other = try program.run(["inspect", Program.sample("w3c")] + arguments)
      #expect(other.exitCode == 0)
      #expect(!other.output.lowercased().contains("brookling"), "\(arguments)")
    }
    let name = try program.run(
      "resolve", "--from-anonymised", users[0], "--justification", "test")
    #expect(name.output == "corp\\anna.brookling\n")
    #expect(try !program.homeHolds("brookling"))
  }

  @Test func clearNamesAreRecordedFirst() throws {
    let program = try Program()
    let blank = try program.run(
      "inspect", Program.sample("squid"), "--records", "--clear", "--justification", " ")
    #expect(blank.exitCode == 64)
    let shown = try program.run(
      "inspect", Program.sample("squid"), "--line", "1", "--clear", "--justification", "case 9")
    #expect(shown.output.contains("anna.brookling"))
    let log = try program.run(
      "governance", "list", "--action", "inspect_clear", "--json"
    ).objects()
    #expect(log.map { $0["status"] as? String } == ["intent", "successful"])
    #expect(log.allSatisfy { $0["target"] as? String == "samples.log" })
    #expect(log.allSatisfy { $0["justification"] as? String == "case 9" })
  }

  @Test func explainsALineByNumberAndOffset() throws {
    let program = try Program()
    let sample = Program.sample("w3c")
    let byLine = try #require(
      program.run("inspect", sample, "--line", "9", "--json").objects().first)
    let offset = try #require(byLine["offset"] as? Int)
    let text = try Data(contentsOf: URL(filePath: sample))
    let fields = try #require(byLine["fields"] as? [[String: Any]])
    #expect(byLine["fields_expected"] as? Int == fields.count)
    let host = try #require(fields.first { $0["name"] as? String == "cs-host" })
    let range = try (#require(host["start"] as? Int))..<(#require(host["end"] as? Int))
    #expect(String(decoding: text[range], as: UTF8.self) == host["value"] as? String)
    let record = try #require(byLine["record"] as? [String: Any])
    #expect(record["line"] as? Int == 9)
    let byOffset = try program.run("inspect", sample, "--offset", "\(offset + 5)", "--json")
    let other = try #require(byOffset.objects().first)
    #expect(other["line"] as? Int == 9)
    // A name may stand in any field of a line that could not be read.
    let refused = try #require(
      program.run("inspect", sample, "--line", "32", "--json").objects().first)
    #expect(refused["reason"] as? String == "bad_host")
    #expect(refused["reason_attribute"] as? String == "host")
    let values = try #require(refused["fields"] as? [[String: Any]])
    #expect(values.allSatisfy { $0["value"] is NSNull })
    #expect(try program.run("inspect", sample, "--line", "5000").exitCode == 65)
  }

  @Test(arguments: ["gzip", "zstd", "lz4"])
  func readsEveryCodec(tool: String) throws {
    let program = try Program()
    let packed = program.folder.appending(path: "packed")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/\(tool)")
    process.arguments = ["-c", Program.sample("w3c")]
    _ = FileManager.default.createFile(atPath: packed.path, contents: nil)
    process.standardOutput = try FileHandle(forWritingTo: packed)
    try process.run()
    process.waitUntilExit()
    let plain = try program.run("inspect", Program.sample("w3c"), "--records", "--json")
    let other = try program.run("inspect", packed.path, "--records", "--json")
    #expect(plain.output == other.output)
    let stream = try program.run(
      ["inspect", "-", "--records", "--json"], input: Data(contentsOf: packed))
    #expect(stream.output == plain.output)
    let object = try #require(program.run("inspect", packed.path, "--json").objects().first)
    #expect(object["codec"] as? String == tool)
    #expect(object["format"] as? String == "w3c")
    #expect((object["attributes_missing"] as? [String])?.contains("device") == true)
    #expect((object["records"] as? [Any])?.count == 10)

    let bytes = try Data(contentsOf: packed)
    try bytes.dropLast(9).write(to: packed)
    let cut = try program.run("inspect", packed.path, "--records", "--json")
    #expect(cut.exitCode == 65)
    #expect(cut.errors.contains("byte"))
  }

  @Test func saysWhenNoFormatFits() throws {
    let program = try Program()
    for more in [[], ["--records"], ["--line", "1"]] {
      let outcome = try program.run(["inspect", "-"] + more, input: Data("hello\n".utf8))
      #expect(outcome.exitCode == 65)
    }
    let empty = try program.run("inspect", "-", "--records", "--json")
    #expect(empty.exitCode == 0)
    #expect(empty.output.isEmpty)
  }
}
