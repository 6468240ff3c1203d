import ByteBlocks
import ByteKernels
import Dispatch
import Synchronization
import Testing
import VeiledRecords

@testable import Pseudonymisation

@Suite struct SharedNamesTests {
  /// Names of which every other one stands in the log in another spelling.
  static func add(
    _ names: [Int], to list: SharedNameList, _ key: PrintKey, inDomain: Bool = false
  ) -> [UInt32] {
    var new = NewNames()
    new.begin(.user, 1)
    var texts = ByteStrings()
    for name in names {
      let canonical = Array("user\(name)".utf8)
      let spelling = inDomain ? Array("CORP\\user\(name)".utf8) : canonical
      let print = key.namePrint(of: canonical.span, column: 1)
      let form = NewNames.Name(
        print: print, isSpelling: !inDomain, mayBeSpelling: true, tag: 0)
      new.add(
        NewNames.Entry(
          key.namePrint(of: spelling.span, column: 1), .name(form),
          isMapped: name.isMultiple(of: 3)),
        canonical.span, as: .ofColumn)
      texts.append("pseudonym of \(name)")
    }
    var numbers: [UInt32] = [7]
    list.add(new, texts: texts, numbers: &numbers) { _ in true }
    return numbers
  }

  @Test func oneNameHasOneNumber() {
    let shared = SharedNames(veilers: 4)
    let list = shared.list(of: .user)
    let found = Mutex<[[Int: Set<UInt32>]]>([])
    let group = DispatchGroup()
    for veiler in 0..<4 {
      DispatchQueue(label: "veiler \(veiler)").async(group: group) {
        var random = SeededRandom(UInt64(veiler))
        var numbers: [Int: Set<UInt32>] = [:]
        for turn in 0..<200 {
          let names = (0..<40).map { _ in random.below(3000) }
          let given = Self.add(
            names, to: list, shared.printKey, inDomain: (turn + veiler).isMultiple(of: 2))
          for (name, number) in zip(names, given) { numbers[name, default: []].insert(number) }
        }
        found.withLock { $0.append(numbers) }
      }
    }
    group.wait()
    var all: [Int: Set<UInt32>] = [:]
    for numbers in found.withLock({ $0 }) { all.merge(numbers) { $0.union($1) } }
    #expect(all.count > 2900)
    let names = shared.names(tags: []).users
    for (name, numbers) in all {
      #expect(numbers.count == 1)
      for number in numbers { #expect(names.string(Int(number)) == "pseudonym of \(name)") }
    }
    #expect(names.count == all.count + 1)
    // Each of both spellings was looked up in the directory once.
    let (mapped, unmapped) = shared.directoryNames
    #expect(mapped + unmapped > all.count && mapped + unmapped <= 2 * all.count)
    // A reader finds them without asking for the lock.
    let spellings = list.spellings(1)
    var prints = Buffer<EventPrint>(count: 1)
    prints[0] = shared.printKey.namePrint(of: Array("nobody new".utf8).span, column: 1)
    var values = Buffer<UInt32>(count: 1)
    #expect(spellings.find(prints, values: &values) == 1)
  }

  @Test func startingAnewForgetsNamesAndKeepsCounts() {
    let shared = SharedNames(veilers: 2)
    let given = Self.add([1, 2, 3], to: shared.list(of: .user), shared.printKey)
    #expect(given == [1, 2, 3])
    #expect(Self.add([], to: shared.list(of: .user), shared.printKey).isEmpty)
    #expect(shared.byteCountShare > 0)
    let next = shared.anew()
    #expect(next.names(tags: []).users.count == 1)
    #expect(next.directoryNames == (1, 2))
    #expect(Self.add([1, 2, 3], to: next.list(of: .user), next.printKey) == [1, 2, 3])
    #expect(next.directoryNames == (2, 4))
    #expect(shared.names(tags: []).users.string(2) == "pseudonym of 2")
  }

  @Test func tagsStandBesideTheirAddresses() {
    let list = SharedNames(veilers: 1).list(of: .ip)
    #expect(list.add(Array("first".utf8).span, tag: 0) == 1)
    #expect(list.texts.tags.isEmpty)
    #expect(list.add(Array("second".utf8).span, tag: 7) == 2)
    #expect(list.add(Array("third".utf8).span, tag: 0) == 3)
    #expect(list.texts.tags == [0, 0, 7, 0])
    #expect(list.text(2) == Array("second".utf8))
  }
}
