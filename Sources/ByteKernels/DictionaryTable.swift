public import ByteBlocks
internal import CKernels

/// The table of a dictionary: byte strings to 32-bit values, looked up a batch at a time.
///
/// It only finds and adds; what values mean, and what a missing key gets, is its owner's matter.
public struct DictionaryTable: ~Copyable {
  /// The value of a key that is not there.
  public static let absent: UInt32 = CK_ABSENT
  /// Keys take at most this many bytes together.
  public static let keyBytesMax = Int(UInt32.max) - Block.headroomBytes

  /// Number of keys.
  public private(set) var count = 0
  /// Bytes that all keys take together, with the zeros behind them.
  public private(set) var keyBytes = 0

  private var slots: Buffer<ck_slot>
  private var keys: Buffer<UInt8>
  private let seed: UInt64
  private var hashes: Buffer<UInt64>

  /// An empty table; `seed` keeps hostile keys from colliding on purpose.
  public init(seed: UInt64 = .random(in: .min ... .max)) {
    self.seed = seed
    slots = Buffer(count: 1 << 10)
    slots.fill(byte: 0xff)
    keys = Buffer(count: 1 << 14)
    hashes = Buffer(count: 0)
  }

  // Keys may be clear names: the memory they leave is wiped, here and when a buffer grows.
  deinit { keys.wipe() }

  /// Bytes of memory in use.
  public var byteCount: Int { slots.byteCount + keys.byteCount }

  /// Looks up `fields` of `block`; `values` gets a value or `absent` for each.
  ///
  /// - Returns: how many are absent.
  public mutating func find(
    _ fields: Span<FieldRange>, in block: borrowing Block, values: inout Buffer<UInt32>
  ) -> Int {
    precondition(values.count >= fields.count, "Fewer values than fields.")
    if hashes.count < fields.count { hashes = Buffer(count: fields.count) }
    // SAFETY: both targets have a place for every field; the keys are padded by their buffer and
    // the fields by their block.
    return unsafe fields.withKernelRanges { fields, count in
      unsafe ck_dictionary_find(
        block.bytes, fields, count, slots.address, slots.count - 1, keys.address, seed,
        hashes.address, values.address)
    }
  }

  /// The value of `key`, if it is there.
  public mutating func find(_ key: Span<UInt8>) -> UInt32? {
    let (start, hash) = stage(key)
    return find(start: start, count: key.count, hash: hash)
  }

  /// The value of `key`, which becomes `value()` if the key is new.
  ///
  /// - Precondition: `keyBytes` and the key are at most `keyBytesMax`; a value is never `absent`.
  public mutating func value(of key: Span<UInt8>, orInsert value: () -> UInt32) -> UInt32 {
    let (start, hash) = stage(key)
    if let known = find(start: start, count: key.count, hash: hash) { return known }
    let new = value()
    precondition(new != Self.absent, "A value of a dictionary must not be the absent one.")
    keyBytes += Self.room(key.count)
    count += 1
    if count * 2 > slots.count { growSlots() }
    put(
      ck_slot(
        tag: UInt32(truncatingIfNeeded: hash >> 32), value: new, key_start: UInt32(start),
        key_bytes: UInt32(key.count)), hash: hash)
    return new
  }

  /// Copies a key behind the others, without counting it yet.
  private mutating func stage(_ key: Span<UInt8>) -> (start: Int, hash: UInt64) {
    let (start, end) = (keyBytes, keyBytes + Self.room(key.count))
    precondition(end <= Self.keyBytesMax, "The keys of a dictionary are too long.")
    if end > keys.count { keys.grow(to: max(keys.count * 2, end), wiping: true) }
    var target = keys.mutableSpan
    for index in key.indices { target[start + index] = key[index] }
    for index in start + key.count..<end { target[index] = 0 }
    return (start, hash(start: start, count: key.count))
  }

  /// Bytes that a key takes: kernels read its head in one piece, with zeros behind its end.
  private static func room(_ count: Int) -> Int { max(Int(CK_KEY_HEAD), (count + 7) & ~7) }

  private func hash(start: Int, count: Int) -> UInt64 {
    // SAFETY: the buffer is padded, and the range lies within it.
    unsafe ck_hash(keys.address, UInt32(start), UInt32(start + count), seed)
  }

  private func find(start: Int, count: Int, hash: UInt64) -> UInt32? {
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place].value != Self.absent {
      let slot = slots[place]
      if slot.tag == tag, slot.key_bytes == UInt32(count), isEqual(slot, start, count) {
        return slot.value
      }
      place = (place + 1) & (slots.count - 1)
    }
    return nil
  }

  private func isEqual(_ slot: ck_slot, _ start: Int, _ count: Int) -> Bool {
    for index in 0..<count where keys[Int(slot.key_start) + index] != keys[start + index] {
      return false
    }
    return true
  }

  private mutating func growSlots() {
    var bigger = Buffer<ck_slot>(count: slots.count * 2)
    bigger.fill(byte: 0xff)
    for index in 0..<slots.count where slots[index].value != Self.absent {
      let slot = slots[index]
      let hash = hash(start: Int(slot.key_start), count: Int(slot.key_bytes))
      Self.put(slot, hash: hash, into: &bigger)
    }
    slots = bigger
  }

  private mutating func put(_ slot: ck_slot, hash: UInt64) {
    Self.put(slot, hash: hash, into: &slots)
  }

  private static func put(_ slot: ck_slot, hash: UInt64, into slots: inout Buffer<ck_slot>) {
    // SAFETY: at most half of the slots are in use, so the kernel finds a free one.
    unsafe ck_dictionary_put(slots.address, slots.count - 1, hash, slot)
  }
}
