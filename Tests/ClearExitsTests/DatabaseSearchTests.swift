import ByteBlocks
import IdentityRules
import LogFormats
import TestSupport
import Testing

@testable import ClearExits

@Suite struct DatabaseSearchTests {
  private static let magic = Array("SQLite format 3".utf8) + [0]
  private static let pageBytes = 512

  private func search(_ users: [String]) throws -> LeakSearch {
    var names = LeakNames(try CanonicalNames(), exempt: [])
    let lines = users.map { "2026-01-01 00:00:01 \($0) a.example\n" }.joined()
    let block = try makeBlock("#Fields: date time cs-username cs-host\n" + lines)
    var header = HeaderReader(.w3cExtended)
    let first = header.read(block)
    let parser = FormatProfile.w3cExtended.parser(zone: .utc)
    names.add(block, header: first, textOffset: 0, parser: parser)
    return LeakSearch(names)
  }

  /// The cell of row 1 of a table of texts.
  private func cell(_ values: [String]) -> [UInt8] {
    let types = values.map { UInt8(13 + 2 * $0.utf8.count) }
    let record = [UInt8(types.count + 1)] + types + values.flatMap { Array($0.utf8) }
    return [UInt8(record.count), 1] + record
  }

  /// A database whose second page has one cell at its end, and bytes in the gap before it.
  private func database(cell: [UInt8], gap: [UInt8] = [], kind: UInt8 = 13) -> [UInt8] {
    var bytes = Self.magic + [2, 0, 1, 1, 0, 64, 32, 32]
    bytes += [UInt8](repeating: 0, count: Self.pageBytes - bytes.count)
    let start = Self.pageBytes - cell.count
    var page = [kind, 0, 0, 0, 1, UInt8(start >> 8), UInt8(start & 255), 0]
    page += [UInt8(start >> 8), UInt8(start & 255)]
    page += [UInt8](repeating: 0, count: start - page.count) + cell
    for (offset, byte) in gap.enumerated() { page[100 + offset] = byte }
    return bytes + page
  }

  private func parts(_ bytes: [UInt8], _ users: String...) throws -> [String] {
    let leaks = DatabaseSearch.leaks(in: bytes, try search(users), but: [])
    return leaks.map { "\($0.part) \($0.leak.offset)" }
  }

  @Test func valuesOfCellsAreWords() throws {
    let bytes = database(cell: cell(["abc", "anna", "xyz"]))
    #expect(try parts(bytes, "anna") == ["page 2 1017"])
    let inWords = database(cell: cell(["abc", "postbox1", "xyz"]))
    #expect(try parts(inWords, "post", "box1", "ostbox", "postbox1x") == [])
  }

  @Test(arguments: ["annalena", "anna", "471147"], 0..<3)
  func remainsOfFreedCellsAreFound(user: String, column: Int) throws {
    var values = ["abc", "d12", "123"]
    values[column] = user
    let whole = cell(values)
    let freed = [0, 0, 0, UInt8(whole.count)] + whole.dropFirst(4)
    for gap in [whole, freed, freed + freed] {
      let found = try parts(database(cell: cell(["q"]), gap: gap), user)
      #expect(found.first?.hasPrefix("free space of page 2") == true, "\(gap)")
    }
  }

  @Test(arguments: ["xanna", "annax", "xannax", "1471147", "4711471"])
  func partsOfWordsInRemainsAreNone(word: String) throws {
    let whole = cell(["abc", word, "xyz"])
    for gap in [
      Array("a text of \(word)s".utf8), whole, [0, 0, 0, UInt8(whole.count)] + whole[4...],
    ] {
      #expect(try parts(database(cell: cell(["q"]), gap: gap), "anna", "471147") == [], "\(gap)")
    }
  }

  @Test func offsetsOfLongWordsAreTheFiles() throws {
    let gap = Array("abcannalenaxyz".utf8)
    #expect(
      try parts(database(cell: cell(["q"]), gap: gap), "annalena")
        == ["free space of page 2 \(512 + 100 + 3)"])
  }

  @Test func otherFilesAreNotLookedAt() throws {
    #expect(DatabaseFile.kind(of: []) == nil)
    #expect(DatabaseFile.kind(of: Array("SQLite format 3 anna".utf8)) == nil)
    #expect(try parts(Array("xannalenax".utf8), "annalena") == [])
  }

  /// Bytes that are often read as lengths, and such as make cells, chains and lists of pages.
  @Test(arguments: 0..<60) func anyBytesAreRead(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let magics = [
      Self.magic, [0x37, 0x7f, 0x06, 0x82], [0xd9, 0xd5, 5, 0xf9, 32, 0xa1, 0x63, 0xd7],
    ]
    var bytes = magics[seed % 3]
    let odd: [UInt8] = [0, 0, 0, 1, 2, 4, 5, 10, 13, 21, 0x7f, 0x80, 0x82, 0xff]
    while bytes.count < 512 * 12 {
      let isOdd = Bool.random(using: &random)
      bytes.append(
        isOdd ? odd.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random))
    }
    // Pages of 512 bytes, so that some are cut at all.
    bytes[16...17] = [2, 0]
    if seed % 3 == 1 { bytes[8...11] = [0, 0, 2, 0] }
    if seed % 3 == 2 { bytes[20...27] = [0, 0, 2, 0, 0, 0, 2, 0] }
    let search = try search(["annalena", "anna"])
    for count in [bytes.count, 3000, 600, 101, 100, 99, 33, 32, 28, 17, 16, 8, 4] {
      _ = DatabaseSearch.leaks(in: Array(bytes.prefix(count)), search, but: [])
    }
  }
}
