import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Prints tell events apart as their day, action and names do.
@Suite struct EventPrintTests {
  struct Named: Hashable {
    var names: [[UInt8]]
    var day: Int64
    var action: UInt8
  }

  struct Log {
    var events: [Named]
    var micros: [Int64]

    /// Names of all lengths, many of them neighbours that differ in one byte, the last one or none.
    init(seed: Int, count: Int) {
      var random = SeededRandom(seed: seed)
      var pool: [[UInt8]] = [[]]
      while pool.count < 60 {
        var name =
          random.once(in: 2) ? random.one(of: pool) : random.bytes(random.below(70)).map { $0 | 1 }
        if !name.isEmpty, random.once(in: 2) { name[random.below(name.count)] ^= 2 }
        // Names may end in NULs, which padding alone would not tell apart.
        if random.once(in: 4) {
          name += Array(repeating: UInt8(random.below(2)), count: 1 + random.below(2))
        }
        pool.append(name)
      }
      (events, micros) = ([], [])
      for _ in 0..<count {
        let names = (0..<PrintKey.columnsMax).map { _ in random.one(of: pool) }
        let day = random.once(in: 9) ? Int64(random.below(60_000)) : Int64(random.below(3))
        events.append(Named(names: names, day: day, action: UInt8(random.below(3))))
        micros.append(day * 86_400_000_000 + Int64(random.below(86_400_000_000)))
      }
    }
  }

  static func prints(
    _ log: Log, _ key: PrintKey, columns: Int = PrintKey.columnsMax
  ) throws -> Buffer<EventPrint> {
    var prints = key.prints(
      times: makeBuffer(log.micros), actions: makeBuffer(log.events.map(\.action)),
      count: log.events.count)
    for column in 0..<columns {
      let names = try FieldColumn(log.events.map { $0.names[column] }, between: [1, 0xff])
      key.add(names.ranges.span, column: column, in: names.block, to: &prints)
    }
    return prints
  }

  struct Bits: Hashable { var low, high: UInt64 }

  static func bits(_ prints: borrowing Buffer<EventPrint>) -> [Bits] {
    (0..<prints.count).map { Bits(low: prints[$0].low, high: prints[$0].high) }
  }

  @Test(arguments: KernelLevel.supported) func sameNamesSamePrint(level: KernelLevel) throws {
    let log = Log(seed: 5, count: 6000)
    let key = PrintKey(level: level)
    let prints = Self.bits(try Self.prints(log, key))
    #expect(prints == Self.bits(try Self.prints(log, key)))
    var known: [Named: Bits] = [:]
    for (event, print) in zip(log.events, prints) {
      #expect(known[event, default: print] == print)
      known[event] = print
    }
    #expect(Set(prints).count == known.count)
    // The 96 bits that a table keeps tell them apart, too.
    #expect(Set(prints.map { Bits(low: $0.low, high: $0.high & 0xffff_ffff) }).count == known.count)
  }

  @Test(arguments: KernelLevel.supported) func anotherKeyOtherPrints(level: KernelLevel) throws {
    let log = Log(seed: 6, count: 500)
    let first = Set(Self.bits(try Self.prints(log, PrintKey(level: level))))
    let second = Set(Self.bits(try Self.prints(log, PrintKey(level: level))))
    #expect(first.isDisjoint(with: second))
  }

  @Test func noColumnIsAColumnOfEmptyNamesToNobodyElse() throws {
    var log = Log(seed: 7, count: 300)
    for place in log.events.indices { log.events[place].names[3] = [] }
    let key = PrintKey()
    let three = Self.bits(try Self.prints(log, key, columns: 3))
    let four = Self.bits(try Self.prints(log, key))
    #expect(Set(three).count == Set(four).count)
  }

  /// Groups of events whose places were looked up first equal groups of events with numbers.
  @Test(arguments: [1, 31, 32, 33, 700]) func knownPlacesGiveTheSameGroups(batch: Int) throws {
    var random = SeededRandom(seed: batch)
    let log = Log(seed: 8, count: 4000)
    var numbers: [[UInt8]: UInt32] = [:]
    var events: [TestEvent] = []
    for (event, micros) in zip(log.events, log.micros) {
      var plain = TestEvent.random(&random, names: 1)
      let known = event.names.map { name in
        let next = UInt32(numbers.count)
        numbers[name] = numbers[name] ?? next
        return numbers[name] ?? next
      }
      (plain.user, plain.host, plain.address, plain.device) = (
        known[0], known[1], known[2], known[3]
      )
      (plain.action, plain.time) = (event.action, micros)
      events.append(plain)
    }
    let key = PrintKey()
    var table = GroupTable()
    for start in stride(from: 0, to: events.count, by: batch) {
      let range = start..<min(events.count, start + batch)
      var part = log
      part.events = Array(log.events[range])
      part.micros = Array(log.micros[range])
      let own = try Self.prints(part, key)
      let status = makeBuffer(events[range].map(\.status))
      let places = table.places(of: own, status: status)
      let absent = Set((0..<places.absentCount).map { Int(places.absent[$0]) })
      // What has a place needs no names.
      let columns = makeColumns(
        range.map { place in
          var event = events[place]
          if !absent.contains(place - start) {
            (event.user, event.host, event.address, event.device) = (0, 0, 0, 0)
          }
          return event
        })
      try table.add(columns, own, at: places)
    }
    #expect(Oracle(table) == Oracle(events))
  }
}
