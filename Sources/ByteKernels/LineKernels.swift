public import ByteBlocks
internal import CKernels

/// What a syslog header says of a line.
public struct SyslogHeader: Equatable, Sendable {
  /// The line behind its headers; all of it where there is none.
  public var message: FieldRange
  /// The innermost header's time; empty: there is none.
  public var time: FieldRange
}

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

/// Readers of single lines and values.
public enum LineKernels {
  /// Lines of a block's text from `start` on; the last one may lack its newline.
  public static func lineCount(_ block: borrowing Block, from start: Int) -> Int {
    precondition(start >= block.start && start <= block.end, "Outside of the block's text.")
    // SAFETY: the range lies in the block.
    return unsafe ck_count_lines(block.bytes, UInt32(start), UInt32(block.end))
  }

  /// Where the line that starts at `start` ends: at its newline, or with the text.
  public static func lineEnd(_ block: borrowing Block, from start: Int) -> Int {
    precondition(start >= block.start && start <= block.end, "Outside of the block's text.")
    // SAFETY: the range lies in the block.
    return unsafe Int(ck_line_end(block.bytes, UInt32(start), UInt32(block.end)))
  }

  /// Whether a line is blank or a remark, which starts with `#`.
  public static func isComment(_ line: FieldRange, in block: borrowing Block) -> Bool {
    let bytes = block.memoryBytes
    guard !line.isEmpty, bytes[Int(line.start)] != UInt8(ascii: "#") else { return true }
    return line.count == 1 && bytes[Int(line.start)] == UInt8(ascii: "\r")
  }

  /// Whether a line holds a NUL byte, which no log has.
  public static func holdsNUL(_ line: FieldRange, in block: borrowing Block) -> Bool {
    end(of: [0], in: line, block) != nil
  }

  /// The host inside of a URL, `host:port` or host; empty where there is none.
  public static func urlHost(_ url: FieldRange, in block: borrowing Block) -> FieldRange {
    precondition(Int(url.end) <= block.end, "A field of another block.")
    var field = ck_range(start: url.start, end: url.end)
    var host = ck_range()
    // SAFETY: the field lies in the block.
    unsafe ck_url_hosts(block.bytes, &field, 1, &host)
    return FieldRange(start: host.start, end: host.end)
  }

  /// The header in front of a line's message, see RFC 3164, 5424 and 6587.
  public static func syslog(_ line: FieldRange, in block: borrowing Block) -> SyslogHeader {
    precondition(Int(line.end) <= block.end, "A line of another block.")
    // SAFETY: the line lies in the block.
    let found = unsafe ck_read_syslog(block.bytes, ck_range(start: line.start, end: line.end))
    return SyslogHeader(
      message: FieldRange(start: found.message, end: line.end),
      time: FieldRange(start: found.time.start, end: found.time.end))
  }

  /// Where `text` ends in a line, if it stands in it.
  public static func end(
    of text: [UInt8], in line: FieldRange, _ block: borrowing Block
  ) -> UInt32? {
    precondition(Int(line.end) <= block.end && !text.isEmpty, "A line of another block.")
    var behind: UInt32 = 0
    // SAFETY: the line lies in the block; the text lives for this call.
    let isThere = unsafe text.withUnsafeBufferPointer { text in
      unsafe ck_line_holds(
        block.bytes, ck_range(start: line.start, end: line.end), text.baseAddress,
        UInt32(text.count), &behind)
    }
    return isThere != 0 ? behind : nil
  }

  /// `value` without escapes; they are undone in the block.
  public static func undo(
    _ escapes: Escapes, in value: FieldRange, _ block: inout Block
  ) -> FieldRange {
    precondition(Int(value.end) <= block.end, "A field of another block.")
    // SAFETY: the value lies in the block, and gets no longer.
    let bytes = unsafe block.memory.assumingMemoryBound(to: UInt8.self)
    let range = unsafe ck_undo(
      bytes, ck_range(start: value.start, end: value.end), escapes.rawValue)
    return FieldRange(start: range.start, end: range.end)
  }

  /// An address or host without the port behind it.
  public static func withoutPort(_ address: FieldRange, in block: borrowing Block) -> FieldRange {
    precondition(Int(address.end) <= block.end, "A field of another block.")
    // SAFETY: the address lies in the block.
    let range = unsafe ck_without_port(
      block.bytes, ck_range(start: address.start, end: address.end))
    return FieldRange(start: range.start, end: range.end)
  }

