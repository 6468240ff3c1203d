public import ByteBlocks
internal import CKernels
internal import Synchronization

/// Prints that are known, each with a 32-bit value, which many threads look up while one adds more.
///
/// Who looks up takes no lock but for a moment, to see which slots are the newest: slots are filled
/// once, so what is found there is right, and what was added meanwhile may be missed. When they are
/// full, longer ones take their place, and the old ones go with the last thread that reads them.
public final class SharedPrintTable: Sendable {
  // SAFETY: one thread at a time fills slots, in an order that readers of `ck_shared_find` may see
  // at any moment; `count` is its own.
  fileprivate final class Slots: @unchecked Sendable {
    let slots: Buffer<ck_known>
    /// Number of prints.
    var count = 0

    init(count: Int) { slots = Buffer(count: count, isDense: true) }
  }

  fileprivate let newest = Mutex(Slots(count: PrintTable.slotsMin))

  /// An empty table.
  public init() {}

  /// Bytes of memory in use.
  public var byteCount: Int { newest.withLock { $0.slots.byteCount } }

  /// Looks prints up; `values` gets a value or `PrintTable.absent` for each.
  ///
  /// - Returns: how many are absent.
  public func find(_ prints: borrowing Buffer<EventPrint>, values: inout Buffer<UInt32>) -> Int {
    precondition(values.count >= prints.count, "Fewer values than prints.")
    let now = newest.withLock { $0 }
    // SAFETY: there is a value for each print; some slots are free.
    return unsafe ck_shared_find(
      prints.kernelAddress, prints.count, now.slots.address, now.slots.count - 1, values.address)
  }

  /// Adds prints: by one thread at a time, which nobody else sees to.
  public func adder() -> Adder { Adder(self, newest.withLock { $0 }) }

  /// The thread that adds prints.
  public struct Adder: ~Copyable {
    private let table: SharedPrintTable
    private var now: Slots

    fileprivate init(_ table: SharedPrintTable, _ now: Slots) {
      self.table = table
      self.now = now
    }

    /// Has the place of a print fetched, which is looked up soon.
    public func prepare(_ print: EventPrint) {
      let print = ck_print(low: print.low, high: print.high)
      // SAFETY: the print lives for this call; nothing is read.
      unsafe withUnsafePointer(to: print) { print in
        unsafe ck_known_fetch(print, now.slots.address, now.slots.count - 1)
      }
    }

    /// The value of a print, if it is there.
    public func find(_ print: EventPrint) -> UInt32? {
      let print = ck_print(low: print.low, high: print.high)
      // SAFETY: the print lives for this call; some slots are free.
      return unsafe withUnsafePointer(to: print) { print in
        let place = unsafe ck_known_slot(
          print, now.slots.address, now.slots.count - 1
        ).pointee.place
        return place == 0 ? nil : place - 1
      }
    }

    /// Adds a print that is not there.
    ///
    /// - Precondition: the value is not `PrintTable.absent`.
    public mutating func add(_ print: EventPrint, _ value: UInt32) {
      precondition(value != PrintTable.absent, "A value of a table must not be the absent one.")
      makeRoom()
      now.count += 1
      let print = ck_print(low: print.low, high: print.high)
      // SAFETY: the print lives for this call; some slots stay free.
      unsafe withUnsafePointer(to: print) { print in
        unsafe ck_shared_add(print, value + 1, now.slots.address, now.slots.count - 1)
      }
    }

    /// Makes room for one more.
    private mutating func makeRoom() {
      let room = PrintTable.slotCount(for: now.count + 1, atLeast: now.slots.count)
      guard room > now.slots.count else { return }
      let bigger = Slots(count: room)
      bigger.count = now.count
      // SAFETY: there are more new slots than old ones, and nobody knows them yet.
      unsafe ck_known_rehash(
        now.slots.address, now.slots.count, bigger.slots.address, bigger.slots.count - 1)
      now = bigger
      table.newest.withLock { $0 = bigger }
    }
  }
}
