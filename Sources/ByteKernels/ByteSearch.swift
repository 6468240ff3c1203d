internal import Glibc

/// Finds places in a text, sixteen bytes at a time.
public enum ByteSearch {
  private static let width = 16

  /// The first place in `range` at which `byte` stands; its end where it does not.
  public static func first(_ byte: UInt8, in text: Span<UInt8>, _ range: Range<Int>) -> Int {
    // SAFETY: the library reads only the bytes of the part, which live for this call.
    unsafe text.extracting(range).withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress,
        let found = unsafe memchr(start, Int32(byte), bytes.count)
      else { return range.upperBound }
      return unsafe range.lowerBound + (UnsafeRawPointer(found) - start)
    }
  }

  /// The first place in `range` at which there is one of four bytes, or one of two pairs of bytes;
  /// its end where there is none. A pair lies in `range` as a whole.
  public static func first(
    of wanted: (UInt8, UInt8, UInt8, UInt8), orPairs pairs: (a: (UInt8, UInt8), b: (UInt8, UInt8)),
    in text: Span<UInt8>, _ range: Range<Int>
  ) -> Int {
    let (a, b, c, d) = (
      SIMD16<UInt8>(repeating: wanted.0), SIMD16<UInt8>(repeating: wanted.1),
      SIMD16<UInt8>(repeating: wanted.2), SIMD16<UInt8>(repeating: wanted.3)
    )
    let (e, f) = (SIMD16<UInt8>(repeating: pairs.a.0), SIMD16<UInt8>(repeating: pairs.a.1))
    let (g, h) = (SIMD16<UInt8>(repeating: pairs.b.0), SIMD16<UInt8>(repeating: pairs.b.1))
    var place = range.lowerBound
    while place + width < range.upperBound {
      let (bytes, next) = (load(text, place), load(text, place + 1))
      let hits =
        (bytes .== a) .| (bytes .== b) .| (bytes .== c) .| (bytes .== d)
        .| ((bytes .== e) .& (next .== f)) .| ((bytes .== g) .& (next .== h))
      if isAny(hits) { return place + firstLane(hits) }
      place += width
    }
    while place < range.upperBound {
      let byte = text[place]
      if byte == wanted.0 || byte == wanted.1 || byte == wanted.2 || byte == wanted.3 {
        return place
      }
      if place + 1 < range.upperBound,
        (byte, text[place + 1]) == pairs.a || (byte, text[place + 1]) == pairs.b
      {
        return place
      }
      place += 1
    }
    return range.upperBound
  }

  /// The first place in `range` at which two bytes may be these, whatever the case of letters: bit
  /// 5 is not looked at. The second byte may lie at the end of `range`, and then is not looked at.
  public static func first(
    _ one: UInt8, then two: UInt8, in text: Span<UInt8>, _ range: Range<Int>
  ) -> Int {
    let bit = SIMD16<UInt8>(repeating: 0x20)
    let (a, b) = (SIMD16(repeating: one | 0x20), SIMD16(repeating: two | 0x20))
    var place = range.lowerBound
    while place + width < range.upperBound {
      let hits = ((load(text, place) | bit) .== a) .& ((load(text, place + 1) | bit) .== b)
      if isAny(hits) { return place + firstLane(hits) }
      place += width
    }
    while place < range.upperBound, text[place] | 0x20 != one | 0x20 { place += 1 }
    return place
  }

  /// The first place from `start` on at which `word` stands as a word of its own, whatever the case
  /// of ASCII letters; `nil` where there is none.
  ///
  /// - Parameters:
  ///   - word: two bytes or more.
  ///   - line: the part of `text` that is searched; a word may start and end with it.
  public static func word(
    _ word: Span<UInt8>, in text: Span<UInt8>, _ line: Range<Int>, from start: Int
  ) -> Int? {
    precondition(word.count >= 2, "A word has two bytes or more.")
    var place = start - 1
    while true {
      place = first(word[0], then: word[1], in: text, place + 1..<line.upperBound)
      let end = place + word.count
      guard end <= line.upperBound else { return nil }
      if place == line.lowerBound || !isLetter(text[place - 1]) || isEscape(text, line, place),
        end == line.upperBound || !isLetter(text[end]), equals(word, in: text, at: place)
      {
        return place
      }
    }
  }

  /// Whether a letter's escape ends in front of a place, as `%5C`, `\u003d` or `\n`: it is no
  /// letter of the word.
  private static func isEscape(_ text: Span<UInt8>, _ line: Range<Int>, _ place: Int) -> Bool {
    let room = place - line.lowerBound
    if room >= 2, text[place - 2] == UInt8(ascii: "\\") {
      let byte = text[place - 1]
      return byte == UInt8(ascii: "n") || byte == UInt8(ascii: "r") || byte == UInt8(ascii: "t")
    }
    guard room >= 3, isHexadecimal(text[place - 2]), isHexadecimal(text[place - 1]) else {
      return false
    }
    return text[place - 3] == UInt8(ascii: "%")
      || room >= 6 && text[place - 6] == UInt8(ascii: "\\")
        && text[place - 5] == UInt8(ascii: "u")
        && isHexadecimal(text[place - 4]) && isHexadecimal(text[place - 3])
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
  }

  private static func equals(_ word: Span<UInt8>, in text: Span<UInt8>, at place: Int) -> Bool {
    for offset in word.indices where fold(text[place + offset]) != fold(word[offset]) {
      return false
    }
    return true
  }

  private static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  /// A digit, a letter, or a byte of one beyond ASCII.
  private static func isLetter(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || byte >= 0x80 || (byte | 0x20) &- 0x61 < 26
  }

  @inline(__always)
  private static func load(_ text: Span<UInt8>, _ place: Int) -> SIMD16<UInt8> {
    precondition(place >= 0 && place + width <= text.count, "There are no sixteen bytes.")
    // SAFETY: sixteen bytes lie there, and any bytes are such a vector.
    return unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: SIMD16<UInt8>.self)
  }

  @inline(__always)
  private static func isAny(_ hits: SIMDMask<SIMD16<Int8>>) -> Bool {
    // SAFETY: a mask is sixteen bytes, all ones or all zeros each.
    let halves = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
    return halves[0] | halves[1] != 0
  }

  @inline(__always)
  private static func firstLane(_ hits: SIMDMask<SIMD16<Int8>>) -> Int {
    // SAFETY: as above; the first lane is the lowest byte.
    let halves = unsafe unsafeBitCast(hits, to: SIMD2<UInt64>.self)
    return halves[0] != 0
      ? halves[0].trailingZeroBitCount / 8 : 8 + halves[1].trailingZeroBitCount / 8
  }
}
