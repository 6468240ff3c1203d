import Foundation
import LogFormats
import VeiledRecords

/// A second reader of both formats, written with strings and without a look at the first one.
struct NaiveParser {
  let isSquid: Bool
  var names: [String]?

  init(_ profile: FormatProfile) {
    isSquid = profile.name == "squid"
    guard isSquid else { return }
    names = "time elapsed client result bytes method url user hierarchy type".components(
      separatedBy: " "
    )
  }

  mutating func read(_ text: String) -> Reading {
    var reading = Reading()
    var text = Substring(text)
    var offset = 0
    if text.unicodeScalars.first == "\u{feff}" {
      text = Substring(text.unicodeScalars.dropFirst())
      offset = 3
    }
    // CR and LF together are one Character: lines are cut by bytes.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if lines.last == "" { lines.removeLast() }
    for (number, line) in lines.enumerated() {
      reading.counts.lines += 1
      switch read(line: line) {
      case nil: reading.counts.comments += 1
      case .failure(let refusal):
        reading.counts.rejected += 1
        reading.lines.append(
          ReadLine(
            line: number,
            offset: offset,
            status: "rejected",
            reason: refusal.reason.word,
            attribute: refusal.attribute?.word
          )
        )
      case .success(var event):
        reading.counts.events += 1
        event.line = number
        reading.lines.append(event)
      }
      offset += line.utf8.count + 1
    }
    return reading
  }

  struct Refusal: Error {
    var reason: RejectReason
    var attribute: Attribute?
  }

  private mutating func read(line: String) -> Result<ReadLine, Refusal>? {
    if line.utf8.first == UInt8(ascii: "#") {
      if !isSquid, line.lowercased().hasPrefix("#fields:") {
        names = line.dropFirst(8).components(separatedBy: .whitespaces).filter { !$0.isEmpty }
          .map { $0.trimmingCharacters(in: .newlines).lowercased() }.filter { !$0.isEmpty }
      }
      return nil
    }
    if line.isEmpty || line == "\r" { return nil }
    return Result { () throws(Refusal) in try event(line) }
  }

  private func event(_ line: String) throws(Refusal) -> ReadLine {
    guard let names else { throw Refusal(reason: .missingHeader) }
    try checkHeader(names)
    if line.unicodeScalars.contains("\0") { throw Refusal(reason: .binaryData) }
    let text = line.utf8.last == UInt8(ascii: "\r") ? String(line.unicodeScalars.dropLast()) : line
    let found = isSquid ? collapsed(text) : split(text, count: names.count)
    guard var values = found else { throw Refusal(reason: .unclosedQuote) }
    if !isSquid, values.count > names.count {
      // Two blanks behind a field; names in quotes may hold nothing.
      guard let again = splitAtEnds(text) else { throw Refusal(reason: .unclosedQuote) }
      values = again.filter { $0.isQuoted || !$0.text.isEmpty }
    }
    guard values.count == names.count || isSquid && values.count > names.count else {
      throw Refusal(reason: .fieldCount)
    }
    let texts = zip(names, values).map { name, field in
      let isDoubled = name == "cs-username" && field.isQuoted
      return (name, isDoubled ? field.text.replacing("\"\"", with: "\"") : field.text)
    }
    return try event(Dictionary(texts) { first, _ in first })
  }

  private func checkHeader(_ names: [String]) throws(Refusal) {
    let hasDate = names.contains("date") && names.contains("time")
    if !isSquid, !hasDate, !names.contains("x-timestamp-unix-utc") {
      throw Refusal(reason: .missingTime, attribute: .time)
    }
    if !["cs-host", "cs-uri", "r-ip", "url"].contains(where: names.contains) {
      throw Refusal(reason: .missingHost, attribute: .host)
    }
  }

  /// What a field holds, without its quotes.
  private typealias Field = (text: String, isQuoted: Bool)

  private func collapsed(_ line: String) -> [Field] {
    line.components(separatedBy: " ").filter { !$0.isEmpty }.map { ($0, false) }
  }

