/// What the lines of a format say of an event.
struct Told: OptionSet, Sendable {
  let rawValue: UInt8
  static let uploaded = Told(rawValue: 1)
  static let downloaded = Told(rawValue: 2)
  /// Both directions in one number.
  static let total = Told(rawValue: 4)
  static let user = Told(rawValue: 8)
  /// The host's name.
  static let host = Told(rawValue: 16)
  /// The server's address.
  static let server = Told(rawValue: 32)
}

/// What was written: the sums that a reader of the log must find.
struct Totals {
  /// What a line is to a reader.
  enum Kind { case event, excluded, broken }

  private let tells: Told
  private(set) var events = 0
  /// Lines that are no traffic.
  private(set) var excluded = 0
  /// Lines that were broken on purpose.
  private(set) var broken = 0
  private var uploadedBytes: UInt64 = 0
  private var downloadedBytes: UInt64 = 0
  private var users: NumberSet
  private var hosts: NumberSet
  private var servers: NumberSet

  /// Nothing yet, of a world of this many users and hosts.
  init(users: Int, hosts: Int, tells: Told) {
    self.tells = tells
    self.users = NumberSet(below: users)
    self.hosts = NumberSet(below: hosts)
    servers = NumberSet(below: Hosts.serverCount)
  }

  /// Counts one line.
  @inline(__always)
  mutating func add(_ event: Event, server: UInt32, _ kind: Kind) {
    switch kind {
    case .excluded: excluded += 1
    case .broken: broken += 1
    case .event:
      events += 1
      uploadedBytes += event.uploadedBytes
      downloadedBytes += event.downloadedBytes
      if event.user >= 0 { users.insert(event.user) }
      hosts.insert(event.host)
      servers.insert(Int(server) % Hosts.serverCount)
    }
  }

  /// One line of JSON; `null` is what the format does not say.
  var json: String {
    func number(_ number: UInt64, if part: Told) -> String {
      !tells.isDisjoint(with: part) ? "\(number)" : "null"
    }
    let hostCount = UInt64(tells.contains(.host) ? hosts.count : servers.count)
    let parts = [
      ("lines", "\(events + excluded + broken)"),
      ("events", "\(events)"),
      ("excluded", "\(excluded)"),
      ("broken", "\(broken)"),
      ("uploaded_bytes", number(uploadedBytes, if: .uploaded)),
      ("downloaded_bytes", number(downloadedBytes, if: .downloaded)),
      ("total_bytes", number(uploadedBytes + downloadedBytes, if: .total)),
      ("users", number(UInt64(users.count), if: .user)),
      ("hosts", number(hostCount, if: [.host, .server])),
    ]
    return "{" + parts.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ") + "}\n"
  }
}

/// A set of numbers from 0 up to a limit, one bit each.
struct NumberSet {
  private var words: [UInt64]

  init(below limit: Int) { words = Array(repeating: 0, count: (limit + 63) / 64) }

  /// How many there are.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  @inline(__always)
  mutating func insert(_ number: Int) { words[number >> 6] |= 1 << UInt64(number & 63) }
}
