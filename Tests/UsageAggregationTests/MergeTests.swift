import ByteBlocks
import ByteKernels
import ColumnTables
import Foundation
import TestSupport
import Testing
import VeiledRecords

@testable import UsageAggregation

/// Events of several threads become the rows that the naive way gives, whatever the split.
@Suite struct MergeTests {
  /// Apps by the second letter of a host, domains by its first.
  static func hostClass(_ host: [UInt8]) -> HostFacts {
    guard host.count > 2 else { return HostFacts(app: nil, domain: nil) }
    let domain = host[0].isMultiple(of: 3) ? nil : String(decoding: host.suffix(3), as: UTF8.self)
    let apps = [
      HostClasses.App(name: "Zeta", id: 3, category: "CRM"),
      HostClasses.App(name: "Alpha", id: 9, category: "Webmail"),
      HostClasses.App(name: "Alpha Beta", id: 4, category: "CRM"),
    ]
    let number = Int(host[1]) % 4
    return HostFacts(app: number < 3 ? apps[number] : nil, domain: domain)
  }

  static func events(seed: Int, count: Int, names: Int) -> [NamedEvent] {
    var random = SeededRandom(seed: seed)
    func name(_ prefix: String, _ random: inout SeededRandom) -> [UInt8] {
      Array("\(prefix)\(random.below(names) &* 2_654_435_761 % 1_000_003)".utf8)
    }
    return (0..<count).map { _ in
      var named = NamedEvent()
      named.user = random.once(in: 5) ? nil : name("u1-shared", &random)
      named.host = name(random.one(of: ["abc", "bcd", "cab", "ß"]), &random)
      named.address = random.once(in: 3) ? nil : name("i1-", &random)
      named.device = random.once(in: 2) ? nil : name("", &random)
      named.action = random.one(of: EventAction.allCases)
      named.event = TestEvent.random(&random, names: 1)
      named.event.time += 20_758 * 86_400_000_000
      return named
    }
  }

  static func rows(_ partials: [FinishedPartial], _ parallel: ParallelFor) throws -> UsageRows {
    let merge = UsageMerge(partials, parallel: parallel)
    let classes = HostClasses(merge.hosts, hostClass)
    return try merge.rows(classes: classes, parallel: parallel)
  }

  static func tables(_ rows: UsageRows) -> [Table] {
    rows.days.map { table(rows, $0.rows) }
  }

  static func table(
    _ rows: UsageRows, _ part: Range<Int>, batch: String = "b", source: String = "s"
  ) -> Table {
    let schema = UsageSchema.fileSchema
    let columns = schema.fields.indices.map { rows.column($0, part, batch: batch, source: source) }
    return Table(schema: schema, columns: columns, rowCount: part.count)
  }

  static func split(_ events: [NamedEvent], parts: Int, seed: Int) throws -> [FinishedPartial] {
    var random = SeededRandom(seed: seed)
    var borders = (1..<parts).map { _ in random.below(events.count + 1) }.sorted()
    borders = [0] + borders + [events.count]
    return try (0..<parts).map { try makePartial(events[borders[$0]..<borders[$0 + 1]], &random) }
  }

  struct Size: Sendable {
    var events: Int
    var names: Int
  }

  static let sizes = [
    Size(events: 0, names: 1), Size(events: 1, names: 1), Size(events: 63, names: 3),
    Size(events: 2000, names: 3), Size(events: 3000, names: 500), Size(events: 12_000, names: 20),
  ]

