internal import ByteBlocks

/// Arrays of JSON, of which a parser takes the first member alone that holds something.
enum JSONArray {
  /// The members behind one, if that is what a field is: texts without their quotes, and numbers,
  /// up to the first object; those of arrays within the array are among them.
  static func members(behind first: FieldRange, in bytes: Span<UInt8>) -> [FieldRange] {
    var place = Int(first.start) - 1
    let isText = place >= 0 && bytes[place] == quote
    var depth = depth(before: isText ? place : place + 1, bytes)
    if depth == 0 { return [] }
    place = isText ? textEnd(from: Int(first.end), bytes) + 1 : Int(first.end)
    var members: [FieldRange] = []
    while depth > 0, place < bytes.count {
      let start = place
      switch bytes[place] {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","), 1...0x20: break
      case quote:
        place = textEnd(from: start + 1, bytes)
        guard place < bytes.count else { return members }
        members.append(FieldRange(start: UInt32(start + 1), end: UInt32(place)))
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        place = numberEnd(from: start, bytes)
        members.append(FieldRange(start: UInt32(start), end: UInt32(place)))
        continue
      case UInt8(ascii: "a")...UInt8(ascii: "z"): break  // `null`, which is nobody.
      default: return members
      }
      place += 1
    }
    return members
  }

  private static let quote = UInt8(ascii: "\"")

  /// In how many arrays a value in front of `end` lies; members before it hold nothing, or nobody.
  private static func depth(before end: Int, _ bytes: Span<UInt8>) -> Int {
    var (depth, place) = (0, end - 1)
    while place >= 0 {
      switch bytes[place] {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","), 1...0x20, UInt8(ascii: "a")...UInt8(ascii: "z"): break
      case quote: place = textStart(before: place, bytes)
      default: return max(depth, 0)
      }
      place -= 1
    }
    return max(depth, 0)
  }

  /// Where the quote stands that begins the text which ends at `end`; -1: nowhere.
  private static func textStart(before end: Int, _ bytes: Span<UInt8>) -> Int {
    var start = end - 1
    while start >= 0 {
      if bytes[start] == quote {
        var escapes = start
        while escapes > 0, bytes[escapes - 1] == UInt8(ascii: "\\") { escapes -= 1 }
        if (start - escapes) % 2 == 0 { return start }
      }
      start -= 1
    }
    return -1
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
}
