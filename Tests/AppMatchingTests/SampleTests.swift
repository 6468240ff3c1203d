import Foundation
import Testing
import VeiledRecords

/// The committed samples are whole and agree with themselves.
@Suite struct SampleTests {
  struct Expected: Decodable {
    var line: Int
    var status: String
    var reason: String?
    var time: String?
    var host: String?
    var action: String?
    var uploaded_bytes: Int64?
    var downloaded_bytes: Int64?
    var total_bytes: Int64?
  }

  static let keys: Set = [
    "line", "status", "reason", "time", "user_clear", "src_ip", "host", "action", "method",
    "http_status", "uploaded_bytes", "downloaded_bytes", "total_bytes",
  ]

  @Test(arguments: ["w3c", "squid"]) func expectationsFitTheLog(format: String) throws {
    let log = try file("Datasets/samples/\(format)/samples.log")
    let expected = try file("Datasets/samples/\(format)/expected.jsonl")
      .split(separator: UInt8(ascii: "\n")).map { Data($0) }
    #expect(log.last != UInt8(ascii: "\n"))
    let lines = log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    #expect(lines.count == expected.count)
    for (index, (line, json)) in zip(lines, expected).enumerated() {
      let object = try JSONSerialization.jsonObject(with: json) as? [String: Any]
      #expect(Set((object ?? [:]).keys) == Self.keys)
      try check(try JSONDecoder().decode(Expected.self, from: json), Array(line), index + 1)
    }
  }

  private func check(_ expected: Expected, _ line: [UInt8], _ number: Int) throws {
    #expect(expected.line == number)
    switch expected.status {
    case "event":
      let time = try #require(expected.time)
      #expect(time.utf8.count == 27 && time.hasSuffix("Z"))
      let host = try #require(expected.host)
      #expect(String(decoding: line, as: UTF8.self).lowercased().contains(host))
      let bytes = [expected.uploaded_bytes, expected.downloaded_bytes].compactMap { $0 }
      #expect(expected.total_bytes == (bytes.isEmpty ? nil : bytes.reduce(0, +)))
      #expect(expected.reason == nil)
    case "rejected":
      #expect(RejectReason.allCases.contains { $0.word == expected.reason })
      #expect(expected.time == nil && expected.host == nil)
    case "comment":
      #expect(line.isEmpty || line.first == UInt8(ascii: "#"))
      #expect(expected.reason == nil)
    default: Issue.record("line \(number): no such status")
    }
  }
}
