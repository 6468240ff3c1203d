/// The first header of a tar (POSIX.1-2017 pax, and all before it).
enum TarHeader {
  static let byteCount = 512
  /// Where the sum of the header's bytes stands, in octal digits.
  private static let sumPlace = 148..<156

  /// Whether bytes start with one: its sum is right, which no text is by chance.
  static func begins(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= byteCount, bytes[0] != 0 else { return false }
    var (told, digits) = (0, 0)
    for place in sumPlace {
      let digit = bytes[place] &- UInt8(ascii: "0")
      if digit < 8 {
        told = told * 8 + Int(digit)
        digits += 1
      } else if digits > 0 {
        break
      }
    }
    // Few texts have digits there.
    guard digits > 0 else { return false }
    var sum = 0
    for place in 0..<byteCount {
      // The sum is taken with blanks in its own place.
      sum += sumPlace.contains(place) ? 0x20 : Int(bytes[place])
    }
    return told == sum
  }
}
