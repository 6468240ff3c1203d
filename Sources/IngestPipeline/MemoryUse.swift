internal import Synchronization

/// Bytes that names and sums take, with what merging them will take: all that grows with the
/// archives of a run.
final class MemoryUse: Sendable {
  /// What ranking names takes beyond them: copies of those that are used, sorted.
  static let nameFactor = 1.5
  /// What merging sums takes beyond them: their keys and rows.
  static let sumFactor = 2.0
  /// What a run takes whatever is in the archives: the program, keys and catalog, blocks and their
  /// columns, codecs, and at the end a row group with its encoded columns.
  private static let fixedBytes = 96 << 20
  private static let workerBytes = 16 << 20
  /// Rows that wait to be encoded, and what encoding them takes.
  private static let activityBytes = 256 << 20
  /// What a run takes at its end in any case, but for its workers: measured with a log in which
  /// nearly every line has a person and an address of its own, and rounded up.
  private static let leastBytes = 224 << 20
  /// Less than this is not worth a spill.
  private static let heldBytesMin = 4 << 20

  /// What may be held.
  let heldBytesMax: Int
  private let held = Atomic(0)

  /// - Parameter bytesMax: of all that the run holds.
  init(bytesMax: Int, workers: Int, keepsActivities: Bool) {
    let taken =
      Self.fixedBytes + workers * Self.workerBytes + (keepsActivities ? Self.activityBytes : 0)
    heldBytesMax = max(Self.heldBytesMin, bytesMax - taken)
  }

  /// The least bound that holds whatever is in the archives.
  static func leastBytes(workers: Int, keepsActivities: Bool) -> Int {
    leastBytes + workers * workerBytes + (keepsActivities ? activityBytes : 0)
  }

  /// Now.
  var heldBytes: Int { held.load(ordering: .relaxed) }

  func add(_ bytes: Int) { held.wrappingAdd(bytes, ordering: .relaxed) }
}

/// What one owner has in a count of bytes.
struct CountedBytes {
  private let use: MemoryUse
  private let factor: Double
  private var counted = 0

  init(_ use: MemoryUse, factor: Double) {
    self.use = use
    self.factor = factor
  }

  /// Notes how much it is now.
  mutating func set(_ bytes: Int) {
    let taken = Int(Double(bytes) * factor)
    use.add(taken - counted)
    counted = taken
  }
}
