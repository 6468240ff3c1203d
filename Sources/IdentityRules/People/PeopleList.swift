/// People and the names by which logs may call them, as bytes to be sealed: never on disk as such.
///
/// ```
/// for each person: number of names | for each name: its length | its bytes   (numbers: 4 bytes)
/// ```
package struct PeopleList: Sendable, Equatable {
  package var people: [[[UInt8]]]

  package init(_ people: [[[UInt8]]]) { self.people = people }

  package init(_ people: [[String]]) {
    self.people = people.map { names in names.map { Array($0.utf8) } }
  }

  /// The people that `bytes` hold; `nil` where they are no list.
  package init?(bytes: [UInt8]) {
    people = []
    var place = 0
    func number() -> Int? {
      guard place + 4 <= bytes.count else { return nil }
      defer { place += 4 }
      return (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    while place < bytes.count {
      guard let count = number() else { return nil }
      var names: [[UInt8]] = []
      for _ in 0..<count {
        guard let length = number(), length <= bytes.count - place else { return nil }
        names.append(Array(bytes[place..<place + length]))
        place += length
      }
      people.append(names)
    }
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ number: Int) {
      for shift in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * shift))) }
    }
    for names in people {
      append(names.count)
      for name in names {
        append(name.count)
        bytes += name
      }
    }
    return bytes
  }
}
