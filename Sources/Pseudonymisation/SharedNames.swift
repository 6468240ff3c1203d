internal import ByteBlocks
internal import ByteKernels
internal import Synchronization
internal import VeiledRecords

/// The names that the veilers of a run have met, and the numbers that stand for them.
///
/// Who meets a name first brings it into its canonical form and encrypts it; the others find its
/// number, without a lock. A veiler that has met new names adds those of a block together. Clear
/// names are not kept: they are known by their prints.
package final class SharedNames: Sendable {
  /// What all prints of the run depend on.
  let printKey: PrintKey
  private let veilers: Int
  /// What the directory had said of names that are forgotten.
  private let before: (mapped: Int, unmapped: Int)
  private let users = SharedNameList(), addresses = SharedNameList()
  private let devices = SharedNameList(), hosts = SharedNameList()

  /// No names yet, for so many veilers.
  package convenience init(veilers: Int) {
    precondition(veilers > 0, "Names are shared by somebody.")
    self.init(PrintKey(), veilers: veilers, before: (0, 0))
  }

  private init(_ printKey: PrintKey, veilers: Int, before: (mapped: Int, unmapped: Int)) {
    self.printKey = printKey
    self.veilers = veilers
    self.before = before
  }

  /// No names, for the same veilers once they start anew: prints stay the same, numbers do not.
  func anew() -> SharedNames {
    SharedNames(printKey, veilers: veilers, before: directoryNames)
  }

  func list(of kind: IdentityKind?) -> SharedNameList {
    switch kind {
    case .user, .privateUser: users
    case .ip: addresses
    case .machine: devices
    case nil: hosts
    }
  }

  /// What the numbers stand for by now.
  ///
  /// - Parameter tags: what networks are called.
  func names(tags: [String]) -> VeiledNames {
    var names = VeiledNames()
    names.users = users.texts.names
    (names.addresses, names.addressTags) = addresses.texts
    names.devices = devices.texts.names
    names.hosts = hosts.texts.names
    names.tags = tags
    return names
  }

  /// Spellings of users that the directory knew, and that it did not know, each once.
  var directoryNames: (mapped: Int, unmapped: Int) {
    let now = users.directoryNames
    return (before.mapped + now.mapped, before.unmapped + now.unmapped)
  }

  /// Bytes of memory in use, as one veiler's part of them.
  var byteCountShare: Int {
    (users.byteCount + addresses.byteCount + devices.byteCount + hosts.byteCount) / veilers
  }
}

/// The names of one kind.
final class SharedNameList: Sendable {
  private let list = Mutex(NameList())
  private let heldBytes = Atomic(0)

  /// Bytes of memory in use.
  var byteCount: Int { heldBytes.load(ordering: .relaxed) }

  /// The numbers of names under a key version, by the prints of how they are spelled.
  func spellings(_ version: Int) -> SharedPrintTable {
    list.withLock { $0.of(version).spellings }
  }

  /// Gives new names their numbers, in the order of the entries; of names that somebody else has
  /// added meanwhile, those that they have.
  ///
  /// - Parameters:
  ///   - texts: what is shown for each entry that has a text.
  ///   - numbers: afterwards one for each entry.
  ///   - isOwnForm: whether the name of an entry, as a spelling, has itself for its canonical form;
  ///     asked seldom, by the place of its text.
  func add(
    _ new: borrowing NewNames, texts: ByteStrings, numbers: inout [UInt32],
    isOwnForm: (Int) -> Bool
  ) {
    numbers.removeAll(keepingCapacity: true)
    if new.entries.isEmpty { return }
    list.withLock { list in
      list.add(new, texts, &numbers, isOwnForm)
      heldBytes.store(list.byteCount, ordering: .relaxed)
    }
  }

  /// Adds a text that has no print; gives its number.
  func add(_ text: Span<UInt8>, tag: UInt16) -> UInt32 {
    list.withLock { list in
      defer { heldBytes.store(list.byteCount, ordering: .relaxed) }
      return list.append(text, tag)
    }
  }

  /// The text of a number.
  func text(_ number: UInt32) -> [UInt8] { list.withLock { Array($0.texts[Int(number)]) } }

