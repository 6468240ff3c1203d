import ByteBlocks
import ByteKernels
import ColumnTables
import Synchronization
import TestSupport
import Testing
import VeiledRecords

@testable import UsageAggregation

/// A store in memory that may run out of room.
final class TestStore: SpillStore {
  struct Full: Error {}
  private let parts = Mutex<[[UInt8]]>([])
  private let partsMax: Int

  init(partsMax: Int = .max) { self.partsMax = partsMax }

  func store(_ bytes: [UInt8]) throws -> SpillPlace {
    try parts.withLock { parts in
      guard parts.count < partsMax else { throw Full() }
      parts.append(bytes)
      return SpillPlace(offset: Int64(parts.count - 1), byteCount: bytes.count)
    }
  }

  func load(_ place: SpillPlace) throws -> [UInt8] {
    parts.withLock { $0[Int(place.offset)] }
  }
}

/// What was spilled in any number of runs gives the rows that it gives from memory.
@Suite struct SpillTests {
  private static func run(_ events: ArraySlice<NamedEvent>, _ store: TestStore, seed: Int)
    throws -> SortedRun
  {
    let partials = try MergeTests.split(Array(events), parts: 1 + seed % 3, seed: seed)
    return try SortedRun(try MergeTests.rows(partials, inOrder), to: store, parallel: backwards)
  }

  /// The tables of all rows that a merge gives, and how many rows came at once.
  private static func tables(
    _ runs: [SortedRun], _ store: TestStore, rowsMax: Int
  ) throws -> (rows: [Row], counts: [Int]) {
    var merge = try RunMerge(runs, in: store)
    var rows: [Row] = []
    var counts: [Int] = []
    #expect(merge.nextDay == nil || !runs.isEmpty)
    while let sorted = try merge.next(RowGroupBounds(rowsMax: rowsMax)) {
      let (day, count) = (Int64(sorted.firstDay), sorted.count)
      let merged = try MergeTests.rows([FinishedPartial(sorted)], inOrder)
      #expect(merged.count == count)
      rows += readRows(MergeTests.table(merged, 0..<count), day: day)
      counts.append(count)
    }
    return (rows, counts)
  }

  struct Case: Sendable {
    var events: Int
    var names: Int
    var runs: Int
    var rowsMax: Int
  }

