internal import ByteBlocks

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
  /// A bit for what names may begin with.
  private let starts: NameStarts

  package init(_ names: borrowing LeakNames) {
    let list = names.names
    var size = 1 << 10
    while size < list.count * 4 { size *= 2 }
    var slots = [UInt32](repeating: 0, count: size)
    var isLength = [false]
    var starts = NameStarts()
    for place in 0..<list.count {
      let name = list.span(place)
      while isLength.count <= name.count { isLength.append(false) }
      isLength[name.count] = true
      starts.add(name)
      var slot = Int(truncatingIfNeeded: Self.hash(name)) & (size - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
      slots[slot] = UInt32(place + 1)
    }
    self.names = list
    scopes = names.scopes
    mask = size - 1
    self.slots = slots
    self.isLength = isLength
    self.starts = starts
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
    let least = isNoise ? Self.bytesMinInNoise : LeakNames.bytesMin
    return leaks(in: bytes, least, isNoise: isNoise) { bytes, least, form, offset, known, leaks in
      search(bytes, least, form, at: offset, &leaks, but: known)
    }
  }

  /// The names in `bytes`, in all forms, where values stand with nothing in between: as parts of
  /// words, too, if they are long enough or `isValue` says so.
  ///
  /// - Parameter isValue: whether a place may be a value of its own.
  func leaksInRemains(_ bytes: [UInt8], isValue: (Range<Int>) -> Bool) -> [Leak] {
    leaks(in: bytes, LeakNames.bytesMin, isNoise: false) { bytes, least, form, at, known, leaks in
      searchRemains(bytes, least, form, at: at, &leaks, but: known) { place in
        form == .plain && isValue(place)
      }
    }
  }

  /// Searches one form of a text.
  private typealias Look = (
    _ bytes: [UInt8], _ least: Int, _ form: Leak.Form, _ offset: Int, _ known: [Leak],
    _ leaks: inout [Leak]
  ) -> Void

  private func leaks(in bytes: [UInt8], _ least: Int, isNoise: Bool, _ look: Look) -> [Leak] {
    guard names.count > 0 else { return [] }
    var leaks: [Leak] = []
    look(bytes, least, .plain, 0, [], &leaks)
    if isNoise { return leaks }
    if bytes.contains(UInt8(ascii: "%")) {
      look(LeakForms.percentDecoded(bytes), least, .percent, 0, leaks, &leaks)
    }
    // What stands in a text of a JSON text is escaped twice.
    var text = bytes
    for _ in 0..<2 where text.contains(UInt8(ascii: "\\")) {
      text = LeakForms.jsonDecoded(text)
      look(text, least, .json, 0, leaks, &leaks)
    }
    // Text in UTF-8 is none in UTF-16, unless there are zeros in it.
    let isUTF8 = !bytes.contains(0) && String(validating: bytes, as: UTF8.self) != nil
    for run in isUTF8 ? [] : LeakForms.utf16Runs(bytes) {
      look(run.bytes, least, .utf16, run.offset, [], &leaks)
    }
    for run in LeakForms.hexRuns(bytes) + LeakForms.base64Runs(bytes) {
      let least = LeakForms.isText(run.bytes) ? LeakNames.bytesMin : Self.bytesMinInNoise
      look(run.bytes, least, run.form, run.offset, [], &leaks)
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

  /// Parts of words are names there from this length on: shorter ones stand in them by chance.
  private static let bytesMinInWords = 6

  private func searchRemains(
    _ bytes: [UInt8], _ least: Int, _ form: Leak.Form, at offset: Int, _ leaks: inout [Leak],
    but known: [Leak], _ isValue: (Range<Int>) -> Bool
  ) {
    let text = bytes.span
    let longest = isLength.count - 1
    for start in text.indices where text[start] != 0 && starts.mayBegin(at: start, of: text) {
      var hash = Self.seed
      var end = start
      var isNumber = true
      while end < text.count, end - start < longest {
        hash = Self.step(hash, LeakNames.fold(text[end]))
        isNumber = isNumber && Self.isDigit(text[end])
        end += 1
        guard isLength[end - start], end - start >= least,
          let place = find(text.extracting(start..<end), Self.mixed(hash))
        else { continue }
        // A long number has many shorter ones in it.
        let isLong = end - start >= Self.bytesMinInWords
        let isCut = isNumber && !Self.isWord(start..<end, of: text, Self.isDigit)
        let isWord = isLong && !isCut || Self.isWord(start..<end, of: text, Self.isLetter)
        guard isWord || isValue(start..<end) else { continue }
        let leak = Leak(form: form, scope: scopes[place], offset: offset + start)
        if !known.contains(where: { $0.scope == leak.scope }) { leaks.append(leak) }
      }
    }
  }

  private static func isWord(
    _ range: Range<Int>, of text: Span<UInt8>, _ isPart: (UInt8) -> Bool
  ) -> Bool {
    (range.lowerBound == 0 || !isPart(text[range.lowerBound - 1]))
      && (range.upperBound == text.count || !isPart(text[range.upperBound]))
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

  static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  static func isLetter(_ byte: UInt8) -> Bool { ByteSet.letters.contains(byte) }
}
