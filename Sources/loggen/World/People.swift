/// The names that people log in with; nobody is called like that.
enum People {
  private static let given = [
    "anna", "bjorn", "carla", "dario", "elif", "farid", "grace", "hiro", "ines", "jakub", "karim",
    "lena", "mateo", "nadia", "oscar", "priya", "quinn", "rosa", "sven", "tomas", "uma", "viktor",
    "wanda", "xenia", "yusuf", "zora",
  ]
  private static let family = [
    "amberwick", "brackenfold", "cindermoor", "dapplewhite", "eiderfen", "fogwhistle",
    "gorsebury", "hazelthorpe", "inkpenny", "juniperley", "kettlebrook", "larkhollow",
    "mossgrove", "nettlefield", "oakenshaw", "pebbleworth", "quillfeather", "rushmere",
    "saffronby", "thistledown", "umberly", "vellumcroft", "willowick", "yarrowdale",
  ]

  /// `count` names, none twice, in the notations that a company's logs mix.
  static func names(_ count: Int, seed: UInt64, doublesBackslashes: Bool = false) -> Phrases {
    var random = Random(seed: seed, stream: 1)
    var names = Phrases()
    names.reserve(count, bytesEach: 30)
    var name: [UInt8] = []
    for number in 0..<count {
      name.removeAll(keepingCapacity: true)
      let notation = random.below(20)
      if notation < 10 { name += (doublesBackslashes ? #"CORP\\"# : #"CORP\"#).utf8 }
      name += given[random.below(given.count)].utf8
      name.append(UInt8(ascii: "."))
      name += family[random.below(family.count)].utf8
      name += String(number).utf8
      if notation >= 13 { name += "@corp.example".utf8 }
      names.append(name)
    }
    return names
  }

  /// The address that user number `number` works from.
  static func homeAddress(_ number: Int) -> ClientAddress {
    let host = UInt32(1 + number % 250)
    let net = UInt32(truncatingIfNeeded: number / 250)
    let isIPv6 = Random.mix(UInt64(number) + 1) % 64 == 0
    return ClientAddress(
      bits: isIPv6 ? net << 8 | host : 10 << 24 | (net & 0xFFFF) << 8 | host,
      isIPv6: isIPv6
    )
  }
}

/// An address inside the company.
struct ClientAddress {
  /// The IPv4 address; for IPv6, what stands behind `2001:db8:`.
  var bits: UInt32
  var isIPv6: Bool

  /// The IPv4 address of a machine that has both.
  var asIPv4: UInt32 { isIPv6 ? 10 << 24 | bits & 0xFF_FFFF : bits }
}

extension TextBuffer {
  @inline(__always)
  mutating func append(_ address: ClientAddress) {
    guard address.isIPv6 else { return append(ipv4: address.bits) }
    append("2001:db8:")
    let high = UInt64(address.bits >> 16)
    let low = UInt64(address.bits & 0xFFFF)
    // The shortest form leaves out a group of zeros; the last group is never 0.
    if high > 0 { append(hex: high, digits: Self.hexDigitCount(high)) }
    append(high > 0 ? "::" : ":")
    append(hex: low, digits: Self.hexDigitCount(low))
  }

  @inline(__always)
  mutating func append(ipv4 bits: UInt32) {
    append(decimal: UInt64(bits >> 24))
    append(UInt8(ascii: "."))
    append(decimal: UInt64(bits >> 16 & 255))
    append(UInt8(ascii: "."))
    append(decimal: UInt64(bits >> 8 & 255))
    append(UInt8(ascii: "."))
    append(decimal: UInt64(bits & 255))
  }

  private static func hexDigitCount(_ number: UInt64) -> Int {
    max(1, (64 - number.leadingZeroBitCount + 3) / 4)
  }
}