  /// Cuts at spaces outside of quotes.
  ///
  /// Pieces between quotes lie alternately outside and inside; only outside ones are cut. Where
  /// that does not give the number of fields asked for, quotes count at the ends of fields alone.
  private func split(_ line: String, count: Int) -> [Field]? {
    let pieces = line.components(separatedBy: "\"")
    var fields = [""]
    for (place, piece) in pieces.enumerated() {
      if place > 0 { fields[fields.count - 1] += "\"" }
      let parts = place.isMultiple(of: 2) ? piece.components(separatedBy: " ") : [piece]
      fields[fields.count - 1] += parts[0]
      fields += parts.dropFirst()
    }
    if !pieces.count.isMultiple(of: 2), fields.count == count { return fields.map(unquoted) }
    return splitAtEnds(line)
  }

  private func unquoted(_ field: String) -> Field {
    let isQuoted = field.utf8.count >= 2 && field.hasPrefix("\"") && field.hasSuffix("\"")
    return (isQuoted ? String(field.dropFirst().dropLast()) : field, isQuoted)
  }

  private func splitAtEnds(_ line: String) -> [Field]? {
    var fields: [Field] = []
    var rest = line.components(separatedBy: " ")[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("\"") else {
        fields.append((word, false))
        continue
      }
      var words = [String(word.dropFirst())]
      while !(words[words.count - 1].hasSuffix("\"")) {
        guard let next = rest.popFirst() else { return nil }
        words.append(next)
      }
      fields.append((String(words.joined(separator: " ").dropLast()), true))
    }
    return fields
  }

  private func value(_ name: String, _ values: [String: String]) -> String? {
    values[name].flatMap { $0.isEmpty || $0 == "-" ? nil : $0 }
  }

  /// The address that the proxy talked to; Squid writes it behind a slash.
  private func server(_ values: [String: String]) -> String? {
    guard isSquid else { return value("r-ip", values) }
    let parts = (values["hierarchy"] ?? "").components(separatedBy: "/")
    guard parts.count > 1, let last = parts.last, last.contains(".") || last.contains(":") else {
      return nil
    }
    return last.lowercased().contains { ("g"..."z").contains($0) } ? nil : last
  }

