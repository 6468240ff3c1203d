internal import ByteBlocks

/// Texts in their order, with their numbers.
///
/// Dictionaries of our files are sorted, and those of two row groups have most texts in common: so
/// all of them are found in one pass over both, which reads memory in order, where look-ups by hash
/// fetch each text from somewhere else.
final class SortedNames: Sendable {
  private let strings: ByteStrings
  private let numbers: [UInt32]
  /// The first eight bytes of each text, in an order that is theirs.
  private let prefixes: [UInt64]

  /// - Parameters:
  ///   - strings: sorted, each once.
  ///   - numbers: one for each.
  private init(_ strings: ByteStrings, _ numbers: [UInt32]) {
    self.strings = strings
    self.numbers = numbers
    prefixes = (0..<strings.count).map { strings.prefix($0, from: 0) }
  }

  /// Number of texts.
  var count: Int { strings.count }

  /// Bytes of memory in use.
  var byteCount: Int { strings.byteCount + count * 12 }

  /// Looks `wanted` up; `found` gets a number for each text that is there.
  ///
  /// - Returns: the places of texts that are not there, or that stand behind a larger one.
  func find(_ wanted: ByteStrings, _ found: inout [UInt32]) -> [Int] {
    var absent: [Int] = []
    var place = 0
    let all = self.prefixes
    let prefixes = all.span
    for index in 0..<wanted.count {
      let prefix = wanted.prefix(index, from: 0)
      while place < prefixes.count, prefixes[place] < prefix { place += 1 }
      var order = 1
      while place < prefixes.count, prefixes[place] == prefix {
        order = strings.compare(place, to: wanted, index)
        if order >= 0 { break }
        place += 1
      }
      if order == 0 { found[index] = numbers[place] } else { absent.append(index) }
    }
    return absent
  }

  /// The same with more texts; `nil` where these are not sorted.
  ///
  /// - Parameter known: `nil`: there were none before.
  static func joined(
    _ known: SortedNames?, _ strings: ByteStrings, _ numbers: [UInt32]
  ) -> SortedNames? {
    for index in 1..<max(strings.count, 1) where strings.compare(index - 1, index) >= 0 {
      return nil
    }
    guard let known else { return SortedNames(strings, numbers) }
    var (all, places) = (ByteStrings(), [UInt32]())
    all.reserve(
      strings: known.count + strings.count,
      bytes: known.strings.bytes.count + strings.bytes.count)
    places.reserveCapacity(known.count + strings.count)
    var (one, other) = (0, 0)
    while one < known.count || other < strings.count {
      let order =
        one == known.count
        ? 1 : other == strings.count ? -1 : known.strings.compare(one, to: strings, other)
      if order <= 0 {
        all.append(known.strings, one)
        places.append(known.numbers[one])
        one += 1
        if order == 0 { other += 1 }
      } else {
        all.append(strings, other)
        places.append(numbers[other])
        other += 1
      }
    }
    return SortedNames(all, places)
  }
}
