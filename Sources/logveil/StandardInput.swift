import Glibc
import Operations

/// Lines of standard input, as they arrive.
enum StandardInput {
  /// The longest line taken, in bytes.
  static let lineBytesMax = 1 << 20
  private static let chunkBytes = 1 << 16

  /// Calls `body` with all lines that are there, again and again until the input ends.
  ///
  /// Lines come without their newline, or carriage return and newline; empty ones are left out.
  static func forEachLines(
    _ body: ([[UInt8]]) throws(OperationError) -> Void
  ) throws(OperationError) {
    var rest: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: chunkBytes)
    while true {
      // SAFETY: the array has the bytes that are read at most.
      let count = unsafe read(STDIN_FILENO, &chunk, chunkBytes)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw OperationError(.noInput, "Standard input cannot be read (error \(errno)).")
      }
      rest.append(contentsOf: chunk[..<count])
      var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let unfinished = Array(lines.removeLast())
      if count == 0, !unfinished.isEmpty { lines.append(unfinished[...]) }
      let whole = lines.map(withoutReturn).filter { !$0.isEmpty }
      if !whole.isEmpty { try body(whole) }
      guard count > 0 else { return }
      guard unfinished.count <= lineBytesMax else {
        throw OperationError(.badData, "A line of standard input is longer than 1 MiB.")
      }
      rest = unfinished
    }
  }

  private static func withoutReturn(_ line: ArraySlice<UInt8>) -> [UInt8] {
    Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}
