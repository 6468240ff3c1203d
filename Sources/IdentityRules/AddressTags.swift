/// What networks are called: an address has the tag of the smallest range that it lies in.
///
/// Asked once for each distinct address of a run.
package struct AddressTags: Sendable {
  /// Ranges of a tenant, at most.
  package static let rangesMax = 10_000
  /// Bytes of a tag, at most.
  package static let tagBytesMax = 64

  /// The ranges of one length, by their first address.
  private struct Level: Sendable {
    let isIPv6: Bool
    let prefix: Int
    var numbers: [CanonicalAddress: UInt16] = [:]
  }
  /// The longest prefixes first.
  private var levels: [Level] = []
  /// All tags, sorted; number 1 is the first one.
  package let names: [String]

  /// - Parameter ranges: each range once, with its tag; at most `rangesMax`.
  package init(_ ranges: [(range: AddressRange, tag: String)]) {
    precondition(ranges.count <= Self.rangesMax, "There are too many ranges.")
    names = Set(ranges.map(\.tag)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let numbers = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1, UInt16($0 + 1)) })
    for (range, tag) in ranges {
      let (isIPv6, prefix) = (range.first.isIPv6, range.prefix)
      let place =
        levels.firstIndex { $0.isIPv6 == isIPv6 && $0.prefix == prefix } ?? levels.count
      if place == levels.count { levels.append(Level(isIPv6: isIPv6, prefix: prefix)) }
      levels[place].numbers[range.first] = numbers[tag]
    }
    levels.sort { $0.prefix > $1.prefix }
  }

  /// The number of an address's tag; 0 where no range has it.
  package func number(of address: CanonicalAddress) -> UInt16 {
    for level in levels where level.isIPv6 == address.isIPv6 {
      if let number = level.numbers[AddressRange.masked(address, level.prefix)] { return number }
    }
    return 0
  }

  /// Whether a text can be a tag: 1 to 64 bytes that show something, and nothing that controls.
  package static func isTag(_ text: String) -> Bool {
    guard (1...tagBytesMax).contains(text.utf8.count), text.first != " ", text.last != " " else {
      return false
    }
    return text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: false
      default: true
      }
    }
  }
}

/// Ranges and their tags out of CSV with a header `range,tag` and perhaps `comment`.
package struct AddressTagFile: Sendable {
  package struct Entry: Sendable {
    package let range: AddressRange
    package let tag: String
    package let comment: String
  }
  package let entries: [Entry]

  package init(_ bytes: [UInt8]) throws(ImportError) {
    try ImportError.checkText(bytes)
    let csv = try CSVRows(bytes)
    guard let ranges = csv.column("range", "cidr", "network", "ip_range", "subnet") else {
      throw .missingColumns("a column range")
    }
    guard let tags = csv.column("tag", "ip_tag", "name", "site") else {
      throw .missingColumns("a column tag")
    }
    let comments = csv.column("comment", "description")
    var entries: [Entry] = []
    for (line, cells) in csv.rows {
      guard let range = AddressRange(cells[ranges]) else {
        throw .malformed(line: line, "its range is none")
      }
      guard AddressTags.isTag(cells[tags]) else {
        throw .malformed(line: line, "its tag can be none")
      }
      entries.append(
        Entry(range: range, tag: cells[tags], comment: comments.map { cells[$0] } ?? ""))
    }
    guard !entries.isEmpty else { throw .nothingFound("ranges") }
    self.entries = entries
  }
}
