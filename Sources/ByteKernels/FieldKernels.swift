public import ByteBlocks
internal import CKernels

// `FieldRange` and `ck_range` have one layout; the tests check it.

/// The wanted fields of the lines of a block, column by column.
///
/// Field `w` of record `r` is `ranges[w * stride + r]`.
public struct CutFields: ~Copyable {
  /// Ranges of all wanted fields.
  public private(set) var ranges: Buffer<FieldRange>
  /// For every record its line in the block, from 0.
  public private(set) var recordLines: Buffer<UInt32>
  /// Lines that have another shape than the plan's, in order.
  public private(set) var irregularLines: Buffer<UInt32>
  /// Records in use.
  public private(set) var recordCount = 0
  /// Entries of `irregularLines` in use.
  public private(set) var irregularCount = 0
  /// Room for records in a column.
  public private(set) var stride = 0

  /// Nothing cut yet.
  public init() {
    ranges = Buffer(count: 0)
    recordLines = Buffer(count: 0)
    irregularLines = Buffer(count: 0)
  }

  /// Cuts the lines `lines` of a block.
  ///
  /// - Parameters:
  ///   - fieldCount: a line with another number of fields is irregular.
  ///   - moreAllowed: lines with more fields are regular, too.
  ///   - wanted: places of the wanted fields in the line, each less than `fieldCount`.
  public mutating func cut(
    _ block: borrowing Block, _ index: borrowing TextIndex, lines: Range<Int>, dialect: Dialect,
    fieldCount: Int, moreAllowed: Bool, wanted: [UInt16]
  ) {
    precondition(wanted.allSatisfy { Int($0) < fieldCount }, "A wanted field is not in the line.")
    precondition(lines.upperBound <= index.lineCount, "More lines than the index has.")
    makeRoom(records: lines.count, columns: wanted.count)
    guard !lines.isEmpty else { return (recordCount, irregularCount) = (0, 0) }
    var index = unsafe index.kernel
    var cuts = unsafe ck_cuts(
      ranges: ranges.kernelAddress, stride: stride, record_lines: recordLines.address,
      irregular: irregularLines.address)
    // SAFETY: the three targets have room for every line, and the index is that of the block.
    let counts = unsafe wanted.withUnsafeBufferPointer { wanted in
      var plan = unsafe ck_cut_plan(
        dialect: dialect.kernel, field_count: UInt32(fieldCount), more_allowed: moreAllowed ? 1 : 0,
        wanted: wanted.baseAddress, wanted_count: wanted.count)
      return unsafe ck_cut_lines(
        block.bytes, &index, lines.lowerBound, lines.upperBound, &plan, &cuts)
    }
    recordCount = counts.records
    irregularCount = counts.irregular
  }

  private mutating func makeRoom(records: Int, columns: Int) {
    if recordLines.count < records {
      recordLines = Buffer(count: records + records / 4)
      irregularLines = Buffer(count: records + records / 4)
    }
    stride = recordLines.count
    if ranges.count < stride * columns { ranges = Buffer(count: stride * columns) }
  }

  /// Adds a record that was cut by hand.
  public mutating func append(_ fields: [FieldRange], line: Int) {
    precondition(recordCount < stride, "More records than lines.")
    for (column, field) in fields.enumerated() { ranges[column * stride + recordCount] = field }
    recordLines[recordCount] = UInt32(line)
    recordCount += 1
  }

  /// For every record its line in the block.
  public var lines: Span<UInt32> {
    @_lifetime(borrow self)
    get { recordLines.span.extracting(0..<recordCount) }
  }

  /// Column `w` of all records.
  @_lifetime(borrow self)
  public func column(_ w: Int) -> Span<FieldRange> {
    ranges.span.extracting(w * stride..<w * stride + recordCount)
  }
}