  @Test(arguments: sizes) func rowsAreThoseOfTheNaiveWay(size: Size) throws {
    let events = Self.events(seed: size.names, count: size.events, names: size.names)
    let expected = naiveRows(events, classes: Self.hostClass)
    var first: [Table]?
    for parts in 1...4 {
      let partials = try Self.split(events, parts: parts, seed: parts)
      let parallel = parts.isMultiple(of: 2) ? backwards : inOrder
      let rows = try Self.rows(partials, parallel)
      let tables = Self.tables(rows)
      let found = zip(rows.days, tables).flatMap { readRows($1, day: Int64($0.day)) }
      #expect(firstDifference(found, expected) == nil, "\(parts) parts")
      #expect(rows.count == expected.count)
      if let first { #expect(first.elementsEqual(tables, by: areSame), "\(parts) parts") }
      first = tables
    }
  }

  private func firstDifference(_ found: [Row], _ expected: [Row]) -> String? {
    for (found, expected) in zip(found, expected) where found != expected {
      return "\(found), expected \(expected)"
    }
    return found.count == expected.count ? nil : "\(found.count) rows, not \(expected.count)"
  }

  /// Keys of more than 64 bits, and ranges that are sorted on several threads.
  @Test func wideKeysOnThreads() throws {
    var random = SeededRandom(seed: 4)
    let events = (0..<9000).map { number in
      var named = NamedEvent(user: Array("u\(number * 7919 % 20_011)".utf8))
      named.host = Array("h\(number * 104_729 % 20_011)".utf8)
      named.address = Array("i\(number)".utf8)
      named.device = Array("d\(random.below(1 << 30))".utf8)
      named.event.time = Int64(random.below(9)) * 86_400_000_000
      named.event.uploaded = 1
      return named
    }
    let expected = naiveRows(events, classes: Self.hostClass)
    let threads: ParallelFor = { count, body in
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
    let partials = try Self.split(events, parts: 3, seed: 1)
    let rows = try Self.rows(partials, threads)
    let tables = Self.tables(rows)
    let found = zip(rows.days, tables).flatMap { readRows($1, day: Int64($0.day)) }
    #expect(firstDifference(found, expected) == nil)
    #expect(rows.days.count == 9)
    let again = Self.tables(try Self.rows(partials, backwards))
    #expect(again.elementsEqual(tables, by: areSame))
  }

  @Test func daysHaveTheirRows() throws {
    let days: [Int64] = [0, 0, 5, 5, 5, 65_534]
    let events = days.enumerated().map { number, day in
      var named = NamedEvent(user: Array("u\(number)".utf8))
      named.event.time = day * 86_400_000_000 + 86_399_999_999
      return named
    }
    let rows = try Self.rows(try Self.split(events, parts: 2, seed: 0), inOrder)
    #expect(rows.days.map(\.day) == [0, 5, 65_534])
    #expect(rows.days.map(\.rows) == [0..<2, 2..<5, 5..<6])
  }

  @Test func nothingGivesNoRows() throws {
    let rows = try Self.rows([], inOrder)
    let table = Self.table(rows, 0..<0)
    #expect(table.rowCount == 0 && table.schema == UsageSchema.fileSchema)
  }

  enum Sum: CaseIterable { case uploaded, downloaded, total }

  @Test(arguments: Sum.allCases) func overflowAcrossSharesIsAnError(sum: Sum) throws {
    var named = NamedEvent()
    switch sum {
    case .uploaded: named.event.uploaded = .max
    case .downloaded: named.event.downloaded = .max
    case .total: named.event.total = .max
    }
    var random = SeededRandom(seed: 3)
    let partials = try (0..<2).map { _ in try makePartial([named], &random) }
    #expect(throws: UsageMergeError.sumOverflow) { _ = try Self.rows(partials, inOrder) }
    #expect(UsageMergeError.sumOverflow.description.contains("Nothing was committed"))
    #expect(UsageMergeError.tooManyNames.description.contains("Nothing was committed"))
  }

  @Test(arguments: [[], [3], [3, 3], [4, 3], [7, 3, 5, 3], [-2, 3, 3]] as [[Int64]])
  func summaryCoversTheEventsOfABlock(days: [Int64]) throws {
    let dayMicros: Int64 = 86_400_000_000
    var events = days.enumerated().map { number, day in
      var event = TestEvent()
      event.time = day * dayMicros + Int64(number)
      event.uploaded = number == 0 ? nil : Int64(number)
      event.downloaded = 10
      return event
    }
    var refused = TestEvent()
    (refused.time, refused.status, refused.uploaded) = (99 * dayMicros, 1, 1000)
    events.insert(refused, at: events.count / 2)
    let summary = UsageSummary(makeBatch(events).events)
    let times = days.enumerated().map { $1 * dayMicros + Int64($0) }
    #expect(summary.days == Set(days.map { Int32($0) }))
    #expect(summary.firstSeen == times.min() && summary.lastSeen == times.max())
    #expect(summary.uploaded == (0..<Int64(days.count)).reduce(0, +))
    #expect(summary.downloaded == 10 * Int64(days.count))
  }

  @Test func summaryCoversAllGroups() throws {
    var partial = UsagePartial()
    var events = (0..<3).map { number in
      var event = TestEvent()
      event.user = UInt32(number)
      event.time = Int64(number) * 86_400_000_000 + 5
      event.uploaded = number == 0 ? nil : .max / 2
      event.downloaded = 7
      return event
    }
    events[2].uploaded = .max
    try partial.add(makeBatch(events))
    var summary = UsageSummary()
    #expect(summary.firstSeen == nil && summary.lastSeen == nil)
    summary.add(UsagePartial())
    #expect(summary.firstSeen == nil && summary.days.isEmpty)
    summary.add(partial)
    #expect(summary.uploaded == .max && summary.downloaded == 21)
    #expect(summary.firstSeen == 5 && summary.lastSeen == 2 * 86_400_000_000 + 5)
    #expect(summary.days == [0, 1, 2])
  }
}
