public import ByteBlocks
internal import CKernels

/// What a syslog header says of a line.
public struct SyslogHeader: Equatable, Sendable {
  /// The line behind its headers; all of it where there is none.
  public var message: FieldRange
  /// The innermost header's time; empty: there is none.
  public var time: FieldRange
}

/// Readers of whole lines.
public enum LineKernels {
  /// Lines of a part of a block's text; the last one may lack its newline.
  public static func lineCount(
    _ block: borrowing Block, _ range: Range<Int>, level: KernelLevel = .best
  ) -> Int {
    precondition(
      range.lowerBound >= block.start && range.upperBound <= block.end, "Outside of the text.")
    // SAFETY: the range lies in the block.
    return unsafe ck_count_lines(
      level.kernel, block.bytes, UInt32(range.lowerBound), UInt32(range.upperBound))
  }

  /// Bytes at the end of whole lines that belong to a JSON object which goes on behind them.
  public static func unfinishedBytes(_ lines: Span<UInt8>) -> Int {
    guard lines.count < Int(UInt32.max) else { return 0 }
    // SAFETY: the lines are only read, while they live.
    return unsafe lines.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return 0 }
      return unsafe bytes.count
        - Int(
          ck_unfinished_object(
            base.assumingMemoryBound(to: UInt8.self), 0, UInt32(bytes.count)))
    }
  }

  /// Where lines start whose message, behind a syslog header or without one, starts with `text`.
  public static func lines(
    withMessage text: String, in block: borrowing Block, from start: Int
  ) -> [Int] {
    precondition(start >= block.start && start <= block.end, "Outside of the text.")
    var text = text
    return text.withUTF8 { word in
      var found: [Int] = []
      var at = UInt32(start)
      let end = UInt32(block.end)
      while at < end {
        // SAFETY: the range lies in the block; the word is only read, while it lives.
        at = unsafe ck_find_message(block.bytes, at, end, word.baseAddress, UInt32(word.count))
        guard at < end else { break }
        found.append(Int(at))
        at = UInt32(min(block.lineEnd(from: Int(at)) + 1, block.end))
      }
      return found
    }
  }

  /// The header in front of a line's message, see RFC 3164, 5424 and 6587.
  public static func syslog(
    _ line: FieldRange, in block: borrowing Block, level: KernelLevel = .best
  ) -> SyslogHeader {
    precondition(Int(line.end) <= block.end, "A line of another block.")
    // SAFETY: the line lies in the block.
    let found = unsafe ck_read_syslog(
      level.kernel, block.bytes, ck_range(start: line.start, end: line.end))
    return SyslogHeader(
      message: FieldRange(start: found.message, end: line.end),
      time: FieldRange(start: found.time.start, end: found.time.end))
  }
}
