import BenchmarkDoors
import ByteBlocks
import Glibc

/// Parses a plain log on one thread, block by block as the pipeline does, and says how fast that
/// went: nothing but the parser is timed.
@main struct Parse {
  /// The size of the pipeline's own blocks.
  private static let blockBytes = 256 << 10

  static func main() {
    do throws(ParseError) {
      let words = CommandLine.arguments.dropFirst()
      guard words.count == 2 || words.count == 3, let runs = Int(words.dropFirst(2).first ?? "5"),
        (1...1000).contains(runs)
      else { throw .usage }
      try measure(words[1], LogText(path: words[2]), runs: runs)
    } catch {
      let line = Array("parse: \(error)\n".utf8)
      // SAFETY: the bytes live for this call, which reads as many as there are.
      _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(65)
    }
  }

  private static func measure(_ format: String, _ text: LogText, runs: Int) throws(ParseError) {
    let blocks = text.blocks(of: blockBytes)
    guard let first = blocks.first else { throw .empty }
    let longest = blocks.reduce(0) { max($0, $1.count) }
    let pool = BlockPool(blocksMax: 1, textBytesMax: longest)
    guard var door = ParseDoor(format: format, first: text.block(first, from: pool)) else {
      throw .unknown(format)
    }
    var sums = ParsedSums()
    var seconds: [Double] = []
    for run in 0..<runs {
      let before = door.sums.nanoseconds
      for block in blocks { door.parse(text.block(block, from: pool)) }
      seconds.append(Double(door.sums.nanoseconds - before) / 1e9)
      if run == 0 { sums = door.sums }
    }
    seconds.sort()
    let (median, best) = (seconds[runs / 2], seconds[0])
    print(
      """
      {"format": "\(format)", "bytes": \(text.bytes.count), "lines": \(sums.lines), \
      "events": \(sums.events), "excluded": \(sums.excluded), "rejected": \(sums.rejected), \
      "uploaded_bytes": \(sums.uploadedBytes), "downloaded_bytes": \(sums.downloadedBytes), \
      "total_bytes": \(sums.totalBytes), "seconds": \(median), "best_seconds": \(best), \
      "gigabytes_per_second": \(thousandths(Double(text.bytes.count) / median / 1e9)), \
      "nanoseconds_per_line": \(thousandths(median * 1e9 / Double(max(sums.lines, 1))))}
      """
    )
  }

  private static func thousandths(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}

/// All of a log in memory.
struct LogText {
  private(set) var bytes: [UInt8] = []

  init(path: String) throws(ParseError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw .cannotOpen(path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    unsafe fstat(descriptor, &status)
    let size = Int(status.st_size)
    bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { target, count in
      while count < size {
        // SAFETY: read writes at most as many bytes as there is room for.
        let free = unsafe target.baseAddress.map { unsafe $0 + count }
        let got = unsafe read(descriptor, free, size - count)
        if got <= 0 { return }
        count += got
      }
    }
  }

  /// Pieces of whole lines, of `size` bytes at most unless a line is longer.
  func blocks(of size: Int) -> [Range<Int>] {
    var blocks: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      var end = min(start + size, bytes.count)
      while end > start, end < bytes.count, bytes[end - 1] != UInt8(ascii: "\n") { end -= 1 }
      if end == start {
        end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
      }
      blocks.append(start..<end)
      start = end
    }
    return blocks
  }

  /// A copy of one piece, as a decoder would have left it.
  func block(_ range: Range<Int>, from pool: BlockPool) -> Block {
    guard var block = pool.take() else { preconditionFailure("The pool of the parser is empty.") }
    let source = bytes.span.extracting(range)
    block.append { target in
      for place in source.indices { target[place] = source[place] }
      return source.count
    }
    return block
  }
}

/// Why nothing was measured.
enum ParseError: Error, CustomStringConvertible {
  case usage
  case cannotOpen(String, code: Int32)
  case empty
  case unknown(String)

  var description: String {
    switch self {
    case .usage: "usage: parse FORMAT FILE [RUNS]; FILE is a plain log."
    case .cannotOpen(let path, let code): "Cannot open \(path): errno \(code)."
    case .empty: "The log is empty."
    case .unknown(let format): "No format is called \(format)."
    }
  }
}
