import ByteBlocks
import ByteKernels
import Dispatch
import Synchronization
import Testing

@Suite struct SharedPrintTableTests {
  /// Prints of numbered names, for several threads.
  final class Prints: Sendable {
    let all: Buffer<EventPrint>

    init(count: Int) {
      let key = PrintKey()
      var prints = Buffer<EventPrint>(count: count)
      for place in 0..<count {
        prints[place] = key.namePrint(of: Array("name \(place)".utf8).span, column: 1)
      }
      all = prints
    }
  }

  /// How often a reader saw what must not be.
  static func mistakes(_ table: SharedPrintTable, _ prints: Prints, known: Int) -> Int {
    var values = Buffer<UInt32>(count: prints.all.count)
    let absent = table.find(prints.all, values: &values)
    var mistakes = 0
    var absentOnes = 0
    for place in 0..<prints.all.count {
      let value = values[place]
      absentOnes += value == PrintTable.absent ? 1 : 0
      if value == PrintTable.absent ? place < known : value != UInt32(place) { mistakes += 1 }
    }
    return mistakes + (absent == absentOnes ? 0 : 1)
  }

  @Test func findsWhatWasAdded() {
    let (table, prints) = (SharedPrintTable(), Prints(count: 5000))
    #expect(Self.mistakes(table, prints, known: 0) == 0)
    var adder = table.adder()
    for place in 0..<2500 {
      #expect(adder.find(prints.all[place]) == nil)
      adder.add(prints.all[place], UInt32(place))
    }
    #expect(adder.find(prints.all[1234]) == 1234)
    // Another one goes on where it stopped.
    var other = table.adder()
    for place in 2500..<4000 { other.add(prints.all[place], UInt32(place)) }
    #expect(Self.mistakes(table, prints, known: 4000) == 0)
    #expect(table.byteCount >= 4000 * 16)
  }

  /// What readers find is right at any moment, and what was there before they looked is found.
  @Test(arguments: 0..<4) func isReadWhileItGrows(_ round: Int) {
    let (table, prints) = (SharedPrintTable(), Prints(count: 30_000))
    let (added, mistakes) = (Counter(), Counter())
    let group = DispatchGroup()
    for reader in 0..<3 {
      // A serial queue has a thread of its own.
      DispatchQueue(label: "reader \(reader)").async(group: group) {
        while added.value < prints.all.count {
          mistakes.add(Self.mistakes(table, prints, known: added.value))
        }
      }
    }
    DispatchQueue(label: "adder").async(group: group) {
      var adder = table.adder()
      for place in 0..<prints.all.count {
        adder.add(prints.all[place], UInt32(place))
        added.add(1)
      }
    }
    group.wait()
    #expect(mistakes.value == 0)
    #expect(Self.mistakes(table, prints, known: prints.all.count) == 0)
  }

  final class Counter: Sendable {
    private let atomic = Atomic(0)
    var value: Int { atomic.load(ordering: .acquiring) }
    func add(_ more: Int) { atomic.wrappingAdd(more, ordering: .acquiringAndReleasing) }
  }
}
