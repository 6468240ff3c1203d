package import ByteBlocks

/// The distinct strings of several lists, sorted by bytes, and the place of each string in them.
package struct RankedNames: Sendable {
  /// Sorted, each once. Place 0 is "none": empty.
  package private(set) var sorted = ByteStrings([""])
  /// For every list, for every number: the place in `sorted`; 0 where the number is not used.
  package private(set) var ranks: [[UInt32]]

  /// Ranks the strings that `isUsed` marks; the first one of each list is "none".
  package init(_ lists: [ByteStrings], isUsed: [[Bool]]) {
    let order = NameOrder(lists, isUsed: isUsed)
    ranks = lists.map { Array(repeating: 0, count: $0.count) }
    sorted.reserve(strings: order.count, bytes: lists.map(\.bytes.count).max() ?? 0)
    for index in 0..<order.count {
      order.append(index, to: &sorted)
      let (list, number) = order.owner(index)
      ranks[list][number] = UInt32(sorted.count - 1)
    }
  }

  /// Ranks one list of texts, of which the first is "none"; `nil` and empty ones have rank 0.
  ///
  /// By their bytes: texts that Swift takes for equal although they are spelled differently differ.
  init(_ texts: [String?]) {
    self.init([ByteStrings(texts.map { $0 ?? "" })], isUsed: [texts.map { $0?.isEmpty == false }])
  }
}
