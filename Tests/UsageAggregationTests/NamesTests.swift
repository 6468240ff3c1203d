import ByteBlocks
import ColumnTables
import TestSupport
import Testing

@testable import UsageAggregation

/// Ranks of names, and what columns say of names.
@Suite struct NamesTests {
  static func random(_ random: inout SeededRandom, prefix: [UInt8]) -> [UInt8] {
    let alphabet: [UInt8] = [0x00, 0x61, 0x62, 0x7f, 0x80, 0xff]
    return prefix + random.bytes(random.below(18), of: alphabet)
  }

  @Test(arguments: 0..<60) func ranksAreThoseOfASort(seed: Int) {
    var random = SeededRandom(seed: seed)
    let prefix = random.one(of: [[], Array("u1-".utf8), random.bytes(20)])
    let lists = (0..<random.below(4)).map { _ in
      var list = ByteStrings([""])
      for _ in 0..<random.below(200) {
        let copied = list.count > 1 && random.once(in: 4)
        let name = copied ? Array(list[1 + random.below(list.count - 1)]) : []
        let own = Self.random(&random, prefix: prefix)
        list.append(bytes: copied ? name + random.bytes(random.below(2)) : own.isEmpty ? [1] : own)
      }
      return list
    }
    let isUsed = lists.map { list in (0..<list.count).map { _ in !random.once(in: 5) } }
    let names = RankedNames(lists, isUsed: isUsed, parallel: backwards)
    let used = zip(lists, isUsed).flatMap { list, used in
      (1..<list.count).filter { used[$0] }.map { Array(list[$0]) }
    }
    let expected = Set(used).sorted { $0.lexicographicallyPrecedes($1) }
    #expect((0..<names.sorted.count).map { Array(names.sorted[$0]) } == [[]] + expected)
    for (list, (strings, used)) in zip(lists, isUsed).enumerated() {
      for number in 0..<strings.count {
        let rank = Int(names.ranks[list][number])
        let name = number > 0 && used[number] ? Array(strings[number]) : []
        #expect(Array(names.sorted[rank]) == name)
      }
    }
  }

  /// Many strings that share their first bytes, copies and trailing zeros among them.
  @Test func manyStringsWithLongSharedParts() {
    var random = SeededRandom(seed: 7)
    var list = ByteStrings([""])
    for _ in 0..<3000 {
      let stem = Array(String(repeating: "same text ", count: 1 + random.below(4)).utf8)
      list.append(bytes: stem + random.bytes(random.below(3), of: [0, 0, 0x61]))
    }
    let names = RankedNames([list], isUsed: [Array(repeating: true, count: list.count)])
    let expected = Set((1..<list.count).map { Array(list[$0]) })
      .sorted { $0.lexicographicallyPrecedes($1) }
    #expect((0..<names.sorted.count).map { Array(names.sorted[$0]) } == [[]] + expected)
    for number in 1..<list.count {
      #expect(names.sorted[Int(names.ranks[0][number])] == list[number])
    }
  }

  /// So many strings that they are cut into parts, whose work is done last part first.
  @Test(arguments: ["", "u1-", "www.example.com/"]) func manyStringsInParts(prefix: String) {
    var random = SeededRandom(seed: 11)
    var lists = [ByteStrings([""]), ByteStrings([""]), ByteStrings([""])]
    for number in 0..<50_000 {
      let name = Array(prefix.utf8) + Self.random(&random, prefix: random.bytes(random.below(9)))
      lists[number % 2].append(bytes: name.isEmpty ? [1] : name)
      if random.once(in: 3) { lists[1 - number % 2].append(bytes: name.isEmpty ? [1] : name) }
    }
    let isUsed = lists.map { list in (0..<list.count).map { _ in !random.once(in: 50) } }
    let names = RankedNames(lists, isUsed: isUsed, parallel: backwards)
    let used = zip(lists, isUsed).flatMap { list, used in
      (1..<max(1, list.count)).filter { used[$0] }.map { Array(list[$0]) }
    }
    let expected = Set(used).sorted { $0.lexicographicallyPrecedes($1) }
    #expect((0..<names.sorted.count).map { Array(names.sorted[$0]) } == [[]] + expected)
    for (list, (strings, used)) in zip(lists, isUsed).enumerated() {
      for number in 1..<max(1, strings.count) {
        let name = names.sorted[Int(names.ranks[list][number])]
        #expect(name == (used[number] ? strings[number] : []))
      }
    }
  }

  static let borders = [
    "12345678", "123456789", "1234567", "12345678\u{0}", "12345678\u{0}1", "12345678é", "", "1",
  ]

  @Test func stringsAroundEightBytes() {
    let list = ByteStrings([""] + Self.borders.filter { !$0.isEmpty })
    let names = RankedNames([list], isUsed: [Array(repeating: true, count: list.count)])
    let expected = Self.borders.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    #expect((0..<names.sorted.count).map { Array(names.sorted[$0]) } == expected)
  }

  /// Dictionaries are sorted by bytes and hold nothing twice, as tables ask for.
  @Test func dictionariesAreSorted() throws {
    let composed = "caf\u{e9}.example"
    let decomposed = "cafe\u{301}.example"
    let events = [composed, decomposed, "a.example", "b.example"].map { host in
      NamedEvent(user: Array("u\(host)".utf8), host: Array(host.utf8))
    }
    let partials = try MergeTests.split(events, parts: 2, seed: 1)
    let merge = UsageMerge(partials, parallel: inOrder)
    let classes = HostClasses(merge.hosts) { host in
      let parity = host.count % 2
      let app = HostClasses.App(name: "App \(parity)", id: Int32(parity + 1), category: "CRM")
      return HostFacts(
        app: host.first == 0x61 ? nil : app,
        domain: host.isEmpty ? nil : String(decoding: host, as: UTF8.self))
    }
    let rows = try merge.rows(classes: classes, parallel: inOrder)
    let table = MergeTests.table(rows, 0..<rows.count)
    for (field, column) in zip(table.schema.fields, table.columns) {
      guard case .codes(_, let dictionary) = column.values else { continue }
      for place in 0..<dictionary.count - 1 {
        #expect(dictionary.compare(place, place + 1) < 0, "\(field.name)")
      }
    }
    let found = readRows(table, day: 0)
    #expect(Set(found.map { $0.key[1] }) == Set(events.map { $0.host }))
    for row in found { #expect(row.domain == row.key[1]) }
    #expect(merge.userNames.count == 5)
  }

  @Test func columnsThatAreTheSameForAllRows() throws {
    let rows = try MergeTests.rows(try MergeTests.split([NamedEvent()], parts: 1, seed: 1), inOrder)
    let table = MergeTests.table(rows, 0..<1, batch: "the batch", source: "the source")
    func text(_ name: String) -> String? {
      guard let column = table.column(name), !column.isNull(0),
        case .codes(let codes, let dictionary) = column.values
      else { return nil }
      return dictionary.string(Int(codes[0]))
    }
    #expect(text("batch") == "the batch" && text("source") == "the source")
    #expect(text("ip_tag") == nil && text("user") == nil && text("host") == "a.example")
    guard case .booleans(let values)? = table.column("private")?.values else {
      Issue.record("private is no boolean")
      return
    }
    #expect(values == [false])
    #expect(table.column("date") == nil)
  }

  @Test func schemaIsTheOneOfTheTable() {
    let names = UsageSchema.schema.fields.map(\.name)
    #expect(names.count == 20 && Set(UsageSchema.sortedBy).isSubset(of: names))
    #expect(UsageSchema.fileSchema.fields.map(\.name) == names.filter { $0 != "date" })
  }
}
