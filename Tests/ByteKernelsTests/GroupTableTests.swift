import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Sums of events that share a key, in a Swift dictionary.
struct Oracle: Equatable {
  struct Key: Hashable {
    var numbers: [UInt32]
    var day: Int64
    var action: UInt8
  }
  struct Sums: Equatable {
    var events = 0
    var uploaded: Int64?
    var downloaded: Int64?
    var total: Int64?
    var firstSeen = Int64.max
    var lastSeen = Int64.min
  }
  var groups: [Key: Sums] = [:]

  mutating func add(_ event: TestEvent) {
    guard event.status == 0 else { return }
    let key = Key(
      numbers: [event.user, event.host, event.address, event.device],
      day: event.time / 86_400_000_000,
      action: event.action
    )
    var sums = groups[key] ?? Sums()
    sums.events += 1
    if let more = event.uploaded { sums.uploaded = (sums.uploaded ?? 0) + more }
    if let more = event.downloaded { sums.downloaded = (sums.downloaded ?? 0) + more }
    if let more = event.total { sums.total = (sums.total ?? 0) + more }
    sums.firstSeen = min(sums.firstSeen, event.time)
    sums.lastSeen = max(sums.lastSeen, event.time)
    groups[key] = sums
  }

  init(_ events: [TestEvent]) { for event in events { add(event) } }

  /// What a table holds; a key that it holds twice is a failure.
  init(_ table: borrowing GroupTable) {
    let all = table.all()
    for place in all.indices {
      let group = all[place]
      let key = Key(
        numbers: [group.user, group.host, group.address, group.device],
        day: Int64(group.day),
        action: group.action
      )
      #expect(groups[key] == nil)
      #expect(group.has & Group.hasUploaded != 0 || group.uploaded == 0)
      groups[key] = Sums(
        events: Int(group.events),
        uploaded: group.has & Group.hasUploaded != 0 ? group.uploaded : nil,
        downloaded: group.has & Group.hasDownloaded != 0 ? group.downloaded : nil,
        total: group.has & Group.hasTotal != 0 ? group.total : nil,
        firstSeen: group.firstSeen,
        lastSeen: group.lastSeen
      )
    }
  }
}

@Suite struct GroupTableTests {
  static func events(seed: Int, count: Int, names: Int) -> [TestEvent] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { _ in TestEvent.random(&random, names: names) }
  }

  @Test(arguments: [0, 1, 31, 32, 33, 64, 1000, 20_000]) func sumsOfRandomEvents(
    count: Int
  ) throws {
    for names in [1, 3, 40] {
      let events = Self.events(seed: count + names, count: count, names: names)
      var table = GroupTable()
      let half = count / 2
      try table.add(makeColumns(Array(events[..<half])))
      try table.add(makeColumns(Array(events[half...])))
      #expect(Oracle(table) == Oracle(events))
    }
  }

  @Test func mergedSharesEqualOneTable() throws {
    let events = Self.events(seed: 11, count: 9000, names: 12)
    var shares: [Oracle] = []
    var merged = GroupTable()
    for share in 0..<3 {
      let own = events[share * 3000..<share * 3000 + 3000]
      var table = GroupTable()
      try table.add(makeColumns(Array(own)))
      try merged.add(table.all())
      shares.append(Oracle(table))
    }
    #expect(Oracle(merged) == Oracle(events))
    #expect(shares[0] != shares[1])
  }

  /// Growth moves no group and loses none.
  @Test func growsToManyGroups() throws {
    var table = GroupTable()
    var number: UInt32 = 0
    for _ in 0..<50 {
      let events = (0..<4000).map { _ in
        number += 1
        return Self.event(number, time: Int64(number), uploaded: 1)
      }
      try table.add(makeColumns(events))
    }
    #expect(table.count == 200_000)
    #expect(Self.users(table) == Array(1...200_000))
    try table.add(makeColumns([Self.event(7, time: 5, uploaded: 41)]))
    #expect(table.count == 200_000)
    #expect(table.all()[6].uploaded == 42 && table.all()[6].firstSeen == 5)
  }

  private static func event(_ number: UInt32, time: Int64, uploaded: Int64) -> TestEvent {
    var event = TestEvent()
    (event.user, event.host) = (number, number / 3)
    (event.time, event.uploaded) = (time, uploaded)
    return event
  }

  private static func users(_ table: borrowing GroupTable) -> [UInt32] {
    let all = table.all()
    return all.indices.map { all[$0].user }
  }

  enum Sum: CaseIterable { case uploaded, downloaded, total }

  @Test(arguments: Sum.allCases) func overflowOfBytesIsAnError(sum: Sum) throws {
    var event = TestEvent()
    switch sum {
    case .uploaded: event.uploaded = .max
    case .downloaded: event.downloaded = .max
    case .total: event.total = .max
    }
    var table = GroupTable()
    try table.add(makeColumns([event]))
    var other = GroupTable()
    try other.add(table.all())
    #expect(throws: SumOverflow.self) { try other.add(table.all()) }
    #expect(throws: SumOverflow.self) { try table.add(makeColumns([event])) }
  }

  /// Doubling a group passes 2^32 events after 32 rounds.
  @Test func overflowOfEventsIsAnError() throws {
    var table = GroupTable()
    try table.add(makeColumns([TestEvent()]))
    for _ in 0..<31 { table = try Self.doubled(table) }
    #expect(table.all()[0].events == 1 << 31)
    #expect(throws: SumOverflow.self) { _ = try Self.doubled(table) }
  }

  private static func doubled(_ table: borrowing GroupTable) throws(SumOverflow) -> GroupTable {
    var sum = GroupTable()
    try sum.add(table.all())
    try sum.add(table.all())
    return sum
  }

  @Test func shortColumnTraps() async {
    await #expect(processExitsWith: .failure) {
      let one = [Int64(0)]
      _ = EventColumns(
        count: 2,
        status: makeBuffer([0, 0]),
        users: makeBuffer([0, 0]),
        hosts: makeBuffer([0, 0]),
        addresses: makeBuffer([0, 0]),
        devices: makeBuffer([0, 0]),
        actions: makeBuffer([0, 0]),
        times: makeBuffer(one),
        uploaded: makeBuffer(one),
        downloaded: makeBuffer(one),
        totals: makeBuffer(one)
      )
    }
  }
}
