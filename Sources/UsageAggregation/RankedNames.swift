package import ByteBlocks
internal import ByteKernels

/// The distinct strings of several lists, sorted by bytes, and the place of each string in them.
package struct RankedNames: Sendable {
  /// Sorted, each once. Place 0 is "none": empty.
  package private(set) var sorted = ByteStrings([""])
  /// For every list, for every number: the place in `sorted`; 0 where the number is not used.
  package private(set) var ranks: [[UInt32]]

  /// Ranks the strings that `isUsed` marks; the first one of each list is "none".
  ///
  /// - Parameter parallel: is asked only where there are many strings; they are cut into parts by
  ///   their first bytes then, and come out the same.
  package init(
    _ lists: [ByteStrings], isUsed: [[Bool]], parallel: ParallelFor = inTurn
  ) {
    let cut = NameCut(lists, isUsed: isUsed, parallel: parallel)
    let slots = Slots<RankedPart>(count: cut.partCount)
    (cut.partCount > 1 ? parallel : inTurn)(cut.partCount) { part in
      slots.set(part, RankedPart(NameOrder(lists, cut.items(of: part), from: cut.shared)))
    }
    let parts = slots.all()
    ranks = lists.map { Array(repeating: 0, count: $0.count) }
    sorted.reserve(
      strings: parts.reduce(0) { $0 + $1.sorted.count },
      bytes: parts.reduce(0) { $0 + $1.sorted.bytes.count })
    for part in parts {
      let first = UInt32(sorted.count)
      sorted.append(contentsOf: part.sorted)
      for owner in part.owners {
        ranks[Int(owner.list)][Int(owner.place)] = first + UInt32(owner.key)
      }
    }
  }

  /// Ranks several kinds of strings: those with many of them one after the other, by all threads,
  /// and the others side by side.
  static func ranked(
    _ kinds: [[ByteStrings]], isUsed: [[[Bool]]], parallel: ParallelFor
  ) -> [RankedNames] {
    let isLarge = kinds.map { NameCut.isWorthIt($0) }
    let slots = Slots<RankedNames>(count: kinds.count)
    for kind in kinds.indices where isLarge[kind] {
      slots.set(kind, RankedNames(kinds[kind], isUsed: isUsed[kind], parallel: parallel))
    }
    parallel(kinds.count) { kind in
      if !isLarge[kind] { slots.set(kind, RankedNames(kinds[kind], isUsed: isUsed[kind])) }
    }
    return slots.all()
  }

  /// Ranks one list of texts, of which the first is "none"; `nil` and empty ones have rank 0.
  ///
  /// By their bytes: texts that Swift takes for equal although they are spelled differently differ.
  init(_ texts: [String?]) {
    self.init([ByteStrings(texts.map { $0 ?? "" })], isUsed: [texts.map { $0?.isEmpty == false }])
  }
}

/// Strings of which all others are smaller or larger.
private struct RankedPart: Sendable {
  /// Sorted, each once.
  private(set) var sorted = ByteStrings()
  /// Which string has which place in `sorted`: that is the key.
  private(set) var owners: [SortItem] = []

  init(_ order: consuming NameOrder) {
    sorted.reserve(strings: order.count, bytes: order.byteCount)
    owners.reserveCapacity(order.count)
    for index in 0..<order.count {
      order.append(index, to: &sorted)
      var owner = order.owner(index)
      owner.key = UInt64(sorted.count - 1)
      owners.append(owner)
    }
  }
}

/// The used strings of several lists, cut into parts by their first bytes: all strings of a part
/// are smaller than those of the next one.
private struct NameCut: Sendable {
  /// With fewer strings cutting costs more than it saves.
  private static let stringsMin = 1 << 16
  private static let partsMax = 16
  /// Keys that are looked at to find where to cut, for each part.
  private static let samples = 16

  /// Strings that one thread looks through at a time.
  private static let pieceMax = 1 << 14

  /// Some strings of a list, none of which is "none".
  private struct Piece: Sendable {
    let list: Int
    let places: Range<Int>
  }

  /// Bytes that all strings start with.
  let shared: Int
  /// By piece, then by part.
  private let items: [[[SortItem]]]

  static func isWorthIt(_ lists: [ByteStrings]) -> Bool {
    lists.reduce(0) { $0 + $1.count } >= stringsMin
  }

  var partCount: Int { items.first?.count ?? 1 }

  func items(of part: Int) -> [[SortItem]] { items.map { $0[part] } }

  init(_ lists: [ByteStrings], isUsed: [[Bool]], parallel: ParallelFor) {
    let isWorthIt = Self.isWorthIt(lists)
    let parallel = isWorthIt ? parallel : inTurn
    let pieces = lists.indices.flatMap { list in
      stride(from: 1, to: lists[list].count, by: Self.pieceMax).map {
        Piece(list: list, places: $0..<min($0 + Self.pieceMax, lists[list].count))
      }
    }
    let prefixes = Slots<Int>(count: pieces.count)
    parallel(pieces.count) { place in
      let piece = pieces[place]
      prefixes.set(place, lists[piece.list].sharedPrefix(of: piece.places))
    }
    let shared = pieces.reduce(prefixes.all().min() ?? 0) { shared, piece in
      let (first, other) = (pieces[0], lists[piece.list][piece.places.lowerBound])
      return min(
        shared,
        zip(lists[first.list][first.places.lowerBound], other).prefix { $0 == $1 }.count)
    }
    let borders = !isWorthIt ? [] : Self.borders(lists, from: shared)
    let slots = Slots<[[SortItem]]>(count: pieces.count)
    parallel(pieces.count) { place in
      let list = pieces[place].list
      slots.set(
        place, Self.items(of: pieces[place], lists[list], isUsed[list], from: shared, borders))
    }
    self.shared = shared
    items = slots.all()
  }

  /// The smallest keys of all parts but the first, about as many strings between two of them.
  private static func borders(_ lists: [ByteStrings], from shared: Int) -> [UInt64] {
    var keys: [UInt64] = []
    let step = max(1, lists.reduce(0) { $0 + $1.count } / (partsMax * samples))
    for list in lists {
      for number in stride(from: 1, to: list.count, by: step) {
        keys.append(list.prefix(number, from: shared))
      }
    }
    keys.sort()
    let borders = (1..<partsMax).map { keys[$0 * keys.count / partsMax] }
    return Set(borders).sorted()
  }

  private static func items(
    of piece: Piece, _ names: ByteStrings, _ isUsed: [Bool], from shared: Int, _ borders: [UInt64]
  ) -> [[SortItem]] {
    var parts = [[SortItem]](repeating: [], count: borders.count + 1)
    for part in parts.indices { parts[part].reserveCapacity(piece.places.count / parts.count) }
    for number in piece.places where isUsed[number] {
      let key = names.prefix(number, from: shared)
      var part = 0
      for border in borders where key >= border { part += 1 }
      parts[part].append(SortItem(key: key, list: UInt32(piece.list), place: UInt32(number)))
    }
    return parts
  }
}