  @Test(arguments: [
    Case(events: 0, names: 1, runs: 1, rowsMax: 1), Case(events: 1, names: 1, runs: 3, rowsMax: 5),
    Case(events: 900, names: 3, runs: 2, rowsMax: 7),
    Case(events: 4000, names: 2, runs: 70, rowsMax: 1000),
    Case(events: 6000, names: 500, runs: 5, rowsMax: 1),
    Case(events: 9000, names: 900, runs: 3, rowsMax: 2500),
  ])
  func runsMergeToTheRowsOfTheNaiveWay(_ given: Case) throws {
    let events = MergeTests.events(seed: given.names, count: given.events, names: given.names)
    let expected = naiveRows(events, classes: MergeTests.hostClass)
    let store = TestStore()
    let runs = try (0..<given.runs).map { number in
      let part = number * events.count / given.runs..<(number + 1) * events.count / given.runs
      return try Self.run(events[part], store, seed: number)
    }
    let (rows, counts) = try Self.tables(runs, store, rowsMax: given.rowsMax)
    #expect(rows == expected)
    // Only the last part of a day may be short.
    #expect(counts.allSatisfy { (1...given.rowsMax).contains($0) })
    let days = Dictionary(grouping: expected, by: \.day).mapValues(\.count)
    #expect(
      counts.count == days.values.reduce(0) { $0 + ($1 + given.rowsMax - 1) / given.rowsMax })
  }

  @Test(arguments: [1, 2, 60, 500, 5000]) func rowGroupsAreTheSameFromMemory(
    rowsAndNames: Int
  ) throws {
    let events = MergeTests.events(seed: 3, count: 7000, names: 300)
    let bounds = RowGroupBounds(rowsMax: 900, rowsAndNamesMax: rowsAndNames)
    let all = try MergeTests.rows(try MergeTests.split(events, parts: 2, seed: 1), inOrder)
    let expected = all.days.flatMap { all.rowGroups($0.rows, bounds).map(\.count) }
    let store = TestStore()
    let runs = try [events[..<3000], events[3000...]].map { try Self.run($0, store, seed: 5) }
    var merge = try RunMerge(runs, in: store)
    var counts: [Int] = []
    while let rows = try merge.next(bounds) {
      counts.append(rows.count)
      let names = [rows.hosts, rows.users, rows.addresses, rows.devices].map { $0.count - 1 }
      // A group ends with the row that reaches the bound, which has four names at most.
      #expect(rows.count + names.reduce(0, +) < rowsAndNames + 5)
      #expect(rows.count <= 900)
      for list in [rows.hosts, rows.users, rows.addresses, rows.devices] {
        #expect(Set((0..<list.count).map { list.string($0) }).count == list.count)
      }
    }
    #expect(counts == expected)
    #expect(counts.reduce(0, +) == all.count)
    #expect(counts.max() ?? 0 > 1 || rowsAndNames < 6)
  }

  @Test func aFullStoreIsAnError() throws {
    let events = MergeTests.events(seed: 1, count: 9000, names: 500)
    #expect(throws: TestStore.Full.self) {
      _ = try Self.run(events[...], TestStore(partsMax: 1), seed: 0)
    }
  }

  @Test func overflowAcrossRunsIsAnError() throws {
    var named = NamedEvent()
    named.event.total = .max
    let store = TestStore()
    let runs = try (0..<2).map { try Self.run([named], store, seed: $0) }
    var merge = try RunMerge(runs, in: store)
    #expect(throws: UsageMergeError.sumOverflow) { _ = try merge.next(RowGroupBounds(rowsMax: 10)) }
  }

  @Test(arguments: [1, 2, 65, 200]) func namesAreCountedOnce(runs: Int) throws {
    var random = SeededRandom(seed: runs)
    let store = TestStore()
    var all: Set<Int> = []
    let spilled = try (0..<runs).map { number in
      let names = Set((0..<(runs > 2 ? 300 : 9000)).map { _ in random.below(20_000) })
      all.formUnion(names)
      let texts = names.map { "u1-\($0)" }
      if number.isMultiple(of: 2) { return try NameRun(unsorted: ByteStrings(texts), to: store) }
      return try NameRun(sorted: ByteStrings([""] + texts.sorted()), to: store)
    }
    #expect(try NameRun.distinctCount(spilled, in: store) == all.count)
    #expect(try NameRun.distinctCount([], in: store) == 0)
    let none = try NameRun(sorted: ByteStrings([""]), to: store)
    #expect(try NameRun.distinctCount([none, none], in: store) == 0)
  }

  @Test func tagsOfAddressesComeAlong() throws {
    var names = VeiledNames()
    for text in ["i1-c", "i1-a", "i1-b"] { names.addresses.append(text) }
    names.hosts.append("a.example")
    (names.tags, names.addressTags) = (["office", "guests"], [0, 2, 0, 1])
    let events = (0..<5).map { number in
      var event = TestEvent()
      (event.host, event.address) = (1, UInt32(number % 4))
      return event
    }
    var partial = UsagePartial()
    try partial.add(makeBatch(events))
    let rows = try MergeTests.rows([FinishedPartial(partial, names: names)], inOrder)
    let store = TestStore()
    let run = try SortedRun(rows, to: store, parallel: inOrder)
    var merge = try RunMerge([run], in: store)
    let sorted = try #require(try merge.next(RowGroupBounds(rowsMax: 10)))
    let again = try MergeTests.rows([FinishedPartial(sorted)], inOrder)
    let (table, expected) = (MergeTests.table(again, 0..<4), MergeTests.table(rows, 0..<4))
    #expect(areSame(table, expected))
    let column = try #require(table.column("ip_tag"))
    guard case .codes(let codes, let tags) = column.values else {
      Issue.record("No codes.")
      return
    }
    #expect(codes.map { tags.string(Int($0)) } == ["", "", "office", "guests"])
  }

  @Test func namesThatRowsWaitForStay() throws {
    var names = VeiledNames()
    for text in ["u1-a", "u1-b", "u1-c"] { names.users.append(text) }
    names.hosts.append("a.example")
    var event = TestEvent()
    event.user = 2
    let chunk = ActivityChunk(makeBatch([event]), VeiledDetails(count: 1), worker: 7, textOffset: 0)
    let all = ActivityNames(names: names, details: DetailNames())
    #expect(all.keeping([chunk], of: 6) == nil)
    let kept = try #require(all.keeping([chunk], of: 7))
    #expect((0..<4).map { kept.names.users.string($0) } == ["", "", "u1-b", ""])
    #expect(kept.names.hosts.count == 2 && kept.names.hosts.string(1).isEmpty)
  }
}
