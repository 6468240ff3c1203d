internal import ByteBlocks
internal import IdentityRules

/// A name that stands where none may.
package struct Leak: Sendable, Equatable {
  /// How it is written there.
  package enum Form: String, Sendable { case plain, percent, json, base64, hex, utf16 }

  package let form: Form
  package let scope: LeakNames.Scope
  /// In what was searched, from its start.
  package let offset: Int
}

/// Looks for all names at once, as whole words, in whatever form.
///
/// From the start of each word a hash is carried on, letter by letter; where a word ends that is as
/// long as a name, the hash is looked up. Other forms are undone, and what comes out is searched in
/// the same way: runs of hexadecimal digits and of base64 in each of their alignments, `%xx`, and
/// letters with a zero byte in between.
package struct LeakSearch: Sendable {
  /// Names that are looked for in bytes that may be anything: shorter ones stand there by chance.
  private static let bytesMinInNoise = 8

  private let names: ByteStrings
  private let scopes: [LeakNames.Scope]
  private let slots: [UInt32]
  private let mask: Int
  private let isLength: [Bool]

  package init(_ names: borrowing LeakNames) {
    let list = names.names
    var size = 1 << 10
    while size < list.count * 4 { size *= 2 }
    var slots = [UInt32](repeating: 0, count: size)
    var isLength = [false]
    for place in 0..<list.count {
      let name = list.span(place)
      while isLength.count <= name.count { isLength.append(false) }
      isLength[name.count] = true
      var slot = Int(truncatingIfNeeded: Self.hash(name)) & (size - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(place + 1)
    }
    self.names = list
    scopes = names.scopes
    mask = size - 1
    self.slots = slots
    self.isLength = isLength
  }

  private static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

  private static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    (hash ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  private static func mixed(_ hash: UInt64) -> UInt64 { hash ^ hash >> 29 }

  private static func hash(_ name: Span<UInt8>) -> UInt64 {
    var hash = seed
    for place in name.indices { hash = step(hash, name[place]) }
    return mixed(hash)
  }

  // MARK: Searching

  /// The names in `bytes`, in all forms.
  ///
  /// - Parameter isNoise: whether they may be anything, such as compressed pages: then only long
  ///   names are looked for, as they are.
  package func leaks(in bytes: [UInt8], isNoise: Bool = false) -> [Leak] {
    guard names.count > 0 else { return [] }
    var leaks: [Leak] = []
    let least = isNoise ? Self.bytesMinInNoise : LeakNames.bytesMin
    search(bytes, least, .plain, at: 0, &leaks)
    if isNoise { return leaks }
    if bytes.contains(UInt8(ascii: "%")) {
      search(LeakForms.percentDecoded(bytes), least, .percent, at: 0, &leaks, but: leaks)
    }
    // What stands in a text of a JSON text is escaped twice.
    var text = bytes
    for _ in 0..<2 where text.contains(UInt8(ascii: "\\")) {
      text = LeakForms.jsonDecoded(text)
      search(text, least, .json, at: 0, &leaks, but: leaks)
    }
    // Text in UTF-8 is none in UTF-16, unless there are zeros in it.
    let isUTF8 = !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    for run in isUTF8 ? [] : LeakForms.utf16Runs(bytes) {
      search(run.bytes, least, .utf16, at: run.offset, &leaks)
    }
    for run in LeakForms.hexRuns(bytes) + LeakForms.base64Runs(bytes) {
      let least = LeakForms.isText(run.bytes) ? LeakNames.bytesMin : Self.bytesMinInNoise
      search(run.bytes, least, run.form, at: run.offset, &leaks)
    }
    return leaks
  }

  private func search(
    _ bytes: [UInt8], _ least: Int, _ form: Leak.Form, at offset: Int, _ leaks: inout [Leak],
    but known: [Leak] = []
  ) {
    let text = bytes.span
    let longest = isLength.count - 1
    for start in text.indices {
      guard start == 0 || !Self.isLetter(text[start - 1]) else { continue }
      var hash = Self.seed
      var end = start
      while end < text.count, end - start < longest {
        hash = Self.step(hash, LeakNames.fold(text[end]))
        end += 1
        guard isLength[end - start], end - start >= least,
          end == text.count || !Self.isLetter(text[end])
        else { continue }
        if let place = find(text.extracting(start..<end), Self.mixed(hash)) {
          let leak = Leak(form: form, scope: scopes[place], offset: offset + start)
          if !known.contains(where: { $0.scope == leak.scope }) { leaks.append(leak) }
        }
      }
    }
  }

  private func find(_ word: Span<UInt8>, _ hash: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      let name = names.span(place)
      if name.count == word.count,
        name.indices.allSatisfy({ name[$0] == LeakNames.fold(word[$0]) })
      {
        return place
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}

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

  /// With the escapes of JSON undone, those of ASCII and `\uXXXX` (RFC 8259 §7).
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
