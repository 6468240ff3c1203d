package import ByteBlocks

/// Distinct names, sorted, that were spilled page by page.
package struct NameRun: Sendable {
  /// Names of a page.
  static let pageNames = 4096

  let pages: [SpillPlace]

  /// Spills names; the first one is "none".
  package init(sorted names: ByteStrings, to store: any SpillStore) throws {
    var writer = NameRunWriter(store)
    for place in 1..<max(1, names.count) { try writer.append(names, place) }
    pages = try writer.finish()
  }

  /// Spills names in any order, all of which are some.
  package init(unsorted names: ByteStrings, to store: any SpillStore) throws {
    var list = ByteStrings([""])
    list.reserve(strings: names.count, bytes: names.bytes.count)
    for place in 0..<names.count { list.append(names, place) }
    let isUsed = (0..<list.count).map { $0 > 0 }
    try self.init(sorted: RankedNames([list], isUsed: [isUsed]).sorted, to: store)
  }

  private init(merging runs: [NameRun], in store: any SpillStore) throws {
    var writer = NameRunWriter(store)
    try Self.forEach(runs, in: store) { try writer.append($0, $1) }
    pages = try writer.finish()
  }

  /// How many different names there are in all runs together.
  package static func distinctCount(_ runs: [NameRun], in store: any SpillStore) throws -> Int {
    let runs = try MergeLimit.reduced(runs) { try NameRun(merging: Array($0), in: store) }
    var count = 0
    try forEach(runs, in: store) { _, _ in count += 1 }
    return count
  }

  /// Calls `body` with each name once: a list and its place there.
  private static func forEach(
    _ runs: [NameRun], in store: any SpillStore, _ body: (ByteStrings, Int) throws -> Void
  ) throws {
    var heap = MergeHeap(try runs.map { try NameCursor($0, in: store) })
    var last = ByteStrings()
    while let top = heap.first {
      let (names, place) = (top.page.names, top.place)
      if last.count == 0 || names.compare(place, to: last, 0) != 0 {
        try body(names, place)
        last.removeAll()
        last.append(names, place)
      }
      try heap.advance()
    }
  }
}

/// Cuts sorted names into pages.
private struct NameRunWriter {
  private let store: any SpillStore
  private var page = ByteStrings()
  private var pages: [SpillPlace] = []

  init(_ store: any SpillStore) { self.store = store }

  mutating func append(_ names: ByteStrings, _ place: Int) throws {
    page.append(names, place)
    if page.count == NameRun.pageNames { try turn() }
  }

  mutating func finish() throws -> [SpillPlace] {
    if page.count > 0 { try turn() }
    return pages
  }

  private mutating func turn() throws {
    var writer = PackedWriter()
    writer.append(page)
    pages.append(try store.store(writer.bytes))
    page.removeAll()
  }
}

/// The first 16 bytes of a name.
private struct NamePrefix: MergePrefix {
  var bytes: (UInt64, UInt64) = (0, 0)

  func compare(_ other: NamePrefix) -> Int {
    if bytes.0 != other.bytes.0 { return bytes.0 < other.bytes.0 ? -1 : 1 }
    return bytes.1 == other.bytes.1 ? 0 : bytes.1 < other.bytes.1 ? -1 : 1
  }
}

/// Reads a run of names one by one.
private final class NameCursor: MergeCursor {
  final class Page: Sendable {
    let names: ByteStrings
    init(_ names: ByteStrings) { self.names = names }
  }

  private let run: NameRun
  private let store: any SpillStore
  private var nextPage = 0
  private(set) var page = Page(ByteStrings())
  private(set) var place = 0
  private(set) var prefix = NamePrefix()

  init(_ run: NameRun, in store: any SpillStore) throws {
    self.run = run
    self.store = store
    try turn()
  }

  var isOver: Bool { place >= page.names.count }

  func advance() throws {
    place += 1
    if isOver { try turn() } else { setPrefix() }
  }

  private func turn() throws {
    place = 0
    guard nextPage < run.pages.count else {
      page = Page(ByteStrings())
      return
    }
    var reader = PackedReader(try store.load(run.pages[nextPage]))
    page = Page(reader.strings())
    nextPage += 1
    setPrefix()
  }

  private func setPrefix() {
    prefix.bytes = (page.names.prefix(place, from: 0), page.names.prefix(place, from: 8))
  }

  func compare(_ other: NameCursor) -> Int {
    page.names.compare(place, to: other.page.names, other.place)
  }
}
