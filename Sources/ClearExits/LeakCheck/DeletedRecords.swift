/// Looks for records in what no cell of a page has any more.
///
/// A cell is its length, the number of its row and the record. Where it was freed, its first four
/// bytes became a free block's: the next block in the page, and the bytes of this one.
///
///       length  row  header: own length, types  values
///     [ next block | bytes of block ] types …    values …
///
/// So the length, the row and often the first types are gone, but the values that are left tell
/// where they end.
struct DeletedRecords {
  /// How far before a value its header is looked for.
  private static let reachBytes = 2048
  /// Places that are tried at all, for each byte of a page: no bytes cost more.
  private static let triesPerByte = 64
  private static let typesMax = 32

  private let bytes: [UInt8]
  private let range: Range<Int>
  private let pageBytes: Int

  /// - Parameter range: a part of one page that no cell has.
  init(_ bytes: [UInt8], in range: Range<Int>, pageBytes: Int) {
    self.bytes = bytes
    self.range = range
    self.pageBytes = pageBytes
  }

  /// The texts and blobs of all whole cells, whose lengths agree, at most a few times the range.
  func values() -> [Range<Int>] {
    var values: [Range<Int>] = []
    var left = range.count * 8
    for place in range {
      guard left > 0 else { return values }
      guard let record = cell(at: place) else { continue }
      for value in record.values where value.lowerBound < range.upperBound {
        let value = value.clamped(to: range)
        left -= value.count
        values.append(value)
      }
    }
    return values
  }

  /// The record of a cell of a table or of an index, whose length agrees with it.
  private func cell(at start: Int) -> DatabaseRecord? {
    var place = start
    guard let length = BigEndian.number(bytes, &place, before: range.upperBound),
      length >= 4, length < .max
    else { return nil }
    let end = range.upperBound
    if let record = DatabaseRecord(bytes, at: place, before: end, length: length) { return record }
    guard BigEndian.number(bytes, &place, before: end) != nil else { return nil }
    return DatabaseRecord(bytes, at: place, before: end, length: length)
  }

  /// Whether a place may be a value of a cell that was freed.
  ///
  /// - Parameter tries: what may still be tried in this range; counted down.
  func isValue(_ place: Range<Int>, _ tries: inout Int) -> Bool {
    let least = max(range.lowerBound, place.lowerBound - Self.reachBytes)
    guard least <= place.lowerBound - 4 else { return false }
    for start in (least...place.lowerBound - 4).reversed() {
      tries -= 1
      guard isBlock(at: start) else { continue }
      // Of the header's start, more or less than the block's four bytes is gone.
      for skip in 0..<8 where start + 4 + skip <= place.lowerBound {
        guard tries > 0 else { return false }
        if agrees(place, block: start, types: start + 4 + skip, &tries) { return true }
      }
    }
    return false
  }

  /// What may be tried in this range.
  var tries: Int { range.count * Self.triesPerByte }

  /// Whether four bytes may be the start of a free block.
  private func isBlock(at place: Int) -> Bool {
    guard place + 4 <= range.upperBound else { return false }
    let (next, count) = (BigEndian.half(bytes, place), BigEndian.half(bytes, place + 2))
    return next < pageBytes && count >= 4 && count <= range.upperBound - place
  }

  /// Whether a freed cell may end at a place.
  private func isEnd(_ place: Int, of block: Int) -> Bool {
    place == range.upperBound || place == block + BigEndian.half(bytes, block + 2)
      || place < range.upperBound && (isBlock(at: place) || cell(at: place) != nil)
  }

  /// Whether a value is the first one, whose type is gone, or has a type of its length, and what
  /// is behind it ends where a cell may.
  private func agrees(
    _ value: Range<Int>, block: Int, types: Int, _ tries: inout Int
  ) -> Bool {
    var place = types
    // Bytes of the values from the first that has a type, and from behind the one of our length.
    var (all, behind): (Int, [Int]) = (0, [])
    for _ in 0..<Self.typesMax {
      tries -= 1
      if place == value.lowerBound, isEnd(value.upperBound + all, of: block) { return true }
      let before = all
      for start in behind
      where value.lowerBound >= place + start - value.count
        && isEnd(value.upperBound + before - start, of: block)
      {
        return true
      }
      guard place < value.lowerBound,
        let type = BigEndian.number(bytes, &place, before: value.lowerBound),
        let size = DatabaseRecord.bytes(ofType: type), all + size <= range.count
      else { return false }
      all += size
      if type >= 12, size == value.count { behind.append(all) }
    }
    return false
  }
}
