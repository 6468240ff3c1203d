internal import ByteBlocks
internal import ByteDictionaries

/// Known texts in their order, as a chain by their numbers.
///
/// ```
/// dictionary of a file   a    c d     g        sorted, as files have them
/// chain                  a →b→c→d→e →(g)→h     what is new is put where the walk stands
/// ```
/// Most files of a table have nearly the same names. So one walk along a dictionary and the chain
/// finds nearly all of them by comparing eight bytes a step, where each look-up by hash would touch
/// three places in memory. Dictionaries in no order, and those of few texts among many, are looked
/// up: a chain that lacks texts is right, only slower.
struct NameChain {
  private struct Link {
    /// The first eight bytes, as a number that sorts as they do.
    var key: UInt64
    var next: UInt32
  }
  private static let end = UInt32.max
  private static let unlinked = UInt32.max - 1

  /// By the number of a text.
  private var links: [Link] = []
  private var first = Self.end

  /// How far one dictionary came.
  struct Walk {
    /// Steps for each text of a dictionary, after which look-ups are cheaper.
    private static let stepsOfText = 4

    /// The last text that was found; `nil`: none yet.
    fileprivate var last: UInt32?
    /// Where the text that was asked for last belongs: behind `last` and before this one.
    fileprivate var next = NameChain.end
    fileprivate var stepsLeft: Int

    init(textCount: Int) { stepsLeft = Self.stepsOfText * textCount + 64 }
  }

  /// The number of the next text of a dictionary; `nil` where the chain does not have it.
  ///
  /// - Parameters:
  ///   - key: the first eight bytes of `text`.
  ///   - names: the known texts.
  func find(
    _ text: Span<UInt8>, _ key: UInt64, _ walk: inout Walk, in names: borrowing Interner
  ) -> UInt32? {
    guard walk.stepsLeft > 0 else { return nil }
    // A dictionary in another order: from here on all of it is looked up.
    if let last = walk.last, compare(last, text, key, names) >= 0 {
      walk.stepsLeft = 0
      return nil
    }
    walk.next = walk.last.map { links[Int($0)].next } ?? first
    while walk.next != Self.end {
      let order = compare(walk.next, text, key, names)
      guard order <= 0 else { return nil }
      if order < 0 {
        walk.stepsLeft -= 1
        if walk.stepsLeft == 0 { return nil }
      }
      walk.last = walk.next
      if order == 0 { return walk.next }
      walk.next = links[Int(walk.next)].next
    }
    return nil
  }

  /// Negative where the text of `number` comes before `text`, 0 where it is the same.
  private func compare(
    _ number: UInt32, _ text: Span<UInt8>, _ key: UInt64, _ names: borrowing Interner
  ) -> Int {
    let other = links[Int(number)].key
    if other != key { return other < key ? -1 : 1 }
    return compareBytes(names.strings.span(Int(number)), text)
  }

  /// Puts a text that was not found where the walk stands, unless the walk is over or it has its
  /// place already.
  mutating func link(_ number: UInt32, _ key: UInt64, _ walk: inout Walk) {
    while links.count <= Int(number) { links.append(Link(key: 0, next: Self.unlinked)) }
    guard walk.stepsLeft > 0, links[Int(number)].next == Self.unlinked else { return }
    links[Int(number)] = Link(key: key, next: walk.next)
    if let last = walk.last { links[Int(last)].next = number } else { first = number }
    walk.last = number
  }
}
