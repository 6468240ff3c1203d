internal import Synchronization

/// Results of work that is done at once, each in its place.
final class Slots<Value: Sendable>: Sendable {
  private let values: Mutex<[Value?]>

  init(count: Int) {
    values = Mutex(Array(repeating: nil, count: count))
  }

  func set(_ place: Int, _ value: Value) {
    values.withLock { $0[place] = value }
  }

  /// All values, once every place was set.
  func all() -> [Value] { values.withLock { $0.compactMap { $0 } } }
}
