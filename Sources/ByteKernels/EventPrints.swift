public import ByteBlocks
internal import CKernels

/// 128 bits that stand for a name, or for the day, the action and all names of an event.
///
/// Without the key, which is random and kept nowhere, nobody can tell a name from them.
public struct EventPrint: BitwiseCopyable, Sendable {
  /// Both halves.
  public let low, high: UInt64
}

/// What prints depend on; only those under one key can be compared.
///
/// Two events with the same day, action and names, byte by byte, have one print; others differ, but
/// for chance: 2^-96 a pair. So do names by themselves.
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

extension PrintKey {
  /// The prints of names by themselves.
  public func prints(
    of names: Span<FieldRange>, column: Int, in block: borrowing Block
  ) -> Buffer<EventPrint> {
    var prints = Buffer<EventPrint>(count: names.count)
    add(names, column: column, in: block, to: &prints)
    return prints
  }

  /// The print of one name by itself.
  ///
  /// - Precondition: the name is shorter than 4 GiB.
  public func namePrint(of name: Span<UInt8>, column: Int) -> EventPrint {
    precondition(column >= 0 && column < Self.columnsMax, "There is no such column.")
    // The kernel reads past the end of a name.
    var staged = Buffer<UInt8>(count: name.count)
    staged.copy(name)
    defer { staged.wipe(first: staged.count) }
    let field = ck_range(start: 0, end: UInt32(name.count))
    var print = ck_print(low: 0, high: 0)
    // SAFETY: the staged name is padded by its buffer; there is one name and one print.
    unsafe withUnsafePointer(to: key) { key in
      unsafe withUnsafePointer(to: field) { field in
        unsafe ck_prints_add(level.kernel, staged.address, field, 1, key, column, &print)
      }
    }
    return EventPrint(low: print.low, high: print.high)
  }
}

/// For each event of a batch the place of its group, where a table knows it.
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
  var kernelAddress: UnsafeMutablePointer<ck_print> {
    // SAFETY: EventPrint has the layout of ck_print.
    unsafe UnsafeMutableRawPointer(address).assumingMemoryBound(to: ck_print.self)
  }
}
