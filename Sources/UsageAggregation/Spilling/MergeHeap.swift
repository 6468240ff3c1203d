/// Something sorted that is read one by one, along with others like it.
protocol MergeCursor: AnyObject {
  /// The beginning of what it is sorted by, in numbers.
  associatedtype Prefix: MergePrefix
  var prefix: Prefix { get }
  /// Whether there is nothing more.
  var isOver: Bool { get }
  func advance() throws
  /// Negative, zero or positive: how what is next compares, all of it.
  func compare(_ other: Self) -> Int
}

/// What most comparisons are decided by without a look at texts.
protocol MergePrefix {
  /// Negative or positive when this decides; 0 when it does not.
  func compare(_ other: Self) -> Int
}

/// Cursors of which the one with the least is on top.
struct MergeHeap<Cursor: MergeCursor> {
  private struct Entry {
    var prefix: Cursor.Prefix
    let cursor: Cursor
  }

  /// The children of place n are 2n + 1 and 2n + 2; none has less than its parent.
  private var entries: [Entry]

  init(_ cursors: [Cursor]) {
    entries = cursors.filter { !$0.isOver }.map { Entry(prefix: $0.prefix, cursor: $0) }
    for place in (0..<entries.count / 2).reversed() { sink(place) }
  }

  /// The cursor with the least; `nil`: all are over.
  var first: Cursor? { entries.first?.cursor }

  /// Passes over the least.
  mutating func advance() throws {
    try entries[0].cursor.advance()
    if entries[0].cursor.isOver {
      entries.swapAt(0, entries.count - 1)
      entries.removeLast()
    } else {
      entries[0].prefix = entries[0].cursor.prefix
    }
    sink(0)
  }

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    let order = entries[a].prefix.compare(entries[b].prefix)
    return (order != 0 ? order : entries[a].cursor.compare(entries[b].cursor)) < 0
  }

  /// Lets the cursor at `place` sink to where it belongs.
  private mutating func sink(_ place: Int) {
    var place = place
    while true {
      var least = place
      let child = 2 * place + 1
      if child < entries.count, isBefore(child, least) { least = child }
      if child + 1 < entries.count, isBefore(child + 1, least) { least = child + 1 }
      if least == place { return }
      entries.swapAt(place, least)
      place = least
    }
  }
}

/// Merges of more are done in several passes, so that their pages fit into memory.
enum MergeLimit {
  static let runsMax = 64

  /// As many runs as may be read at once, by merging others first.
  static func reduced<Run>(
    _ runs: [Run], merge: (ArraySlice<Run>) throws -> Run
  ) rethrows -> [Run] {
    var runs = runs
    while runs.count > runsMax {
      runs = try runs.dropFirst(runsMax) + [merge(runs.prefix(runsMax))]
    }
    return runs
  }
}
