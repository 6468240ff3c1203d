public import ByteBlocks
internal import CKernels

/// 128 bits that stand for the day, the action and all names of an event.
///
/// Without the key, which is random and kept nowhere, nobody can tell a name from them.
public struct EventPrint: BitwiseCopyable, Sendable {
  /// Both halves.
  public let low, high: UInt64
}

/// What prints depend on; only those under one key can be compared.
///
/// Two events with the same day, action and names, byte by byte, have one print; others differ, but
/// for chance: 2^-96 a pair. Names that hold a NUL do not count.
public struct PrintKey: Sendable {
  /// Columns of names that go into a print, at most.
  public static let columnsMax = Int(CK_PRINT_COLUMNS)

  private let key: ck_print_key
  private let level: KernelLevel

  /// A random key.
  public init(level: KernelLevel = .best) {
    func bits() -> ck_print {
      ck_print(low: .random(in: .min ... .max), high: .random(in: .min ... .max))
    }
    key = ck_print_key(
      rounds: (bits(), bits(), bits(), bits()),
      columns: (bits(), bits(), bits(), bits(), bits()))
    self.level = level
  }

  /// The prints of `count` events without their names.
  public func prints(
    times: borrowing Buffer<Int64>, actions: borrowing Buffer<UInt8>, count: Int
  ) -> Buffer<EventPrint> {
    precondition(times.count >= count && actions.count >= count, "Fewer times than events.")
    let prints = Buffer<EventPrint>(count: count)
    // SAFETY: all three have a place for every event.
    unsafe withUnsafePointer(to: key) { key in
      unsafe ck_prints_begin(
        level.kernel, times.address, actions.address, count, key, prints.kernelAddress)
    }
    return prints
  }

  /// Adds names to prints, one an event.
  ///
  /// - Parameter column: which kind of names it is, below `columnsMax`.
  public func add(
    _ names: Span<FieldRange>, column: Int, in block: borrowing Block,
    to prints: inout Buffer<EventPrint>
  ) {
    precondition(prints.count >= names.count, "Fewer prints than names.")
    precondition(column >= 0 && column < Self.columnsMax, "There is no such column.")
    if let last = names.indices.last {
      precondition(Int(names[last].end) <= block.end, "Names of another block.")
    }
    // SAFETY: there is a print for every name; a block is padded as the kernel asks.
    unsafe names.withKernelRanges { names, count in
      unsafe withUnsafePointer(to: key) { key in
        unsafe ck_prints_add(
          level.kernel, block.bytes, names, count, key, column, prints.kernelAddress)
      }
    }
  }
}

/// The places of the groups that events with known prints belong to.
public struct KnownPrints: ~Copyable, Sendable {
  private var slots = Buffer<ck_known>(count: 1 << 10)
  private var count = 0

  /// None is known.
  public init() {}

  /// Bytes of memory in use.
  public var byteCount: Int { slots.byteCount }

  /// Where the groups of events are.
  ///
  /// - Parameter status: other than 0 for what is no event.
  public func find(
    _ prints: borrowing Buffer<EventPrint>, status: borrowing Buffer<UInt8>
  ) -> GroupPlaces {
    precondition(status.count >= prints.count, "Fewer statuses than prints.")
    var places = GroupPlaces(count: prints.count)
    // SAFETY: both targets have room for every event, the absent ones for one more; some slots are
    // free.
    places.absentCount = unsafe ck_known_find(
      prints.kernelAddress, status.address, prints.count, slots.address, slots.count - 1,
      places.places.address, places.absent.address)
    return places
  }

  /// Remembers the places of those events that were absent before they were grouped.
  public mutating func learn(
    _ prints: borrowing Buffer<EventPrint>, _ places: borrowing GroupPlaces
  ) {
    for number in 0..<places.absentCount {
      let event = Int(places.absent[number])
      guard places.places[event] != GroupPlaces.none else { continue }
      if (count + 1) * 4 > slots.count * 3 { grow() }
      // SAFETY: the event has a print, and a quarter of the slots is free.
      count += unsafe Int(
        ck_known_put(
          prints.kernelAddress + event, places.places[event], slots.address, slots.count - 1))
    }
  }

  private mutating func grow() {
    let bigger = Buffer<ck_known>(count: slots.count * 2)
    // SAFETY: the new slots are twice as many as the old ones.
    unsafe ck_known_rehash(slots.address, slots.count, bigger.address, bigger.count - 1)
    slots = bigger
  }
}

/// For each event of a batch the place of its group, where that is known.
public struct GroupPlaces: ~Copyable {
  /// The place of no group.
  public static let none: UInt32 = CK_ABSENT

  var places: Buffer<UInt32>
  /// Events without a place, in order.
  public internal(set) var absent: Buffer<UInt32>
  /// Entries of `absent` in use.
  public internal(set) var absentCount = 0

  init(count: Int) {
    places = Buffer(count: count)
    absent = Buffer(count: count + 1)
  }
}

extension Buffer<EventPrint> {
  /// The prints as the kernels know them.
  fileprivate var kernelAddress: UnsafeMutablePointer<ck_print> {
    // SAFETY: EventPrint has the layout of ck_print.
    unsafe UnsafeMutableRawPointer(address).assumingMemoryBound(to: ck_print.self)
  }
}
