/// Which names are one person's, by a directory: each canonical form leads to the one form that
/// stands for the person.
package struct PersonMap: Sendable {
  private var persons: [[UInt8]: [UInt8]] = [:]
  /// Names that several people have: they stay what they are.
  private var ambiguous: Set<[UInt8]> = []
  private let canonical: CanonicalNames

  /// Nobody.
  ///
  /// - Parameter canonical: the rules under which logs are read.
  package init(_ canonical: CanonicalNames) { self.canonical = canonical }

  package var isEmpty: Bool { persons.isEmpty }
  package var ambiguousCount: Int { ambiguous.count }

  /// Adds people; the first name of each stands for the person.
  package mutating func insert(_ list: PeopleList) {
    for names in list.people {
      var forms: [[UInt8]] = []
      for name in names {
        var form: [UInt8] = []
        if canonical.canonicalise(name.span, into: &form) == .name { forms.append(form) }
      }
      guard let person = forms.first else { continue }
      for form in forms {
        if let other = persons[form], other != person { ambiguous.insert(form) }
        persons[form] = person
      }
    }
    for form in ambiguous { persons[form] = nil }
  }

  /// The form that stands for the person with this canonical name; `nil`: the directory does not
  /// know it.
  package func person(of name: [UInt8]) -> [UInt8]? { persons[name] }
}

/// Whose an address was, and when.
package struct AddressMap: Sendable {
  /// A stretch of time, in microseconds since 1970, the end left out.
  private struct Lease: Sendable {
    let from, to: Int64
    let person: [UInt8]
  }
  private var leases: [CanonicalAddress: [Lease]] = [:]

  package init() {}

  package var isEmpty: Bool { leases.isEmpty }

  /// Adds leases as `AddressFile` gives them: address, person, from, to.
  ///
  /// - Parameters:
  ///   - canonical: the rules under which logs are read.
  ///   - people: the directory, where there is one.
  package mutating func insert(
    _ list: PeopleList, canonical: CanonicalNames, people: PersonMap?
  ) {
    for cells in list.people where cells.count == 4 {
      var form: [UInt8] = []
      let (ip, name) = (cells[0], cells[1])
      guard let address = CanonicalAddress(ip.span),
        canonical.canonicalise(name.span, into: &form) == .name,
        let from = Int64(String(decoding: cells[2], as: UTF8.self)),
        let to = Int64(String(decoding: cells[3], as: UTF8.self))
      else { continue }
      let person = people?.person(of: form) ?? form
      leases[address, default: []].append(Lease(from: from, to: to, person: person))
    }
    for address in leases.keys { leases[address]?.sort { $0.from < $1.from } }
  }

  /// Whose the address was at a time; of several the one who got it last.
  package func person(at address: CanonicalAddress, _ micros: Int64) -> [UInt8]? {
    guard let all = leases[address] else { return nil }
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if all[middle].from <= micros { low = middle + 1 } else { high = middle }
    }
    return all[..<low].last { $0.to > micros }?.person
  }
}

/// Leases out of CSV with a header `ip,user,from,to`: who had which address when, as DHCP and VPN
/// servers export it.
package struct AddressFile: Sendable {
  /// Address, user, from and to as microseconds since 1970.
  package let leases: [[String]]

  package init(_ bytes: [UInt8]) throws(ImportError) {
    try ImportError.checkText(bytes)
    let csv = try CSVRows(bytes)
    let places = Self.columns.map { names in
      names.lazy.compactMap { csv.header.firstIndex(of: $0) }.first
    }
    let missing = zip(Self.columns, places).compactMap { $1 == nil ? $0.first : nil }
    guard let ip = places[0], let user = places[1], let from = places[2], let to = places[3] else {
      throw .malformed(
        line: 1,
        "the header has addresses and lacks \(missing.joined(separator: " and ")); whose an "
          + "address was is told by ip, user, from and to")
    }
    var leases: [[String]] = []
    for (line, cells) in csv.rows {
      guard CanonicalAddress(Array(cells[ip].utf8).span) != nil else {
        throw .malformed(line: line, "its address is none")
      }
      guard let start = UTCMoment.micros(cells[from]),
        let end = cells[to].isEmpty ? Int64.max : UTCMoment.micros(cells[to]), start < end
      else { throw .malformed(line: line, "its times are no stretch of RFC 3339 times") }
      guard !cells[user].isEmpty else { throw .malformed(line: line, "it names nobody") }
      leases.append([cells[ip], cells[user], String(start), String(end)])
    }
    guard !leases.isEmpty else { throw .nothingFound("addresses") }
    self.leases = leases
  }

  /// Names of each column, the usual one first.
  private static let columns = [
    ["ip", "address", "src_ip"], ["user", "username", "login"], ["from", "start", "valid_from"],
    ["to", "end", "until", "valid_to"],
  ]

  /// Whether the header is one of leases: people have an `address`, too, but no `ip`.
  package static func isOne(_ bytes: [UInt8]) -> Bool {
    let head = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let words = Set(head.lowercased().split { ",; \r\"\u{FEFF}".contains($0) }.map(String.init))
    let hasTimes = Self.columns[2...].joined().contains { words.contains($0) }
    return words.contains("ip") || words.contains("src_ip")
      || (words.contains("address") && hasTimes)
  }
}

/// Times as RFC 3339 writes them, with `Z` or an offset; also with a blank for the `T`.
enum UTCMoment {
  static func micros(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard bytes.count >= 19, let year = number(0..<4), let month = number(5..<7),
      let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
      let second = number(17..<19), (1...12).contains(month), (1...31).contains(day),
      hour < 24, minute < 60, second < 61
    else { return nil }
    var place = 19
    var fraction = 0
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      place += 1
      var digits = 0
      while place < bytes.count, let digit = number(place..<place + 1) {
        if digits < 6 { fraction = fraction * 10 + digit }
        digits += 1
        place += 1
      }
      while digits < 6 {
        fraction *= 10
        digits += 1
      }
    }
    guard let offset = offset(Array(bytes[place...])) else { return nil }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Int64(seconds) * 1_000_000 + Int64(fraction)
  }

  private static func offset(_ zone: [UInt8]) -> Int? {
    if zone.isEmpty || zone == [UInt8(ascii: "Z")] || zone == [UInt8(ascii: "z")] { return 0 }
    let digits = zone.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard digits.count == 4, let value = Int(String(decoding: digits, as: UTF8.self)),
      zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-")
    else { return nil }
    let seconds = value / 100 * 3600 + value % 100 * 60
    return zone[0] == UInt8(ascii: "-") ? -seconds : seconds
  }

  /// Days since 1970, of the Gregorian calendar.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month > 2 ? year : year - 1
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
