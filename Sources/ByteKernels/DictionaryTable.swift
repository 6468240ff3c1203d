public import ByteBlocks
internal import CKernels

/// The table of a dictionary: byte strings to 32-bit values, looked up a batch at a time.
///
/// It only finds and adds; what values mean, and what a missing key gets, is its owner's matter.
public struct DictionaryTable: ~Copyable {
  /// The value of a key that is not there.
  public static let absent: UInt32 = CK_ABSENT
  /// What does not fit into the entries of keys takes at most this many bytes.
  public static let tailBytesMax = Int(UInt32.max)

  /// Bytes behind a key that the kernels may read.
  private static let readableBytes = 64
  /// Strings that are handed to the kernels at once.
  private static let batchCount = 1024

  /// So many entries get their memory at once: 256 KiB.
  private static let preparedStep = 1 << 12

  /// Number of keys.
  public private(set) var count = 0

  private var slots: Buffer<ck_slot>
  private var entries: Buffer<ck_entry>
  /// Entries whose memory was had ahead.
  private var preparedCount = 0
  private var tails: Buffer<UInt8>
  private var tailBytes = 0
  /// The key that is looked up or put by itself, where the kernels can read past its end.
  private var staged: Buffer<UInt8>
  private let secrets: ck_secrets
  private let level: KernelLevel

  /// An empty table; `seed` keeps hostile keys from colliding on purpose.
  public init(seed: UInt64 = .random(in: .min ... .max), level: KernelLevel = .best) {
    secrets = ck_make_secrets(seed)
    self.level = level
    slots = Buffer(count: 1 << 10)
    entries = Buffer(count: 1 << 9)
    tails = Buffer(count: 0)
    staged = Buffer(count: 1 << 8)
  }

  // Keys may be clear names: the memory they leave is wiped, here and when a buffer grows.
  deinit {
    // Memory that was never used has no pages, and gets none here.
    entries.wipe(first: min(count + 1, entries.count))
    tails.wipe(first: tailBytes)
    staged.wipe(first: staged.count)
  }

  /// Bytes of memory in use.
  public var byteCount: Int {
    slots.byteCount + entries.byteCount + tails.byteCount + staged.byteCount
  }

  /// Looks up `fields` of `block`; `values` gets a value or `absent` for each.
  ///
  /// - Returns: how many are absent.
  public func find(
    _ fields: Span<FieldRange>, in block: borrowing Block, values: inout Buffer<UInt32>
  ) -> Int {
    precondition(values.count >= fields.count, "Fewer values than fields.")
    // SAFETY: the target has a place for every field; a block is padded as the kernel asks.
    return unsafe fields.withKernelRanges { fields, count in
      unsafe find(fields, count, in: block.bytes, values.address)
    }
  }

  /// Looks up `strings`; `values` gets a value or `absent` for each.
  ///
  /// - Returns: how many are absent.
  public mutating func find(_ strings: ByteStrings, values: inout [UInt32]) -> Int {
    precondition(values.count >= strings.count, "Fewer values than strings.")
    let (bytes, offsets) = (strings.bytes.span, strings.offsets.span)
    // The kernel reads past the end of a key: the last ones are looked up by themselves.
    var ends = strings.count
    while ends > 0, offsets[ends] + Self.readableBytes > bytes.count { ends -= 1 }
    var fields = [FieldRange](repeating: .missing, count: Self.batchCount)
    var (index, absent) = (0, 0)
    while index < ends {
      let base = offsets[index]
      var count = 0
      while count < Self.batchCount, index + count < ends,
        let end = UInt32(exactly: offsets[index + count + 1] - base)
      {
        fields[count] = FieldRange(start: UInt32(offsets[index + count] - base), end: end)
        count += 1
      }
      if count == 0 { break }
      // SAFETY: the fields lie in `bytes`, with readable bytes behind them, and `values` has room
      // for all; all of them live for this call.
      absent += unsafe bytes.withUnsafeBufferPointer { bytes in
        unsafe values.withUnsafeMutableBufferPointer { values in
          unsafe fields.span.extracting(0..<count).withKernelRanges { fields, count in
            guard let bytes = bytes.baseAddress, let values = values.baseAddress else { return 0 }
            return unsafe find(fields, count, in: bytes + base, values + index)
          }
        }
      }
      index += count
    }
    for index in index..<strings.count {
      let value = find(strings.span(index)) ?? Self.absent
      values[index] = value
      if value == Self.absent { absent += 1 }
    }
    return absent
  }

