import ByteBlocks
import ByteKernels
import ClearRecords
import Foundation
import LogFormats
import TestSupport
import VeiledRecords

/// One line as the tests see it: an event with its fields, or why it is none.
struct ReadLine: Equatable, Sendable, CustomStringConvertible {
  var line: Int
  var offset: Int?
  var status = "event"
  var reason: String?
  var attribute: String?
  var time: Int64?
  var user: String?
  var source: String?
  var host: String?
  var device: String?
  var destination: String?
  var action: String?
  var method: String?
  var httpStatus: String?
  var userAgent: String?
  var uploaded: Int64?
  var downloaded: Int64?
  var total: Int64?

  var description: String {
    guard status == "event" else {
      return "\(line) @\(offset ?? -1) \(status) \(reason ?? "-") \(attribute ?? "-")"
    }
    let texts = [user, source, host, device, destination, action, method, httpStatus, userAgent]
    let numbers = [time, uploaded, downloaded, total]
    return "\(line) \(texts.map { $0 ?? "-" }) \(numbers.map { $0.map(String.init) ?? "-" })"
  }
}

/// All that was read of a text.
struct Reading: Equatable {
  /// Events and rejected lines, by their lines; lines left out are comments.
  var lines: [ReadLine] = []
  var counts = LineCounts()
}

/// Reads texts as the pipeline does: headers in order, blocks by a parser.
struct LogReader: ~Copyable {
  var header: HeaderReader
  let parser: any BlockParser

  init(_ profile: FormatProfile, zone: TimeZoneRule = .utc, level: KernelLevel = .best) {
    header = HeaderReader(profile)
    parser = profile.parser(zone: zone, withDetails: true, level: level)
  }

  /// Reads `text` in blocks that end at `cuts`, each behind a newline.
  mutating func read(_ text: [UInt8], cuts: [Int] = []) throws -> Reading {
    var reading = Reading()
    var start = 0
    for end in cuts + [text.count] where end > start || text.isEmpty {
      let block = try makeBlock(Array(text[start..<end]))
      let plan = header.read(block)
      let batch = parser.parse(block, header: plan, textOffset: start)
      Self.collect(batch, firstLine: reading.counts.lines, into: &reading)
      start = end
    }
    reading.lines.sort { $0.line < $1.line }
    return reading
  }

  private static func collect(
    _ batch: borrowing RecordBatch,
    firstLine: Int,
    into reading: inout Reading
  ) {
    reading.counts += batch.counts
    for reject in batch.rejects {
      reading.lines.append(
        ReadLine(
          line: firstLine + reject.line,
          offset: reject.offset,
          status: "rejected",
          reason: reject.status.reason?.word,
          attribute: reject.status.attribute?.word
        )
      )
    }
    for record in 0..<batch.count where batch.status[record] == 0 {
      reading.lines.append(line(batch, record, firstLine: firstLine))
    }
  }

  private static func line(
    _ batch: borrowing RecordBatch,
    _ record: Int,
    firstLine: Int
  ) -> ReadLine {
    var line = ReadLine(line: firstLine + Int(batch.lines[record]))
    line.time = batch.times[record]
    line.user = text(batch.users[record], batch.block)
    line.source = text(batch.sources[record], batch.block)
    line.host = text(batch.hosts[record], batch.block)
    line.device = text(batch.devices[record], batch.block)
    line.action = EventAction(rawValue: batch.actions[record])?.word
    line.uploaded = number(batch.uploaded[record])
    line.downloaded = number(batch.downloaded[record])
    line.total = number(batch.totals[record])
    if let details = details(batch, record) {
      line.destination = text(details.destination, batch.block)
      line.method = text(details.method, batch.block)
      line.httpStatus = text(details.status, batch.block)
      line.userAgent = text(details.userAgent, batch.block)
    }
    return line
  }

  private static func details(
    _ batch: borrowing RecordBatch,
    _ record: Int
  ) -> (destination: FieldRange, method: FieldRange, status: FieldRange, userAgent: FieldRange)? {
    switch batch.details {
    case .some(let details):
      (
        details.destinations[record], details.methods[record], details.statuses[record],
        details.userAgents[record]
      )
    case .none: nil
    }
  }

  private static func number(_ value: Int64) -> Int64? { value == .min ? nil : value }

  /// A field as text; `nil` where it is empty or `-`.
  private static func text(_ range: FieldRange, _ block: borrowing Block) -> String? {
    let bytes = block.bytes(of: range)
    return bytes.isEmpty || bytes == [UInt8(ascii: "-")]
      ? nil : String(decoding: bytes, as: UTF8.self)
  }
}

/// The offsets behind all newlines of a text but the last byte's.
func lineStarts(_ text: [UInt8]) -> [Int] {
  text.indices.filter { text[$0] == UInt8(ascii: "\n") && $0 + 1 < text.count }.map { $0 + 1 }
}

/// Reads a text with a fresh reader.
func read(
  _ text: [UInt8],
  _ profile: FormatProfile = .w3cExtended,
  cuts: [Int] = [],
  zone: TimeZoneRule = .utc,
  level: KernelLevel = .best
) throws -> Reading {
  var reader = LogReader(profile, zone: zone, level: level)
  return try reader.read(text, cuts: cuts)
}

func read(_ text: String, _ profile: FormatProfile = .w3cExtended) throws -> Reading {
  try read(Array(text.utf8), profile)
}