  /// Seconds of an offset from UTC, such as `+01:00` or `GMT-3`.
  public static func offset(_ text: FieldRange, in block: borrowing Block) -> Int? {
    precondition(Int(text.end) <= block.end, "A field of another block.")
    var seconds: Int32 = 0
    // SAFETY: the text lies in the block.
    let isOne = unsafe ck_read_offset(
      block.bytes, ck_range(start: text.start, end: text.end), &seconds)
    return isOne != 0 ? Int(seconds) : nil
  }
}

/// A way of writing times, compiled.
public struct TimePattern: Sendable, Equatable {
  private let how: Int32
  private let steps: [UInt16]

  /// RFC 3339 and its relatives.
  public static let iso = TimePattern(how: Int32(CK_READ_ISO))
  /// Seconds, milli-, micro- or nanoseconds since 1970.
  public static let epoch = TimePattern(how: Int32(CK_READ_EPOCH))
  /// As in syslog headers.
  public static let syslog = TimePattern(how: Int32(CK_READ_SYSLOG))

  private init(how: Int32) {
    self.how = how
    steps = []
  }

  private static let letters: [(text: String, kind: Int)] = [
    ("yyyy", CK_TIME_YEAR), ("yy", CK_TIME_SHORT_YEAR),
    ("MMM", CK_TIME_MONTH_NAME), ("MM", CK_TIME_MONTH),
    ("M", CK_TIME_MONTH), ("dd", CK_TIME_DAY), ("d", CK_TIME_DAY),
    ("EEE", CK_TIME_WEEKDAY), ("HH", CK_TIME_HOUR),
    ("H", CK_TIME_HOUR), ("hh", CK_TIME_HALF_HOUR),
    ("h", CK_TIME_HALF_HOUR), ("mm", CK_TIME_MINUTE),
    ("ss", CK_TIME_SECOND), ("SSS", CK_TIME_FRACTION),
    ("a", CK_TIME_HALF), ("Z", CK_TIME_OFFSET),
    ("z", CK_TIME_ZONE_NAME),
  ]

  /// The pattern that `text` says: `yyyy-MM-dd HH:mm:ss`; letters in quotes stand for themselves.
  ///
  /// `nil` where it has a letter that stands for nothing.
  public init?(_ text: String) {
    var steps: [UInt16] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "'", let close = rest.dropFirst().firstIndex(of: "'") {
        for byte in rest[rest.index(after: rest.startIndex)..<close].utf8 {
          steps.append(UInt16(byte) << 8)
        }
        rest = rest[rest.index(after: close)...]
      } else if let letters = Self.letters.first(where: { rest.hasPrefix($0.text) }) {
        steps.append(UInt16(letters.kind))
        rest = rest.dropFirst(letters.text.count)
      } else if first.isASCII, !first.isLetter, let byte = first.asciiValue {
        steps.append(UInt16(byte) << 8)
        rest = rest.dropFirst()
      } else {
        return nil
      }
    }
    guard !steps.isEmpty else { return nil }
    how = Int32(CK_READ_STEPS)
    self.steps = steps
  }

  /// A time as it was read.
  public struct Reading: Equatable, Sendable {
    /// Microseconds since 1970, as if the time was UTC where it carried no zone.
    public var micros: Int64
    /// It carried its zone.
    public var isUTC: Bool
    /// It carried its year.
    public var hasYear: Bool

    /// A time as it was read.
    public init(micros: Int64, isUTC: Bool, hasYear: Bool) {
      self.micros = micros
      self.isUTC = isUTC
      self.hasYear = hasYear
    }

    /// Moves a time without a year to a year; `false` where that has no such day.
    public mutating func setYear(_ year: Int) -> Bool {
      var time = ck_time(micros: micros, has_offset: isUTC ? 1 : 0, has_year: 0)
      // SAFETY: a plain structure of this call.
      guard unsafe ck_set_year(&time, Int32(year)) != 0 else { return false }
      micros = time.micros
      hasYear = true
      return true
    }
  }

  /// Reads a time out of one field, or of several as if blanks joined them.
  public func read(_ fields: Span<FieldRange>, in block: borrowing Block) -> Reading? {
    precondition(
      !fields.isEmpty && fields.indices.allSatisfy { Int(fields[$0].end) <= block.end },
      "Fields of another block.")
    var time = ck_time()
    // SAFETY: the fields lie in the block; a step has the layout of ck_time_step, two bytes.
    let isOne = unsafe steps.withUnsafeBytes { steps in
      unsafe fields.withKernelRanges { fields, count in
        unsafe ck_read_joined_time(
          block.bytes, fields, count, how,
          steps.baseAddress?.assumingMemoryBound(to: ck_time_step.self), steps.count / 2, &time)
      }
    }
    guard isOne != 0 else { return nil }
    return Reading(
      micros: time.micros, isUTC: time.has_offset != 0, hasYear: time.has_year != 0)
  }
}