  /// The value of `key`, if it is there.
  public mutating func find(_ key: Span<UInt8>) -> UInt32? {
    stage(key)
    return findStaged(key.count)
  }

  /// The value of `key`, which becomes `value()` if the key is new.
  ///
  /// - Precondition: the tails of all keys are at most `tailBytesMax`; a value is never `absent`.
  public mutating func value(of key: Span<UInt8>, orInsert value: () -> UInt32) -> UInt32 {
    stage(key)
    if let known = findStaged(key.count) { return known }
    let new = value()
    precondition(new != Self.absent, "A value of a dictionary must not be the absent one.")
    put(keyBytes: key.count, new)
    return new
  }

  /// Adds a key that is not there.
  ///
  /// - Precondition: as for `value(of:orInsert:)`.
  public mutating func add(_ key: Span<UInt8>, _ value: UInt32) {
    precondition(value != Self.absent, "A value of a dictionary must not be the absent one.")
    stage(key)
    put(keyBytes: key.count, value)
  }

  private mutating func stage(_ key: Span<UInt8>) {
    if staged.count < key.count { staged.grow(to: 2 * key.count, wiping: true) }
    staged.copy(key)
  }

  private func findStaged(_ keyBytes: Int) -> UInt32? {
    let field = ck_range(start: 0, end: UInt32(keyBytes))
    var value = Self.absent
    // SAFETY: the staged key is padded by its buffer; there is one field and one value.
    unsafe withUnsafePointer(to: field) { field in
      _ = unsafe find(field, 1, in: staged.address, &value)
    }
    return value == Self.absent ? nil : value
  }

  private func find(
    _ fields: UnsafePointer<ck_range>?, _ count: Int, in bytes: UnsafePointer<UInt8>,
    _ values: UnsafeMutablePointer<UInt32>
  ) -> Int {
    var dictionary = unsafe ck_dictionary(
      slots: slots.address, slot_mask: slots.count - 1, entries: entries.address,
      tails: tails.address, secrets: secrets)
    // SAFETY: slots lead to entries that are there, and these to tails that are there.
    return unsafe ck_dictionary_find(level.kernel, bytes, fields, count, &dictionary, values)
  }

  /// Adds the staged key.
  private mutating func put(keyBytes: Int, _ value: UInt32) {
    count += 1
    if count >= entries.count { entries.grow(to: entries.count * 2, wiping: true) }
    if count >= preparedCount { prepareEntries() }
    if count * 2 > slots.count { growSlots() }
    let tailStart = tailBytes
    tailBytes += max(0, keyBytes - Int(CK_ENTRY_HEAD))
    precondition(tailBytes <= Self.tailBytesMax, "The keys of a dictionary are too long.")
    if tailBytes > tails.count { tails.grow(to: max(tails.count * 2, tailBytes), wiping: true) }
    // SAFETY: there is an entry at `count`, a free slot, and room for the tail.
    unsafe ck_dictionary_put(
      staged.address, UInt32(keyBytes), value, UInt32(count), secrets, slots.address,
      slots.count - 1, entries.address, tails.address, UInt32(tailStart))
  }

  private mutating func prepareEntries() {
    let next = min(entries.count, preparedCount + Self.preparedStep)
    entries.prepare(preparedCount..<next)
    preparedCount = next
  }

  private mutating func growSlots() {
    slots = Buffer(count: slots.count * 2, isDense: true)
    // SAFETY: the slots are twice as many as the entries; the newest entry is not there yet.
    unsafe ck_dictionary_rehash(entries.address, UInt32(count), slots.address, slots.count - 1)
  }
}
