internal import IdentityRules

/// Undoes the forms in which a name may stand somewhere.
enum LeakForms {
  struct Run {
    let form: Leak.Form
    let offset: Int
    let bytes: [UInt8]
  }

  /// Whether bytes are what people write.
  static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f } && String(validating: bytes, as: UTF8.self) != nil
  }

  static func percentDecoded(_ bytes: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "%"), place + 2 < bytes.count,
        let high = Spelling.hexadecimalValue(bytes[place + 1]),
        let low = Spelling.hexadecimalValue(bytes[place + 2])
      {
        decoded.append(high << 4 | low)
        place += 3
      } else {
        decoded.append(bytes[place])
        place += 1
      }
    }
    return decoded
  }

  /// With the escapes of JSON undone, those of ASCII and of 16 bits (RFC 8259 §7).
  static func jsonDecoded(_ bytes: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      guard bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count else {
        decoded.append(bytes[place])
        place += 1
        continue
      }
      // What is beyond 16 bits is a pair of numbers.
      var units: [UInt16] = []
      while let unit = EscapedText.jsonUnit(bytes[place...]) {
        units.append(unit)
        place += 6
      }
      if units.isEmpty {
        decoded.append(bytes[place + 1])
        place += 2
      } else {
        decoded += Array(String(decoding: units, as: UTF16.self).utf8)
      }
    }
    return decoded
  }

  /// The bytes read as UTF-16, in both orders and from the first and from the second byte on, as
  /// UTF-8; what is no letter there becomes a line's end.
  static func utf16Runs(_ bytes: [UInt8]) -> [Run] {
    var runs: [Run] = []
    for (start, high) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      var letters: [UInt8] = []
      var place = start
      while place + 1 < bytes.count {
        let unit = UInt32(bytes[place + high]) << 8 | UInt32(bytes[place + 1 - high])
        if unit >= 0x20, unit < 0x80 {
          letters.append(UInt8(unit))
        } else if unit >= 0xA0, let scalar = Unicode.Scalar(unit) {
          letters += Array(String(scalar).utf8)
        } else {
          letters.append(0x0A)
        }
        place += 2
      }
      runs.append(Run(form: .utf16, offset: start, bytes: letters))
    }
    return runs
  }

  /// Runs of hexadecimal digits, from their first and from their second digit on.
  static func hexRuns(_ bytes: [UInt8]) -> [Run] {
    var runs: [Run] = []
    for range in ranges(
      bytes, least: 2 * LeakNames.bytesMin, { Spelling.hexadecimalValue($0) != nil })
    {
      for shift in 0..<2 {
        var decoded: [UInt8] = []
        var place = range.lowerBound + shift
        while place + 1 < range.upperBound {
          if let high = Spelling.hexadecimalValue(bytes[place]),
            let low = Spelling.hexadecimalValue(bytes[place + 1])
          {
            decoded.append(high << 4 | low)
          }
          place += 2
        }
        runs.append(Run(form: .hex, offset: range.lowerBound, bytes: decoded))
      }
    }
    return runs
  }

  /// Runs of base64, from each of their first four letters on.
  static func base64Runs(_ bytes: [UInt8]) -> [Run] {
    var runs: [Run] = []
    // Long texts are written in lines.
    let isLineEnd = { (byte: UInt8) in byte == 0x0A || byte == 0x0D }
    for range in ranges(bytes, least: 6, { sextet($0) != nil || isLineEnd($0) }) {
      let sextets = range.compactMap { sextet(bytes[$0]) }
      for shift in 0..<4 {
        var decoded: [UInt8] = []
        var (bits, count) = (UInt32(0), 0)
        for sextet in sextets.dropFirst(shift) {
          bits = bits << 6 | UInt32(sextet)
          count += 6
          if count >= 8 {
            count -= 8
            decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
          }
        }
        runs.append(Run(form: .base64, offset: range.lowerBound, bytes: decoded))
      }
    }
    return runs
  }

  private static func ranges(
    _ bytes: [UInt8], least: Int, _ belongs: (UInt8) -> Bool
  ) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    for place in 0...bytes.count {
      if place < bytes.count, belongs(bytes[place]) { continue }
      if place - start >= least { ranges.append(start..<place) }
      start = place + 1
    }
    return ranges
  }

  private static func sextet(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
