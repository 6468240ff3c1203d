public import ByteBlocks
internal import CKernels

/// Prints that are known, each with a 32-bit value: the number of a name, or the place of a group.
///
/// It keeps 96 bits of a print, and nothing of the name.
public struct PrintTable: ~Copyable, Sendable {
  /// The value of a print that is not there.
  public static let absent: UInt32 = CK_ABSENT

  static let slotsMin = 1 << 9

  /// Number of prints that were added one by one.
  private var count = 0
  /// None at first, then a power of two, a quarter of which is free.
  private var slots = Buffer<ck_known>(count: 0)

  /// An empty table.
  public init() {}

  /// Bytes of memory in use.
  public var byteCount: Int { slots.byteCount }

  /// Looks prints up; `values` gets a value or `absent` for each.
  ///
  /// - Returns: how many are absent.
  public mutating func find(
    _ prints: borrowing Buffer<EventPrint>, values: inout Buffer<UInt32>
  ) -> Int {
    precondition(values.count >= prints.count, "Fewer values than prints.")
    let absent = Buffer<UInt32>(count: prints.count + 1)
    return unsafe find(prints, status: nil, values.address, absent.address)
  }

  /// The value of a print, if it is there.
  public func find(_ print: EventPrint) -> UInt32? {
    if slots.count == 0 { return nil }
    let place = unsafe slot(of: print).pointee.place
    return place == 0 ? nil : place - 1
  }

  /// Adds a print that is not there.
  ///
  /// - Precondition: the value is not `absent`.
  public mutating func add(_ print: EventPrint, _ value: UInt32) {
    precondition(value != Self.absent, "A value of a table must not be the absent one.")
    count += 1
    makeRoom(for: count)
    unsafe slot(of: print).pointee = ck_known(
      low: print.low, high: UInt32(truncatingIfNeeded: print.high), place: value + 1)
  }

  /// Forgets all prints; keeps the memory where it is little.
  public mutating func removeAll() {
    if count == 0 { return }
    count = 0
    if slots.count > 2 * Self.slotsMin {
      slots = Buffer(count: 0)
    } else {
      slots.fill(byte: 0)
    }
  }

  /// How many slots `count` prints need: a power of two, a quarter of which stays free.
  static func slotCount(for count: Int, atLeast least: Int) -> Int {
    var room = max(least, slotsMin)
    while room * 3 < count * 4 + 3 { room *= 2 }
    return room
  }

  /// Makes room for `count` prints.
  mutating func makeRoom(for count: Int) {
    let room = Self.slotCount(for: count, atLeast: slots.count)
    guard room > slots.count else { return }
    let bigger = Buffer<ck_known>(count: room, isDense: true)
    // SAFETY: the new slots are at least twice as many as the old ones.
    unsafe ck_known_rehash(slots.address, slots.count, bigger.address, room - 1)
    slots = bigger
  }

  /// Looks up prints of what has a status other than 0 where it does not count. Those that are
  /// absent and count go to `absent`.
  ///
  /// - Precondition: there is a status, where there are any, and a value for each print, and room
  ///   in `absent` for all and one more.
  mutating func find(
    _ prints: borrowing Buffer<EventPrint>, status: UnsafePointer<UInt8>?,
    _ values: UnsafeMutablePointer<UInt32>, _ absent: UnsafeMutablePointer<UInt32>
  ) -> Int {
    makeRoom(for: 0)
    // SAFETY: the caller has room for all; some slots are free.
    return unsafe ck_known_find(
      prints.kernelAddress, status, prints.count, slots.address, slots.count - 1, values, absent)
  }

  /// Where the slots are, while the table is not changed, and the last one's place.
  func withKernelSlots<R>(_ body: (UnsafeMutablePointer<ck_known>, Int) -> R) -> R {
    unsafe body(slots.address, slots.count - 1)
  }

  /// The slot of a print, or the free one where it goes.
  private func slot(of print: EventPrint) -> UnsafeMutablePointer<ck_known> {
    let print = ck_print(low: print.low, high: print.high)
    // SAFETY: some slots are free, and the print lives for this call.
    return unsafe withUnsafePointer(to: print) { print in
      unsafe ck_known_slot(print, slots.address, slots.count - 1)
    }
  }
}
