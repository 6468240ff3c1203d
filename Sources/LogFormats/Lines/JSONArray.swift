internal import ByteBlocks

/// Arrays of JSON, of which a parser takes the first member alone.
enum JSONArray {
  /// The members behind the first one, if that is what a field is: texts without their quotes, and
  /// numbers.
  static func members(behind first: FieldRange, in bytes: Span<UInt8>) -> [FieldRange] {
    var place = Int(first.start) - 1
    let isText = place >= 0 && bytes[place] == quote
    if isText { place -= 1 }
    while place >= 0, bytes[place] == UInt8(ascii: " ") { place -= 1 }
    guard place >= 0, bytes[place] == UInt8(ascii: "[") else { return [] }
    place = isText ? textEnd(from: Int(first.end), bytes) + 1 : Int(first.end)
    var members: [FieldRange] = []
    while skip(UInt8(ascii: ","), &place, bytes), place < bytes.count {
      let isText = bytes[place] == quote
      let start = isText ? place + 1 : place
      let end = isText ? textEnd(from: start, bytes) : numberEnd(from: start, bytes)
      guard isText || end > start, end < bytes.count else { break }
      members.append(FieldRange(start: UInt32(start), end: UInt32(end)))
      place = isText ? end + 1 : end
    }
    return members
  }

  private static let quote = UInt8(ascii: "\"")

  /// Goes behind a sign and the blanks around it; `false` where it does not stand there.
  private static func skip(_ sign: UInt8, _ place: inout Int, _ bytes: Span<UInt8>) -> Bool {
    while place < bytes.count, isBlank(bytes[place]) { place += 1 }
    guard place < bytes.count, bytes[place] == sign else { return false }
    repeat { place += 1 } while place < bytes.count && isBlank(bytes[place])
    return true
  }

  private static func textEnd(from start: Int, _ bytes: Span<UInt8>) -> Int {
    var end = start
    while end < bytes.count, bytes[end] != quote {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(end, bytes.count)
  }

  private static func numberEnd(from start: Int, _ bytes: Span<UInt8>) -> Int {
    var end = start
    while end < bytes.count, bytes[end] &- 0x30 < 10 { end += 1 }
    return end
  }

  /// A blank or a line's end: a record may go over several lines.
  private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 && byte > 0 }
}
