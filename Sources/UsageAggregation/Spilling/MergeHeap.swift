/// Something sorted that is read one by one, along with others like it.
protocol MergeCursor: AnyObject {
  /// Whether there is nothing more.
  var isOver: Bool { get }
  func advance() throws
  /// Negative, zero or positive: how what is next compares.
  func compare(_ other: Self) -> Int
}

/// Cursors of which the one with the least is on top.
struct MergeHeap<Cursor: MergeCursor> {
  /// The children of place n are 2n + 1 and 2n + 2; none has less than its parent.
  private var cursors: [Cursor]

  init(_ cursors: [Cursor]) {
    self.cursors = cursors.filter { !$0.isOver }
    for place in (0..<self.cursors.count / 2).reversed() { sink(place) }
  }

  /// The cursor with the least; `nil`: all are over.
  var first: Cursor? { cursors.first }

  /// Passes over the least.
  mutating func advance() throws {
    try cursors[0].advance()
    if cursors[0].isOver {
      cursors.swapAt(0, cursors.count - 1)
      cursors.removeLast()
    }
    sink(0)
  }

  /// Lets the cursor at `place` sink to where it belongs.
  private mutating func sink(_ place: Int) {
    var place = place
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2]
      where child < cursors.count && cursors[child].compare(cursors[least]) < 0 { least = child }
      if least == place { return }
      cursors.swapAt(place, least)
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
