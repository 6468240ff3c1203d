/// Numbers of 0 or more, or none, in half of the room where they allow it: what is picked from all
/// over memory is the nearer, the narrower it is.
enum NarrowNumbers: Sendable {
  /// What stands for none.
  static let narrowNone = UInt32.max
  static let none = Int64.min

  /// Each as so many units; `narrowNone` is none.
  case narrow([UInt32], unit: Int64)
  /// As they are; `none` is none.
  case wide([Int64])

  /// Sizes: the smallest number is none.
  init(sizes: [Int64]) {
    self = Self.narrowed(sizes, unit: 1) { $0 } ?? .wide(sizes)
  }

  /// Times, in microseconds: most logs know whole seconds.
  init(times: [Int64]) {
    self = Self.narrowed(times, unit: 1_000_000) { $0 / 1_000_000 } ?? .wide(times)
  }

  /// - Parameter units: how many units a number is; they may be fewer than all of it.
  @inline(__always)
  private static func narrowed(
    _ numbers: [Int64], unit: Int64, _ units: (Int64) -> Int64
  ) -> NarrowNumbers? {
    var others: UInt64 = 0
    let narrow = [UInt32](numbers) { number in
      let count = number == none ? Int64(narrowNone) : units(number)
      // Of numbers that fit all of this is 0.
      others |= UInt64(bitPattern: count) >> 32
      others |= number == none ? 0 : UInt64(bitPattern: count &* unit ^ number)
      others |= number != none && count == Int64(narrowNone) ? 1 : 0
      return UInt32(truncatingIfNeeded: count)
    }
    return others == 0 ? .narrow(narrow, unit: unit) : nil
  }

  /// Those of several lists of one kind, one behind the other.
  init(joining lists: [NarrowNumbers], count: Int) {
    let parts = lists.compactMap { if case .narrow(let part, _) = $0 { part } else { nil } }
    if case .narrow(_, let unit)? = lists.first, parts.count == lists.count {
      var all: [UInt32] = []
      all.reserveCapacity(count)
      for part in parts { all += part }
      self = .narrow(all, unit: unit)
    } else {
      var all: [Int64] = []
      all.reserveCapacity(count)
      for list in lists { all += list.wide }
      self = .wide(all)
    }
  }

  /// As they are.
  var wide: [Int64] {
    switch self {
    case .wide(let numbers): numbers
    case .narrow(let numbers, let unit):
      [Int64](numbers) { $0 == Self.narrowNone ? Self.none : Int64($0) * unit }
    }
  }
}
