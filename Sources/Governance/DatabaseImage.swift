/// A database of SQLite as its readers see it: its file, with what its log (WAL) adds.
enum DatabaseImage {
  /// The file's bytes with the pages of all transactions that are whole in the log, as a file
  /// without a log.
  ///
  /// Any bytes will do: a log that is another's or none adds nothing.
  static func merged(_ database: [UInt8], log: [UInt8]) -> [UInt8] {
    guard database.count >= 100 else { return database }
    var image = database
    var transactions = LogTransactions(log, pageBytes: pageBytes(of: database))
    while let next = transactions?.next() {
      let bytes = next.pageCount * next.pageBytes
      // Every page stands in the file or in the log.
      guard bytes <= database.count + log.count else { break }
      if image.count > bytes { image.removeLast(image.count - bytes) }
      image += [UInt8](repeating: 0, count: bytes - image.count)
      for (number, start) in next.pages where (1...next.pageCount).contains(number) {
        let target = (number - 1) * next.pageBytes
        image.replaceSubrange(
          target..<target + next.pageBytes, with: log[start..<start + next.pageBytes])
      }
    }
    // Read and written without a log.
    if image.count >= 100 { (image[18], image[19]) = (1, 1) }
    return image
  }

  /// The encoding of its texts, as a pragma wants it.
  static func encoding(of database: [UInt8]) -> String {
    switch database.count >= 100 ? database[59] : 1 {
    case 2: "UTF-16le"
    case 3: "UTF-16be"
    default: "UTF-8"
    }
  }

  private static func pageBytes(of database: [UInt8]) -> Int {
    let count = Int(database[16]) << 8 | Int(database[17])
    return count == 1 ? 65536 : count
  }
}

/// The transactions of a log whose sums agree, one after another ("WAL File Format").
private struct LogTransactions {
  struct Transaction {
    let pageBytes: Int
    /// Of the whole database.
    let pageCount: Int
    /// Numbers of pages, and where they start.
    let pages: [(number: Int, start: Int)]
  }

  private let log: [UInt8]
  private let pageBytes: Int
  private let isBigEndian: Bool
  private var sum: (UInt32, UInt32) = (0, 0)
  private var place = 32

  /// `nil` for what is no log of a database with such pages.
  init?(_ log: [UInt8], pageBytes: Int) {
    guard log.count >= 32, (512...65536).contains(pageBytes) else { return nil }
    self.log = log
    self.pageBytes = pageBytes
    isBigEndian = log[3] & 1 == 1
    guard word(0) & ~1 == 0x377f_0682, Int(word(8)) == pageBytes else { return nil }
    add(0..<24)
    guard sum == (word(24), word(28)) else { return nil }
  }

  mutating func next() -> Transaction? {
    var pages: [(number: Int, start: Int)] = []
    while place + 24 + pageBytes <= log.count {
      let (frame, start) = (place, place + 24)
      place = start + pageBytes
      add(frame..<frame + 8)
      add(start..<place)
      guard word(frame + 8) == word(16), word(frame + 12) == word(20),
        sum == (word(frame + 16), word(frame + 20))
      else {
        place = log.count
        return nil
      }
      pages.append((Int(word(frame)), start))
      let pageCount = Int(word(frame + 4))
      if pageCount > 0 {
        return Transaction(pageBytes: pageBytes, pageCount: pageCount, pages: pages)
      }
    }
    return nil
  }

  /// Carries the sum on over a whole number of eight bytes.
  private mutating func add(_ range: Range<Int>) {
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
      let (first, second) = (word(place), word(place + 4))
      sum.0 &+= (isBigEndian ? first : first.byteSwapped) &+ sum.1
      sum.1 &+= (isBigEndian ? second : second.byteSwapped) &+ sum.0
    }
  }

  private func word(_ place: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 8 | UInt32(log[place + $1]) }
  }
}
