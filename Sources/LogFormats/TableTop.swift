internal import ByteBlocks
internal import ByteKernels

/// The beginning of a table whose first lines are remarks, one of which names the fields, with rows
/// behind them, the first of which no relay has put a header in front of.
///
/// It says by itself which format it is, whatever follows.
struct TableTop {
  private static let word = Array("#fields:".utf8)
  /// More remarks than any product writes.
  private static let remarksMax = 16

  /// From the first remark to the row.
  let head: Range<Int>
  private(set) var remarks: [Range<Int>] = []
  let row: Range<Int>

  /// `nil` where the lines begin in another way.
  init?(_ block: borrowing Block) {
    let bytes = block.memoryBytes
    let start = block.start + block.byteOrderMarkBytes
    var (at, hasNames) = (start, false)
    while at < block.end, bytes[at] == UInt8(ascii: "#"), remarks.count < Self.remarksMax {
      let line = at..<block.lineEnd(from: at)
      hasNames = hasNames || FormatDetection.starts(line, with: Self.word, bytes)
      remarks.append(line)
      at = line.upperBound + 1
    }
    guard hasNames, at < block.end else { return nil }
    let row = at..<block.lineEnd(from: at)
    guard !row.isEmpty, bytes[at] != UInt8(ascii: "#"), !FormatDetection.isRelay(row, bytes) else {
      return nil
    }
    head = start..<at
    self.row = row
    // Other remarks may say otherwise.
    at = row.upperBound + 1
    for _ in 0..<FormatDetection.linesMax where at < block.end {
      if bytes[at] == UInt8(ascii: "#") { return nil }
      at = block.lineEnd(from: at) + 1
    }
  }

  func isTabbed(_ bytes: Span<UInt8>) -> Bool {
    ByteSearch.first(UInt8(ascii: "\t"), in: bytes, row) < row.upperBound
  }
}
