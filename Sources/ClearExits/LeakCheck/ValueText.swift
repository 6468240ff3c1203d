/// Bytes in pieces that stood elsewhere in a file.
struct Payload {
  private(set) var bytes: [UInt8] = []
  /// Where each piece starts.
  private(set) var pieces: [(start: Int, place: Int)] = []

  mutating func add(_ range: Range<Int>, of file: [UInt8]) {
    pieces.append((bytes.count, range.lowerBound))
    bytes += file[range]
  }
}

/// Values, a line each, that know where they stood.
struct ValueText {
  private(set) var bytes: [UInt8] = []
  private var pieces: [(start: Int, place: Int)] = []

  /// Adds a value; of one that is not all there, not the word at its end, which may be part of
  /// another.
  mutating func add(_ range: Range<Int>, of payload: Payload) {
    var value = payload.bytes[range.clamped(to: payload.bytes.indices)]
    if value.endIndex < range.upperBound {
      while let last = value.last, LeakSearch.isLetter(last) { value.removeLast() }
    }
    guard value.count >= LeakNames.bytesMin else { return }
    let first = payload.pieces.lastIndex { $0.start <= value.startIndex } ?? 0
    for piece in payload.pieces[first...] where piece.start < value.endIndex {
      let skipped = max(value.startIndex - piece.start, 0)
      let start = bytes.count + piece.start + skipped - value.startIndex
      pieces.append((start, piece.place + skipped))
    }
    bytes += value
    bytes.append(0x0A)
  }

  /// Where in the file a place of the text stands.
  func place(of offset: Int) -> Int {
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].start <= offset { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? offset : pieces[low - 1].place + offset - pieces[low - 1].start
  }
}