/// Readers of whole columns of fields. Each takes the fields of one block and writes one value a
/// record, from place `base` on; where a field cannot be read, `status` of its record becomes `bad`
/// if it was 0.
public enum FieldKernels {
  /// A value that the log does not have.
  public static let null = Int64.min

  /// Decimal numbers from 0 to `max`; an empty field and `-` give `null`.
  public static func decimals(
    _ fields: Span<FieldRange>, in block: borrowing Block, max: Int64,
    into values: inout Buffer<Int64>, status: inout Buffer<UInt8>, at base: Int = 0, bad: UInt8
  ) {
    check(fields, in: block, at: base, values.count, status.count)
    // SAFETY: both targets have a place for every field, and the fields lie in the block.
    unsafe fields.withKernelRanges { fields, count in
      unsafe ck_parse_decimals(
        block.bytes, fields, count, max, values.address + base, status.address + base, bad)
    }
  }

  /// `YYYY-MM-DD` and `HH:MM:SS[.fraction]` as microseconds since 1970.
  public static func dateTimes(
    dates: Span<FieldRange>, times: Span<FieldRange>, in block: borrowing Block,
    into micros: inout Buffer<Int64>, status: inout Buffer<UInt8>, at base: Int = 0, bad: UInt8
  ) {
    precondition(dates.count == times.count, "Dates and times differ in number.")
    check(dates, in: block, at: base, micros.count, status.count)
    // SAFETY: as in `decimals`.
    unsafe dates.withKernelRanges { dates, count in
      unsafe times.withKernelRanges { times, _ in
        unsafe ck_parse_date_times(
          block.bytes, dates, times, count, micros.address + base, status.address + base, bad)
      }
    }
  }

  /// Seconds since 1970, with or without a fraction, as microseconds.
  public static func epochs(
    _ fields: Span<FieldRange>, in block: borrowing Block, into micros: inout Buffer<Int64>,
    status: inout Buffer<UInt8>, at base: Int = 0, bad: UInt8
  ) {
    check(fields, in: block, at: base, micros.count, status.count)
    // SAFETY: as in `decimals`.
    unsafe fields.withKernelRanges { fields, count in
      unsafe ck_parse_epochs(
        block.bytes, fields, count, micros.address + base, status.address + base, bad)
    }
  }

  /// The host inside of each URL, `host:port` or host; empty where there is none.
  public static func urlHosts(
    _ urls: Span<FieldRange>, in block: borrowing Block, into hosts: inout Buffer<FieldRange>,
    at base: Int = 0
  ) {
    check(urls, in: block, at: base, hosts.count, hosts.count)
    // SAFETY: as in `decimals`.
    unsafe urls.withKernelRanges { urls, count in
      unsafe ck_url_hosts(block.bytes, urls, count, hosts.kernelAddress + base)
    }
  }

  /// Fields come from an index over the same block; the last one stands for all.
  private static func check(
    _ fields: Span<FieldRange>, in block: borrowing Block, at base: Int, _ values: Int,
    _ status: Int
  ) {
    precondition(
      base >= 0 && values >= base + fields.count && status >= base + fields.count,
      "Fewer values than fields.")
    if let last = fields.indices.last {
      precondition(Int(fields[last].end) <= block.end, "Fields of another block.")
    }
  }
}

extension Span<FieldRange> {
  /// The ranges as the kernels know them.
  func withKernelRanges<R>(_ body: (UnsafePointer<ck_range>?, Int) -> R) -> R {
    // SAFETY: FieldRange has the layout of ck_range; the pointer lives for this call.
    unsafe withUnsafeBytes {
      unsafe body($0.baseAddress?.assumingMemoryBound(to: ck_range.self), count)
    }
  }
}

extension Buffer<FieldRange> {
  /// The ranges as the kernels know them.
  var kernelAddress: UnsafeMutablePointer<ck_range> {
    // SAFETY: FieldRange has the layout of ck_range.
    unsafe UnsafeMutableRawPointer(address).assumingMemoryBound(to: ck_range.self)
  }
}
