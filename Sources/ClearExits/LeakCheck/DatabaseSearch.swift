/// Looks for names in a file of SQLite, page by page.
///
/// In a page the values of a row stand one behind the other, with nothing in between. Where a cell
/// says where they end, each is searched by itself, for whole words. In what no cell has any more,
/// and in pages of no tree, what is left of a deleted row may have lost that: there the values of
/// all records that can be made out are searched, and long names are found as parts of words.
package struct DatabaseSearch {
  /// A leak, where it stands, and its offset in the file.
  package typealias Found = (part: String, leak: Leak)

  private let file: DatabaseFile
  private let bytes: [UInt8]
  private let search: LeakSearch
  /// Pages that go on with the record of a cell, by their place, with the bytes of them that do.
  private var carried: [Int: Int] = [:]
  /// Those that were read: none is read twice, however many cells name it.
  private var read: Set<Int> = []
  /// The places of a page by its number, in the order of the file.
  private var places: [Int: [Int]] = [:]
  private var known: Set<Place>
  private var found: [Found] = []

  private struct Place: Hashable {
    let offset: Int
    let scope: LeakNames.Scope
  }

  /// The leaks in a file of SQLite; none for another.
  ///
  /// - Parameter known: what was found already, by its offset in the bytes; not told again.
  /// - Complexity: linear in the bytes, nearly; memory for the file's pages and one record.
  package static func leaks(
    in bytes: [UInt8], _ search: LeakSearch, but known: [Leak]
  ) -> [Found] {
    guard let file = DatabaseFile(bytes) else { return [] }
    var all = Self(file, bytes, search, known)
    all.run()
    return all.found
  }

  private init(
    _ file: DatabaseFile, _ bytes: [UInt8], _ search: LeakSearch, _ known: [Leak]
  ) {
    self.file = file
    self.bytes = bytes
    self.search = search
    self.known = Set(known.map { Place(offset: $0.offset, scope: $0.scope) })
    for (place, page) in file.pages.enumerated() { places[page.number, default: []].append(place) }
  }

  private mutating func run() {
    var isTree = [Bool](repeating: false, count: file.pages.count)
    // Pages in use first: what they go on with is theirs, whatever a free page says.
    for isFree in [false, true] {
      for (place, page) in file.pages.enumerated() {
        guard (file.kind == .database && file.free.contains(page.number)) == isFree,
          let tree = DatabasePage(bytes, page.range, usableBytes: file.usableBytes)
        else { continue }
        isTree[place] = true
        lookAtCells(of: tree, place, isFree: isFree)
        for range in tree.free { lookAtRemains(range, part(place, isFree: true)) }
      }
    }
    for (place, page) in file.pages.enumerated() where !isTree[place] {
      let start = page.range.lowerBound + (carried[place] ?? 0)
      lookAtRemains(start..<page.range.upperBound, part(place, isFree: true))
    }
    for rest in file.rests { lookAtRemains(rest, "free space") }
  }

  private func part(_ place: Int, isFree: Bool) -> String {
    let page = "page \(file.pages[place].number)"
    let version =
      switch file.kind {
      case .database: page
      case .log: "\(page) in frame \(place + 1)"
      case .journal: "\(page) in record \(place + 1)"
      }
    return isFree ? "free space of \(version)" : version
  }

  // MARK: Cells

  private mutating func lookAtCells(of page: DatabasePage, _ place: Int, isFree: Bool) {
    var text = ValueText()
    for cell in page.cells {
      let payload = payload(of: cell, place, isFree: isFree)
      let (bytes, length) = (payload.bytes, cell.payloadBytes)
      guard let record = DatabaseRecord(bytes, at: 0, before: bytes.count, length: length) else {
        continue
      }
      for value in record.values where value.lowerBound < bytes.count {
        text.add(value, of: payload)
      }
    }
    look(at: text, part(place, isFree: isFree))
  }

  /// What a record holds, with its other pages.
  private mutating func payload(
    of cell: DatabasePage.Cell, _ place: Int, isFree: Bool
  ) -> Payload {
    var payload = Payload()
    payload.add(cell.local, of: bytes)
    var next = cell.overflow ?? 0
    let most = file.usableBytes - 4
    while payload.bytes.count < cell.payloadBytes,
      let other = self.place(ofPage: next, from: place), read.insert(other).inserted
    {
      let start = file.pages[other].range.lowerBound
      let count = min(cell.payloadBytes - payload.bytes.count, most)
      payload.add(start + 4..<start + 4 + count, of: bytes)
      if !isFree { carried[other] = 4 + count }
      next = Int(BigEndian.word(bytes, start))
    }
    return payload
  }

  /// Where a page stands as the transaction of another saw it, or in the first one that has it.
  private func place(ofPage number: Int, from place: Int) -> Int? {
    guard let all = places[number] else { return nil }
    let transaction = file.pages[place].transaction
    // In the order of the file: binary search, since a log may hold one page very often.
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      let isSeen = file.pages[all[middle]].transaction <= transaction
      if isSeen { low = middle + 1 } else { high = middle }
    }
    return all[max(low - 1, 0)]
  }

  // MARK: Remains

  private mutating func lookAtRemains(_ range: Range<Int>, _ part: String) {
    guard range.count >= LeakNames.bytesMin, bytes[range].contains(where: { $0 != 0 }) else {
      return
    }
    let records = DeletedRecords(bytes, in: range, pageBytes: max(file.usableBytes, 512))
    var tries = records.tries
    let leaks = search.leaksInRemains(Array(bytes[range])) { place in
      let start = range.lowerBound + place.lowerBound
      return records.isValue(start..<start + place.count, &tries)
    }
    for leak in leaks { add(leak, at: range.lowerBound + leak.offset, part) }
    var text = ValueText()
    for value in records.values() {
      var payload = Payload()
      payload.add(value.clamped(to: range), of: bytes)
      text.add(0..<value.count, of: payload)
    }
    look(at: text, part)
  }

  private mutating func look(at text: ValueText, _ part: String) {
    if text.bytes.isEmpty { return }
    for leak in search.leaks(in: text.bytes) { add(leak, at: text.place(of: leak.offset), part) }
  }

  private mutating func add(_ leak: Leak, at offset: Int, _ part: String) {
    guard known.insert(Place(offset: offset, scope: leak.scope)).inserted else { return }
    found.append((part, Leak(form: leak.form, scope: leak.scope, offset: offset)))
  }
}
