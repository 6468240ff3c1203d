// The normalisation that the standard library compares strings by; the only other way to it on
// Linux is all of Foundation with its own Unicode tables.
@_spi(_Unicode) import Swift

/// The steps that look at characters: RFC 8265's mappings of width and case, and form C.
package enum UnicodeForm {
  /// `name` in ordinary width, lower case and normalisation form C; `nil` when it is no UTF-8.
  package static func folded(_ name: [UInt8]) -> [UInt8]? {
    if name.allSatisfy({ $0 < 0x80 }) {
      return name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
    guard let text = String(validating: name, as: UTF8.self) else { return nil }
    var lower = ""
    for scalar in text.unicodeScalars {
      // Character by character: the meaning of one must not hang on its neighbours.
      lower += ordinaryWidth(scalar).properties.lowercaseMapping
    }
    var folded: [UInt8] = []
    folded.reserveCapacity(name.count)
    for scalar in lower._nfc {
      folded.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
    }
    return folded
  }

  /// The ordinary form of a full-width or half-width character (Unicode's compatibility mappings
  /// <wide> and <narrow>), any other character as it is.
  private static func ordinaryWidth(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let value = scalar.value
    let mapped: UInt32
    switch value {
    case 0x3000: mapped = 0x20
    case 0xff01...0xff5e: mapped = value - 0xff01 + 0x21
    case 0xff5f...0xff60: mapped = value - 0xff5f + 0x2985
    case 0xff61...0xff9f: mapped = katakana[Int(value - 0xff61)]
    case 0xffa0: mapped = 0x3164
    case 0xffa1...0xffbe: mapped = value - 0xffa1 + 0x3131
    case 0xffc2...0xffc7: mapped = value - 0xffc2 + 0x314f
    case 0xffca...0xffcf: mapped = value - 0xffca + 0x3155
    case 0xffd2...0xffd7: mapped = value - 0xffd2 + 0x315b
    case 0xffda...0xffdc: mapped = value - 0xffda + 0x3161
    case 0xffe0...0xffe6: mapped = signs[Int(value - 0xffe0)]
    case 0xffe8...0xffee: mapped = shapes[Int(value - 0xffe8)]
    default: return scalar
    }
    return Unicode.Scalar(mapped) ?? scalar
  }

  /// U+FF61 to U+FF9F; the last two are the combining sound marks.
  private static let katakana: [UInt32] =
    "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
    .unicodeScalars.map(\.value) + [0x3099, 0x309a]
  /// U+FFE0 to U+FFE6.
  private static let signs: [UInt32] = [0xa2, 0xa3, 0xac, 0xaf, 0xa6, 0xa5, 0x20a9]
  /// U+FFE8 to U+FFEE.
  private static let shapes: [UInt32] = [0x2502, 0x2190, 0x2191, 0x2192, 0x2193, 0x25a0, 0x25cb]
}
