/// Arrays of as many values as there are rows, made in loops that look at no capacity: the activity
/// log makes some twenty of them of each part.
extension Array where Element: BitwiseCopyable {
  /// A copy.
  init(_ values: Span<Element>) {
    // SAFETY: a span's elements lie one behind the other, and are plain.
    self = unsafe values.withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// All values, changed.
  @inline(__always)
  init<Value: BitwiseCopyable>(_ values: [Value], _ change: (Value) -> Element) {
    let source = values.span
    // SAFETY: as many values are written as there is room for.
    unsafe self.init(unsafeUninitializedCapacity: source.count) { target, count in
      for place in source.indices { unsafe target[place] = change(source[place]) }
      count = source.count
    }
  }

  /// The values at `places`, changed.
  @inline(__always)
  init<Value: BitwiseCopyable>(
    _ values: [Value], at places: [UInt32], _ change: (Value) -> Element
  ) {
    let source = values.span
    self.init(places) { change(source[Int($0)]) }
  }

  /// The values of several lists, one list after the other.
  ///
  /// - Parameters:
  ///   - count: of all values.
  ///   - column: a list of an item.
  ///   - change: what becomes of a value of an item.
  @inline(__always)
  init<Item, Value: BitwiseCopyable>(
    joining items: [Item], count: Int, _ column: (Item) -> [Value],
    _ change: (Item) -> (Value) -> Element
  ) {
    // SAFETY: the precondition holds before a list is written, and `done` counts what was.
    unsafe self.init(unsafeUninitializedCapacity: count) { target, done in
      for item in items {
        let values = column(item)
        let source = values.span
        let change = change(item)
        precondition(source.count <= count - done, "More values than there is room for.")
        for place in source.indices { unsafe target[done + place] = change(source[place]) }
        done += source.count
      }
    }
  }

  /// Whether any value is `wanted`.
  func has(_ wanted: Element) -> Bool where Element: Equatable {
    var found = 0
    for value in self { found &+= value == wanted ? 1 : 0 }
    return found > 0
  }
}
