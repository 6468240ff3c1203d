/// A file of SQLite, cut into the pages that it holds, of whatever time.
///
/// A log (WAL) and a rollback journal hold pages as they were or became; whether they count any
/// more is not asked, since whoever has the file can read them all. Any bytes may follow the magic
/// ones: what is no page is a rest.
package struct DatabaseFile {
  package enum Kind: Sendable { case database, log, journal }

  /// One page as it stands in the file.
  struct Page {
    /// In the database, from 1.
    let number: Int
    let range: Range<Int>
    /// The transaction of a log that wrote it, from 0.
    let transaction: Int
  }

  package let kind: Kind
  /// In the order of the file.
  private(set) var pages: [Page] = []
  /// What is no page.
  private(set) var rests: [Range<Int>] = []
  /// Bytes of a page that SQLite uses.
  private(set) var usableBytes = 0
  /// Free pages of a database, by number.
  private(set) var free: Set<Int> = []

  private static let databaseMagic = Array("SQLite format 3".utf8) + [0]
  private static let journalMagic: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]

  /// What a file begins as; `nil` for what is none of SQLite's.
  package static func kind(of bytes: [UInt8]) -> Kind? {
    if bytes.starts(with: databaseMagic) { return .database }
    if bytes.starts(with: journalMagic) { return .journal }
    return bytes.count >= 4 && BigEndian.word(bytes, 0) & ~1 == 0x377f_0682 ? .log : nil
  }

  /// Cuts a file; `nil` for what is none of SQLite's.
  package init?(_ bytes: [UInt8]) {
    guard let kind = Self.kind(of: bytes) else { return nil }
    self.kind = kind
    switch kind {
    case .database: cutDatabase(bytes)
    case .log: cutLog(bytes)
    case .journal: cutJournal(bytes)
    }
  }

  /// Bytes of a page as a header has them.
  private static func pageBytes(_ count: Int) -> Int? {
    (512...65536).contains(count) && count & (count - 1) == 0 ? count : nil
  }

  private mutating func cutDatabase(_ bytes: [UInt8]) {
    let count = bytes.count >= 100 ? BigEndian.half(bytes, 16) : 0
    guard let pageBytes = Self.pageBytes(count == 1 ? 65536 : count) else {
      return addRest(0..<bytes.count)
    }
    usableBytes = max(pageBytes - Int(bytes[20]), 480)
    for start in stride(from: 0, through: bytes.count - pageBytes, by: pageBytes) {
      let number = start / pageBytes + 1
      pages.append(Page(number: number, range: start..<start + pageBytes, transaction: 0))
    }
    addRest(bytes.count / pageBytes * pageBytes..<bytes.count)
    findFreePages(bytes)
  }

  /// Follows the list of free pages: each trunk names the next one, and pages.
  private mutating func findFreePages(_ bytes: [UInt8]) {
    var trunk = Int(BigEndian.word(bytes, 32))
    while trunk > 0, trunk <= pages.count, free.insert(trunk).inserted {
      let start = pages[trunk - 1].range.lowerBound
      let count = min(Int(BigEndian.word(bytes, start + 4)), usableBytes / 4 - 2)
      for place in 0..<count { free.insert(Int(BigEndian.word(bytes, start + 8 + 4 * place))) }
      trunk = Int(BigEndian.word(bytes, start))
    }
  }

  /// A header of 32 bytes, then frames: 24 bytes and a page each.
  private mutating func cutLog(_ bytes: [UInt8]) {
    let count = bytes.count >= 32 ? Int(BigEndian.word(bytes, 8)) : 0
    guard let pageBytes = Self.pageBytes(count) else { return addRest(0..<bytes.count) }
    usableBytes = pageBytes
    var (place, transaction) = (32, 0)
    while place + 24 + pageBytes <= bytes.count {
      let start = place + 24
      pages.append(
        Page(
          number: Int(BigEndian.word(bytes, place)), range: start..<start + pageBytes,
          transaction: transaction))
      if BigEndian.word(bytes, place + 4) != 0 { transaction += 1 }
      place = start + pageBytes
    }
    addRest(place..<bytes.count)
    settleUsableBytes(bytes)
  }

  /// Headers that fill a sector, each with records behind it: a number, a page, a sum.
  private mutating func cutJournal(_ bytes: [UInt8]) {
    let isHeader = { (place: Int) in
      place + 28 <= bytes.count && bytes[place...].starts(with: Self.journalMagic)
    }
    var place = 0
    while isHeader(place) {
      let sector = Int(BigEndian.word(bytes, place + 20))
      let count = Int(exactly: BigEndian.word(bytes, place + 24)).flatMap(Self.pageBytes)
      guard let count, (28...65536).contains(sector) else { break }
      usableBytes = count
      place += sector
      while place + 8 + count <= bytes.count {
        // The next header stands at a full sector.
        let next = (place + sector - 1) / sector * sector
        if isHeader(next) {
          place = next
          break
        }
        let (number, start) = (Int(BigEndian.word(bytes, place)), place + 4)
        pages.append(Page(number: number, range: start..<start + count, transaction: 0))
        place = start + count + 4
      }
    }
    addRest(min(place, bytes.count)..<bytes.count)
    settleUsableBytes(bytes)
  }

  /// The first page of a database says how many bytes of each are kept for others than SQLite.
  private mutating func settleUsableBytes(_ bytes: [UInt8]) {
    for page in pages where bytes[page.range].starts(with: Self.databaseMagic) {
      usableBytes = max(page.range.count - Int(bytes[page.range.lowerBound + 20]), 480)
    }
  }

  private mutating func addRest(_ range: Range<Int>) {
    if !range.isEmpty { rests.append(range) }
  }
}

/// Numbers as SQLite writes them.
enum BigEndian {
  static func half(_ bytes: [UInt8], _ place: Int) -> Int {
    Int(bytes[place]) << 8 | Int(bytes[place + 1])
  }

  static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    UInt32(half(bytes, place)) << 16 | UInt32(half(bytes, place + 2))
  }

  /// A number of one to nine bytes, at most 2³¹ – 1, that ends before `end`; moves `place` behind
  /// it.
  static func number(_ bytes: [UInt8], _ place: inout Int, before end: Int) -> Int? {
    var value: UInt64 = 0
    for index in 0..<9 {
      guard place < end else { return nil }
      let byte = bytes[place]
      place += 1
      value = index == 8 ? value << 8 | UInt64(byte) : value << 7 | UInt64(byte & 0x7f)
      if byte < 0x80 || index == 8 { return value < 1 << 31 ? Int(value) : .max }
    }
    return nil
  }
}
