import Foundation
import Glibc
import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// The committed samples, read in blocks of any cut, give what stands beside them.
@Suite struct SampleTests {
  /// One line of `expected.jsonl`.
  struct Expected: Decodable {
    var line: Int
    var status: String
    var reason: String?
    var time: String?
    var user_clear: String?
    var src_ip: String?
    var host: String?
    var action: String?
    var method: String?
    var http_status: Int?
    var uploaded_bytes: Int64?
    var downloaded_bytes: Int64?
    var total_bytes: Int64?
  }

  struct Sample {
    var profile: FormatProfile
    var text: [UInt8]
    var expected: [Expected]

    init(_ name: String) throws {
      profile = try #require(FormatCatalog.profile(named: name))
      text = try repositoryFile("Datasets/samples/\(name)/samples.log")
      let lines = try repositoryFile("Datasets/samples/\(name)/expected.jsonl")
        .split(separator: UInt8(ascii: "\n"))
      expected = try lines.map { try JSONDecoder().decode(Expected.self, from: Data($0)) }
    }
  }

  static let names = ["squid", "w3c"]

  @Test(arguments: names) func eachLineIsAsExpected(name: String) throws {
    let sample = try Sample(name)
    let reading = try read(sample.text, sample.profile)
    var lines = Dictionary(uniqueKeysWithValues: reading.lines.map { ($0.line + 1, $0) })
    for expected in sample.expected {
      let found = lines.removeValue(forKey: expected.line).map(Self.afterTheVeil)
      #expect(found == Self.line(expected), "line \(expected.line)")
    }
    #expect(lines.isEmpty)
    #expect(reading.counts.addUp)
    #expect(reading.counts.lines == sample.expected.count)
    #expect(reading.counts.comments == sample.expected.count { $0.status == "comment" })
    #expect(reading.counts.rejected == reading.lines.count { $0.status == "rejected" })
  }

  @Test(arguments: names) func blocksMayEndBehindAnyLine(name: String) throws {
    let sample = try Sample(name)
    let whole = try read(sample.text, sample.profile)
    let starts = lineStarts(sample.text)
    #expect(try read(sample.text, sample.profile, cuts: starts) == whole)
    for cut in starts {
      #expect(try read(sample.text, sample.profile, cuts: [cut]) == whole, "cut at \(cut)")
    }
    for seed in 0..<50 {
      var random = SeededRandom(seed: seed)
      let cuts = starts.filter { _ in random.once(in: 3) }
      #expect(try read(sample.text, sample.profile, cuts: cuts) == whole, "seed \(seed)")
    }
  }

  @Test(arguments: names) func rejectsNameTheirOffset(name: String) throws {
    let sample = try Sample(name)
    let starts = [0] + lineStarts(sample.text)
    for line in try read(sample.text, sample.profile).lines where line.status == "rejected" {
      #expect(line.offset == starts[line.line])
    }
  }

  // --- what the stages behind the parser make of a line ---

  private static let noNames: Set = ["N/A", "anonymous", "unknown"]

  /// Names without meaning, canonical addresses and hosts, as the veil will have them.
  private static func afterTheVeil(_ read: ReadLine) -> ReadLine {
    var line = read
    line.offset = nil
    line.attribute = nil
    line.destination = nil
    line.userAgent = nil
    if let user = line.user, noNames.contains(user) { line.user = nil }
    // Squid writes `TCP_MISS/200`; a status of 0 was never sent.
    let status = line.httpStatus.flatMap { Int($0.split(separator: "/").last ?? "") }
    line.httpStatus = status.flatMap { $0 == 0 ? nil : String($0) }
    guard line.status == "event" else { return line }
    if let source = line.source {
      let isName = source.lowercased().contains { ("g"..."z").contains($0) }
      line.source = canonicalAddress(source)
      if line.source == nil, !isName { return refused(line, .badAddress) }
    }
    var host: [UInt8] = []
    let raw = Array((line.host ?? "").utf8)
    guard HostName.canonicalise(raw.span, into: &host) else { return refused(line, .badHost) }
    line.host = String(decoding: host, as: UTF8.self)
    return line
  }

  private static func refused(_ line: ReadLine, _ reason: RejectReason) -> ReadLine {
    ReadLine(line: line.line, status: "rejected", reason: reason.word)
  }

  private static func canonicalAddress(_ text: String) -> String? {
    let family = text.contains(":") ? AF_INET6 : AF_INET
    var bytes = [UInt8](repeating: 0, count: 16)
    guard unsafe inet_pton(family, text, &bytes) == 1 else { return nil }
    var name = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    unsafe inet_ntop(family, bytes, &name, socklen_t(name.count))
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// What an expectation asks for; `nil` for a comment.
  private static func line(_ expected: Expected) -> ReadLine? {
    guard expected.status != "comment" else { return nil }
    var line = ReadLine(line: expected.line - 1, status: expected.status, reason: expected.reason)
    line.time = expected.time.flatMap(micros)
    line.user = expected.user_clear
    line.source = expected.src_ip
    line.host = expected.host
    line.action = expected.action
    line.method = expected.method
    line.httpStatus = expected.http_status.map { String($0) }
    line.uploaded = expected.uploaded_bytes
    line.downloaded = expected.downloaded_bytes
    line.total = expected.total_bytes
    return line
  }

  private static func micros(_ text: String) -> Int64? {
    let whole = text.prefix(19) + "Z"
    guard let date = try? Date(String(whole), strategy: .iso8601),
      let fraction = Int64(text.dropFirst(20).prefix(6))
    else { return nil }
    return Int64(date.timeIntervalSince1970) * 1_000_000 + fraction
  }
}