  /// Also with a port, in brackets or with a zone.
  private func isAddress(_ user: String) -> Bool {
    var text = user[...]
    if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
      text = text[text.index(after: text.startIndex)..<close]
    } else if text.count(where: { $0 == ":" }) == 1 {
      text = text.prefix { $0 != ":" }
    }
    let bytes = Array(text.prefix { $0 != "%" }.utf8)
    let (dots, colons) = (
      bytes.filter { $0 == UInt8(ascii: ".") }.count, bytes.filter { $0 == UInt8(ascii: ":") }.count
    )
    guard bytes.allSatisfy({ ".:0123456789abcdefABCDEF".utf8.contains($0) }) else { return false }
    return colons > 1 || (dots == 3 && bytes.allSatisfy { ".:0123456789".utf8.contains($0) })
  }

  private func event(_ values: [String: String]) throws(Refusal) -> ReadLine {
    var line = ReadLine(line: 0)
    line.time = try time(values)
    if isSquid {
      line.downloaded = try bytes("bytes", .downloadedBytes, values)
    } else {
      line.uploaded = try bytes("cs-bytes", .uploadedBytes, values)
      line.downloaded = try bytes("sc-bytes", .downloadedBytes, values)
    }
    if line.uploaded != nil || line.downloaded != nil {
      line.total = (line.uploaded ?? 0) + (line.downloaded ?? 0)
    }
    line.host =
      value("cs-host", values) ?? host(values["cs-uri"]) ?? host(values["url"])
      ?? server(values)
    if line.host == nil { throw Refusal(reason: .missingHost, attribute: .host) }
    line.user = value(isSquid ? "user" : "cs-username", values).flatMap { user in
      isAddress(user) || NobodyWords.all.contains(user.lowercased()) ? nil : user
    }
    line.source = value(isSquid ? "client" : "c-ip", values)
    line.device = value("c-machine-name", values)
    line.destination = server(values)
    line.method = value(isSquid ? "method" : "cs-method", values)
    line.httpStatus = value(isSquid ? "result" : "sc-status", values)
    line.userAgent = value("cs(user-agent)", values)
    let words = (isSquid ? ["result"] : ["sc-filter-result", "s-action"]).compactMap {
      value($0, values)?.lowercased()
    }
    let isBlocked = words.contains { $0.contains("denied") || $0.contains("blocked") }
    line.action = words.isEmpty ? nil : isBlocked ? "blocked" : "allowed"
    return line
  }

  private func bytes(
    _ name: String,
    _ attribute: Attribute,
    _ values: [String: String]
  ) throws(Refusal) -> Int64? {
    guard let text = value(name, values) else { return nil }
    guard Self.isNumber(text, 1...19), let number = Int64(text), number <= 9_007_199_254_740_992
    else {
      throw Refusal(reason: .badByteCount, attribute: attribute)
    }
    return number
  }

  private func time(_ values: [String: String]) throws(Refusal) -> Int64 {
    let bad = Refusal(reason: .badTime, attribute: .time)
    if let date = values["date"], let time = values["time"] {
      if [date, time].contains(where: { $0.isEmpty || $0 == "-" }) {
        throw Refusal(reason: .missingTime, attribute: .time)
      }
      guard let micros = Self.micros(date, time) else { throw bad }
      return micros
    }
    guard let text = value(isSquid ? "time" : "x-timestamp-unix-utc", values) else {
      throw Refusal(reason: .missingTime, attribute: .time)
    }
    let parts = text.components(separatedBy: ".")
    guard parts.count <= 2, Self.isNumber(parts[0], 1...10), let seconds = Int64(parts[0]),
      parts.count == 1 || Self.isNumber(parts[1], 1...18), seconds < 65_535 * 86_400
    else { throw bad }
    return seconds * 1_000_000 + Self.fraction(parts.count > 1 ? parts[1] : "")
  }

  private static func fraction(_ digits: String) -> Int64 {
    Int64((digits + "000000").prefix(6)) ?? 0
  }

  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  private static func isNumber(_ text: some StringProtocol, _ lengths: ClosedRange<Int>) -> Bool {
    lengths.contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func micros(_ date: String, _ time: String) -> Int64? {
    let (day, clock) = (
      date.components(separatedBy: "-"), time.prefix(8).components(separatedBy: ":")
    )
    guard day.count == 3, isNumber(day[0], 4...4), isNumber(day[1], 2...2), isNumber(day[2], 2...2),
      clock.count == 3, clock.allSatisfy({ isNumber($0, 2...2) }),
      time.count == 8 || ".,".contains(time.dropFirst(8).prefix(1)) && time.count > 9,
      time.count == 8 || isNumber(time.dropFirst(9), 1...18)
    else { return nil }
    var parts = DateComponents()
    (parts.year, parts.month, parts.day) = (Int(day[0]), Int(day[1]), Int(day[2]))
    guard let year = parts.year, (1970...2148).contains(year), parts.isValidDate(in: calendar),
      let midnight = calendar.date(from: parts), let hour = Int64(clock[0]),
      let minute = Int64(clock[1]), let second = Int64(clock[2]), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    let seconds = Int64(midnight.timeIntervalSince1970) + hour * 3600 + minute * 60 + second
    return seconds * 1_000_000 + fraction(String(time.dropFirst(9)))
  }

  private func host(_ url: String?) -> String? {
    guard let url, url != "-", url != "*" else { return nil }
    let mark = url.range(of: "://")
    let scheme = mark.flatMap { mark in
      let word = url[..<mark.lowerBound]
      return word.utf8.count < 32 && !word.contains { "/?.".contains($0) } ? mark : nil
    }
    let rest = url[(scheme?.upperBound ?? url.startIndex)...]
    var authority = String(rest.prefix { !"/?#".contains($0) })
    if let at = authority.lastIndex(of: "@") {
      guard scheme != nil else { return nil }
      authority = String(authority[authority.index(after: at)...])
    }
    let host: String
    if authority.hasPrefix("[") {
      guard let close = authority.firstIndex(of: "]") else { return nil }
      host = String(authority[authority.index(after: authority.startIndex)..<close])
    } else {
      let parts = authority.components(separatedBy: ":")
      switch parts.count {
      case 1: host = authority
      case 2:
        guard scheme != nil || Self.isNumber(parts[1], 1...5) else { return nil }
        host = parts[0]
      default:
        guard authority.allSatisfy({ "0123456789ABCDEFabcdef:.".contains($0) }) else { return nil }
        host = authority
      }
    }
    return host.isEmpty || host == "-" || host == "*" ? nil : host
  }
}
