public import ByteBlocks
internal import CKernels

/// Escapes that are undone in a value.
public struct Escapes: OptionSet, Sendable {
  /// The kernels' code.
  public let rawValue: Int32
  /// A set by the kernels' codes.
  public init(rawValue: Int32) { self.rawValue = rawValue }
  /// `\n`, `\"`, `\u00e9`.
  public static let backslash = Escapes(rawValue: CK_UNDO_BACKSLASH)
  /// `&amp;` and the other entities of XML.
  public static let html = Escapes(rawValue: CK_UNDO_HTML)
  /// `%20`.
  public static let percent = Escapes(rawValue: CK_UNDO_PERCENT)
}

/// Words that are looked up whatever the case of their letters.
public struct NameSet: ~Copyable {
  /// Bytes of a word.
  public static let wordBytesMax = LineCutter.nameBytesMax
  private var entries: Buffer<ck_name>

  /// A set of words in lower case, each of 1 to `wordBytesMax` bytes.
  public init(_ words: [String]) {
    var room = 16
    while room < words.count * 2 { room *= 2 }
    entries = Buffer(count: room)
    for word in words { LinePlan.put(word, 0, &entries, 0, room) }
  }

  var kernel: ck_names { unsafe ck_names(entries: entries.address, mask: entries.count - 1) }
}

/// Works on the first `count` values of a column, all of one block.
public enum ValueKernels {
  /// Undoes escapes, in the block.
  public static func undo(
    _ escapes: Escapes, _ values: inout Buffer<FieldRange>, _ count: Int, in block: inout Block
  ) {
    check(values, count, in: block)
    // SAFETY: the values lie in the block, and get no longer.
    let bytes = unsafe block.memory.assumingMemoryBound(to: UInt8.self)
    unsafe ck_undo_all(bytes, values.kernelAddress, count, escapes.rawValue)
  }

  /// Takes off the double quotes around values.
  public static func unquote(
    _ values: inout Buffer<FieldRange>, _ count: Int, in block: borrowing Block
  ) {
    check(values, count, in: block)
    // SAFETY: the values lie in the block; so in all functions here.
    unsafe ck_unquote_all(block.bytes, values.kernelAddress, count)
  }

  /// Takes ports off addresses and hosts: `10.0.0.1:443`, `[::1]:443`.
  public static func dropPorts(
    _ values: inout Buffer<FieldRange>, _ count: Int, in block: borrowing Block
  ) {
    check(values, count, in: block)
    unsafe ck_without_ports(block.bytes, values.kernelAddress, count)
  }

  /// Empties values with letters that no address has, as `localhost` or a masked `x.x.x.x`.
  public static func dropHostNames(
    _ values: inout Buffer<FieldRange>, _ count: Int, in block: borrowing Block
  ) {
    check(values, count, in: block)
    unsafe ck_drop_host_names(block.bytes, values.kernelAddress, count)
  }

  /// Takes the double quotes off users from `base` on, and empties those that are addresses, or
  /// among `names`: an empty range is left where they stood. One that was empty becomes 0. Quotes
  /// doubled in a quoted name become single ones, in the block.
  ///
  /// - Parameter unquoted: quotes stand around the ranges, not in them.
  public static func dropNobodies(
    _ users: inout Buffer<FieldRange>, from base: Int = 0, _ count: Int,
    named names: borrowing NameSet, in block: inout Block, unquoted: Bool = false
  ) {
    check(users, base + count, in: block)
    var names = unsafe names.kernel
    let bytes = unsafe block.memory.assumingMemoryBound(to: UInt8.self)
    unsafe ck_drop_nobodies(
      bytes, users.kernelAddress + base, count, &names, unquoted ? 1 : 0)
  }

  /// Adds `code` to the codes of values that are among `names`.
  public static func mark(
    _ values: borrowing Buffer<FieldRange>, _ count: Int, named names: borrowing NameSet,
    in block: borrowing Block, adding code: UInt8, to codes: inout Buffer<UInt8>
  ) {
    check(values, count, in: block)
    precondition(codes.count >= count, "Fewer codes than records.")
    var names = unsafe names.kernel
    unsafe ck_mark_names(block.bytes, values.kernelAddress, count, &names, code, codes.address)
  }

  /// Adds `code` to the codes of values that are no address of the internet: private ones, those of
  /// a link or a host, names.
  public static func markInner(
    _ values: borrowing Buffer<FieldRange>, _ count: Int, in block: borrowing Block,
    adding code: UInt8, to codes: inout Buffer<UInt8>
  ) {
    check(values, count, in: block)
    precondition(codes.count >= count, "Fewer codes than records.")
    unsafe ck_mark_inner(block.bytes, values.kernelAddress, count, code, codes.address)
  }

  /// How many of `count` values from `base` on are empty or `-`.
  public static func gapCount(
    _ values: borrowing Buffer<FieldRange>, from base: Int, _ count: Int,
    in block: borrowing Block
  ) -> Int {
    check(values, base + count, in: block)
    return unsafe ck_count_gaps(block.bytes, values.kernelAddress + base, count)
  }

  /// Fills values from `base` on that are empty or `-` with those of `others`.
  public static func fillGaps(
    _ values: inout Buffer<FieldRange>, from base: Int,
    with others: borrowing Buffer<FieldRange>, _ count: Int, in block: borrowing Block
  ) {
    check(values, base + count, in: block)
    check(others, count, in: block)
    unsafe ck_fill_gaps(block.bytes, others.kernelAddress, count, values.kernelAddress + base)
  }

  /// Fills empty values with those of `hosts`, from `base` on, that are addresses.
  public static func fillGaps(
    _ values: inout Buffer<FieldRange>, withAddressesOf hosts: borrowing Buffer<FieldRange>,
    from base: Int, _ count: Int, in block: borrowing Block
  ) {
    check(values, count, in: block)
    check(hosts, base + count, in: block)
    unsafe ck_take_addresses(
      block.bytes, hosts.kernelAddress + base, count, values.kernelAddress)
  }

  /// Values come from one block; the last one stands for all.
  private static func check(
    _ values: borrowing Buffer<FieldRange>, _ count: Int, in block: borrowing Block
  ) {
    precondition(count >= 0 && values.count >= count, "Fewer values than records.")
    precondition(count == 0 || Int(values[count - 1].end) <= block.end, "Of another block.")
  }
}
