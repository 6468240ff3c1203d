/// The hosts that people visit, none twice.
///
/// Well-known services come first, invented companies behind them, here and there a bare address.
struct Hosts: ~Copyable {
  /// The texts; IPv6 addresses without brackets.
  private(set) var names = Phrases()
  /// One of each, for all hosts.
  private(set) var traits: [Trait] = []

  struct Trait {
    /// Index into `Vocabulary.categories`.
    var category: UInt8
    var isStorage: Bool
    var isIPv6: Bool
    /// The server's IPv4 address, from a range kept for documentation.
    var server: UInt32
  }

  /// `count` hosts; the first ones are meant to be visited most.
  init(_ count: Int, seed: UInt64) {
    var random = Random(seed: seed, stream: 2)
    names.reserve(count, bytesEach: 26)
    traits.reserveCapacity(count)
    var services = 0
    let servicesMax = Self.services.count * Self.subdomains.count
    for number in 0..<count {
      // Two of three of the hosts visited most belong to a service, then fewer and fewer.
      if services < servicesMax, random.below(3) < 2 {
        appendService(services)
        services += 1
      } else if random.below(250) == 0 {
        appendAddress(number, isIPv6: random.below(3) == 0)
      } else {
        appendInvented(number, &random)
      }
    }
  }

  /// Addresses that servers can have: 198.18.0.0/15, kept for benchmarks.
  static let serverCount = 1 << 17

  /// Number of hosts.
  var count: Int { names.count }

  private mutating func appendService(_ number: Int) {
    let (domain, category, isStorage) = Self.services[number % Self.services.count]
    names.append((Self.subdomains[number / Self.services.count] + domain).utf8)
    note(number, category: category, isStorage: isStorage, isIPv6: false)
  }

  private mutating func appendAddress(_ number: Int, isIPv6: Bool) {
    // 2^22 addresses each; IPv6 texts have their shortest form, since no part of them is 0.
    let text =
      isIPv6
      ? "2001:db8:f:\(String(1 + (number >> 15), radix: 16))::"
        + String(1 + (number & 0x7FFF), radix: 16)
      : "100.\(64 + (number >> 16 & 63)).\(number >> 8 & 255).\(number & 255)"
    names.append(text.utf8)
    note(number, category: 0, isStorage: false, isIPv6: isIPv6)
  }

  private mutating func appendInvented(_ number: Int, _ random: inout Random) {
    let sub = Self.inventedSubdomains[random.below(Self.inventedSubdomains.count)]
    let first = Self.firstWords[random.below(Self.firstWords.count)]
    let second = Self.secondWords[random.below(Self.secondWords.count)]
    let suffix = Self.suffixes[random.below(Self.suffixes.count)]
    names.append("\(sub)\(first)\(second)-\(number).\(suffix)".utf8)
    note(
      number,
      category: random.below(Vocabulary.categoryCount),
      isStorage: random.below(40) == 0,
      isIPv6: false
    )
  }

  private mutating func note(_ number: Int, category: Int, isStorage: Bool, isIPv6: Bool) {
    let bits = UInt32(truncatingIfNeeded: Random.mix(UInt64(number) ^ 0x5EED))
    let server = 0xC612_0000 | bits % UInt32(Self.serverCount)
    traits.append(
      Trait(category: UInt8(category), isStorage: isStorage, isIPv6: isIPv6, server: server)
    )
  }

  private static let subdomains = [
    "www.", "", "api.", "app.", "static.", "login.", "cdn.", "files.", "eu.", "upload.", "img.",
    "events.",
  ]
  private static let inventedSubdomains = [
    "www.", "", "", "api.", "cdn.", "assets.", "shop.", "mail.", "portal.eu-1.", "track.",
  ]
  private static let firstWords = [
    "amber", "birch", "cobalt", "drift", "ember", "fable", "glint", "harbor", "indigo", "jasper",
    "kelp", "lumen", "mistral", "nimbus", "opal", "prairie",
  ]
  private static let secondWords = [
    "works", "labs", "media", "freight", "bank", "studio", "parts", "travel", "cloud", "foods",
    "press", "games",
  ]
  private static let suffixes = [
    "com", "com", "com", "com", "net", "org", "io", "de", "co.uk", "fr", "com.br", "co.jp", "eu",
    "dev",
  ]
  /// Domain, index into `Vocabulary.categories`, whether people upload files there.
  private static let services: [(String, Int, Bool)] = [
    ("google.com", 1, false), ("microsoft.com", 2, false), ("office.com", 3, false),
    ("sharepoint.com", 3, true), ("youtube.com", 4, false), ("teams.microsoft.com", 5, false),
    ("outlook.office.com", 6, false), ("linkedin.com", 7, false), ("github.com", 2, true),
    ("dropbox.com", 8, true), ("slack.com", 5, true), ("zoom.us", 5, false),
    ("facebook.com", 7, false), ("amazonaws.com", 9, true), ("salesforce.com", 3, false),
    ("box.com", 8, true), ("drive.google.com", 8, true), ("docs.google.com", 3, true),
    ("atlassian.net", 3, false), ("okta.com", 2, false), ("chatgpt.com", 2, false),
    ("openai.com", 2, false), ("claude.ai", 2, true), ("anthropic.com", 2, false),
    ("notion.so", 3, false), ("figma.com", 3, true), ("miro.com", 3, false),
    ("canva.com", 3, true), ("x.com", 7, false), ("reddit.com", 7, false),
    ("spotify.com", 4, false), ("netflix.com", 4, false), ("adobe.com", 3, false),
    ("workday.com", 3, false), ("service-now.com", 3, false), ("wetransfer.com", 8, true),
    ("mega.nz", 8, true), ("pastebin.com", 8, true), ("gitlab.com", 2, true),
    ("trello.com", 3, false), ("asana.com", 3, false), ("docusign.net", 3, true),
    ("hubspot.com", 10, false), ("mailchimp.com", 10, false), ("zendesk.com", 3, false),
    ("intercom.io", 10, false), ("segment.io", 10, false), ("datadoghq.com", 2, false),
    ("wikipedia.org", 11, false), ("stackoverflow.com", 2, false), ("webex.com", 5, false),
    ("icloud.com", 8, true), ("whatsapp.net", 5, false), ("instagram.com", 7, false),
    ("tiktok.com", 4, false), ("booking.com", 12, false), ("paypal.com", 13, false),
    ("amazon.com", 14, false), ("ebay.de", 14, false), ("bbc.co.uk", 15, false),
  ]
}