  /// Which of `numbers` stand for people whose activities are private.
  func arePrivate(_ numbers: borrowing Buffer<UInt32>) -> [Bool] {
    list.withLock { list in
      (0..<numbers.count).map { place in
        let number = Int(numbers[place])
        return number > 0 && number < list.texts.count
          && VeiledNames.isPrivate(list.texts.span(number))
      }
    }
  }

  /// All texts, and their tags.
  var texts: (names: ByteStrings, tags: [UInt16]) { list.withLock { ($0.texts, $0.tags) } }

  var directoryNames: (mapped: Int, unmapped: Int) { list.withLock { ($0.mapped, $0.unmapped) } }
}

/// Texts by their numbers, and numbers by prints.
private struct NameList: ~Copyable, Sendable {
  private(set) var texts = ByteStrings([""])
  /// By the number of an address what its network is called; empty where no network has a name.
  private(set) var tags: [UInt16] = []
  private(set) var mapped = 0, unmapped = 0
  private var versions: [Int: PrintedNames] = [:]
  /// Names whose places in the table are fetched while others are added.
  private static let fetchedAhead = 8

  var byteCount: Int {
    versions.values.reduce(texts.byteCount) { $0 + $1.byteCount }
  }

  mutating func of(_ version: Int) -> PrintedNames {
    if let known = versions[version] { return known }
    let printed = PrintedNames()
    versions[version] = printed
    return printed
  }

  mutating func add(
    _ new: borrowing NewNames, _ newTexts: ByteStrings, _ numbers: inout [UInt32],
    _ isOwnForm: (Int) -> Bool
  ) {
    let known = of(new.version)
    var spellings = known.spellings.adder()
    var nextText = 0
    for (place, entry) in new.entries.enumerated() {
      if place + Self.fetchedAhead < new.entries.count,
        let spelling = new.entries[place + Self.fetchedAhead].spelling
      {
        spellings.prepare(spelling)
      }
      let text = nextText
      if case .number = entry.outcome {} else { nextText += 1 }
      if let spelling = entry.spelling, let number = spellings.find(spelling) {
        numbers.append(number)
        continue
      }
      let number =
        switch entry.outcome {
        case .number(let number): number
        case .asWritten(let tag): append(newTexts.span(text), tag)
        case .name(let name): self.number(of: name, known, spellings, newTexts, text, isOwnForm)
        }
      if let spelling = entry.spelling { spellings.add(spelling, number) }
      if let isMapped = entry.isMapped {
        mapped += isMapped ? 1 : 0
        unmapped += isMapped ? 0 : 1
      }
      numbers.append(number)
    }
  }

  private mutating func number(
    of name: NewNames.Name, _ known: PrintedNames, _ spellings: borrowing SharedPrintTable.Adder,
    _ newTexts: ByteStrings, _ text: Int, _ isOwnForm: (Int) -> Bool
  ) -> UInt32 {
    if let number = known.canonical.find(name.print) { return number }
    if !name.isSpelling, name.mayBeSpelling, let number = spellings.find(name.print),
      isOwnForm(text)
    {
      return number
    }
    let number = append(newTexts.span(text), name.tag)
    if !name.isSpelling { known.canonical.add(name.print, number) }
    return number
  }

  mutating func append(_ text: Span<UInt8>, _ tag: UInt16) -> UInt32 {
    let number = texts.count
    precondition(number < NameNumber.excludedFirst, "Too many names for their numbers.")
    texts.append(bytes: text)
    if tag > 0 || !tags.isEmpty {
      tags.append(contentsOf: repeatElement(0, count: number - tags.count))
      tags.append(tag)
    }
    return UInt32(number)
  }
}

/// Numbers of names under one key version.
///
/// Most spellings are canonical forms themselves and stand here once. A canonical form that was met
/// behind another spelling only is kept apart: read from a log, the same bytes may mean something
/// else, such as a pseudonym.
// SAFETY: reached through its list alone, under the lock of that.
private final class PrintedNames: @unchecked Sendable {
  let spellings = SharedPrintTable()
  var canonical = PrintTable()

  var byteCount: Int { spellings.byteCount + canonical.byteCount }
}
