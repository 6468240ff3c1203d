/// Arrays of as many values as there are rows, made in loops that look at no capacity: the activity
/// log makes some twenty of them of each part.
extension Array where Element: BitwiseCopyable {
  /// A copy.
  init(_ values: Span<Element>) {
    // SAFETY: a span's elements lie one behind the other, and are plain.
    self = unsafe values.withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// As many values as there will be; all are written before any is read.
  @inline(__always)
  private init(unwritten count: Int) {
    // SAFETY: any bytes are such values, and nobody reads them.
    unsafe self.init(unsafeUninitializedCapacity: count) { _, written in written = count }
  }

  /// Changes all values of a list, and writes them from `start` on.
  @inline(__always)
  private mutating func write<Value: BitwiseCopyable>(
    _ values: [Value], from start: Int, _ change: (Value) -> Element
  ) {
    precondition(start >= 0 && values.count <= count - start, "More values than there is room for.")
    let source = values.span
    // SAFETY: there is room for all.
    unsafe withUnsafeMutableBufferPointer { target in
      for place in source.indices { unsafe target[start &+ place] = change(source[place]) }
    }
  }

  /// All values, changed.
  @inline(__always)
  init<Value: BitwiseCopyable>(_ values: [Value], _ change: (Value) -> Element) {
    self.init(unwritten: values.count)
    write(values, from: 0, change)
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
  ///   - context: what else is needed of an item to change its values.
  ///   - change: what becomes of a value.
  @inline(__always)
  init<Item, Value: BitwiseCopyable, Context>(
    joining items: [Item], count: Int, _ column: (Item) -> [Value], with context: (Item) -> Context,
    _ change: (borrowing Context, Value) -> Element
  ) {
    self.init(unwritten: count)
    var done = 0
    for item in items {
      let values = column(item)
      let context = context(item)
      write(values, from: done) { change(context, $0) }
      done += values.count
    }
    precondition(done == count, "Fewer values than there is room for.")
  }

  /// Whether any value is `wanted`.
  func has(_ wanted: Element) -> Bool where Element: Equatable {
    var found = 0
    for value in self { found &+= value == wanted ? 1 : 0 }
    return found > 0
  }
}
