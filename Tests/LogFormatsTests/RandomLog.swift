import TestSupport

/// Writes logs from a seed: mostly whole lines, some that lie, lack, repeat or break something.
struct RandomLog {
  var random: SeededRandom
  var columns: [String] = []

  init(seed: Int) { random = SeededRandom(seed: seed) }

  static let columnNames = [
    "date", "time", "c-ip", "cs-username", "cs-host", "cs-uri", "cs-bytes", "sc-bytes", "s-action",
    "sc-filter-result", "cs-method", "sc-status", "cs(User-Agent)", "r-ip", "c-machine-name",
    "x-virus-id", "time-taken", "x-timestamp-unix-utc",
  ]
  static let urls = [
    "http://www.example.com/a", "https://files.example.net:8443/", "pastebin.com:443",
    "http://grace:secret@files.example.com/a/b.zip", "[2001:db8::25]:443", "error:invalid-request",
    "http://[2001:db8::26]:8080/x?y", "/only/path", "http://IMG.Example.ORG", "*", "-", "10.9.8.7",
    "2001:db8::7", "http://?q", "host:port", "https://a.b/?u=c@d.e",
  ]

  mutating func w3c(lines: Int) -> String {
    var log = random.once(in: 8) ? "\u{feff}" : ""
    let ending = random.once(in: 4) ? "\r\n" : "\n"
    if !random.once(in: 6) { log += "#Software: SGOS 7.3\(ending)#Version: 1.0\(ending)" }
    var names = header(of: Self.columnNames)
    if random.once(in: 8) { names = header(of: Self.columnNames.filter { $0 != "time" }) }
    let isLate = random.once(in: 8)
    if !isLate { log += names + ending }
    for number in 0..<lines {
      if random.once(in: 60) || isLate && number == lines / 2 {
        log += (random.once(in: 2) ? names : header(of: Self.columnNames)) + ending
      }
      log += broken(columns.map { w3cField($0) }, separator: " ") + ending
    }
    return random.once(in: 3) ? log : String(log.unicodeScalars.dropLast(ending.utf8.count))
  }

  mutating func squid(lines: Int) -> String {
    var log = random.once(in: 8) ? "\u{feff}" : ""
    let ending = random.once(in: 4) ? "\r\n" : "\n"
    for _ in 0..<lines {
      let fields = [
        epoch(), random.one(of: ["5", "   112", "-"]), address(), result(), bytes(),
        random.one(of: ["GET", "CONNECT", "NONE", "-"]), random.one(of: Self.urls), user(),
        "HIER_DIRECT/203.0.113.9", random.one(of: ["text/html", "-"]),
      ]
      log += broken(fields, separator: random.one(of: [" ", "  "])) + ending
    }
    return random.once(in: 3) ? log : String(log.unicodeScalars.dropLast(ending.utf8.count))
  }

  private mutating func header(of names: [String]) -> String {
    var names = names.filter { ["date", "time", "cs-host"].contains($0) || !random.once(in: 3) }
    names.shuffle(using: &random)
    if random.once(in: 20) { names.removeAll { ["cs-host", "cs-uri", "r-ip"].contains($0) } }
    if random.once(in: 20) { names.append(random.one(of: names)) }
    columns = names
    let word = random.one(of: ["#Fields: ", "#Fields:", "#FIELDS:  "])
    return word + names.joined(separator: random.one(of: [" ", "  "]))
  }

  private mutating func w3cField(_ name: String) -> String {
    switch name {
    case "date":
      random.once(in: 30)
        ? random.one(of: ["-", "2026-13-01", "2026-02-29", "20261102", ""])
        : "2026-\(TwoDigits(1 + random.below(12)))-\(TwoDigits(1 + random.below(28)))"
    case "time":
      random.once(in: 30)
        ? random.one(of: ["-", "24:00:00", "08:00", "08:00:60", "08:00:00.", "x8:00:00"])
        : "\(TwoDigits(random.below(24))):\(TwoDigits(random.below(60))):\(TwoDigits(random.below(60)))"
          + random.one(of: ["", "", ".5", ".123456789"])
    case "c-ip", "r-ip": address()
    case "cs-username": user()
    case "cs-host":
      random.one(of: ["www.example.com", "A.B", "-", "[::1]:443", "10.1.1.1", "x.y:1"])
    case "cs-uri": random.one(of: Self.urls)
    case "cs-bytes", "sc-bytes": bytes()
    case "s-action": random.one(of: ["TCP_HIT", "TCP_DENIED", "tcp_auth_denied", "-", "Blocked"])
    case "sc-filter-result": random.one(of: ["OBSERVED", "PROXIED", "DENIED", "-"])
    case "cs(User-Agent)":
      random.one(of: ["-", "\"Mozilla/5.0 (X11; Linux)\"", "\"\"", "curl/8", "\"a \"b\" c\"", "ö"])
    case "x-timestamp-unix-utc": epoch()
    default: random.one(of: ["-", "7", "\"two words\"", "GET"])
    }
  }

  private mutating func epoch() -> String {
    random.once(in: 30)
      ? random.one(of: ["-", "never", "17936064000", "1793606427.0x0", "1793606427."])
      : "\(1_700_000_000 + random.below(99_999_999))" + random.one(of: ["", ".512", ".123456789"])
  }
  private mutating func address() -> String { random.one(of: ["10.1.2.3", "2001:db8::17", "-"]) }
  private mutating func user() -> String {
    random.one(of: ["-", "CORP\\anna", "zoë", "\"carla of tidewater\"", "b@c.example", "N/A"])
  }
  private mutating func result() -> String {
    random.one(of: ["TCP_MISS/200", "TCP_DENIED/403", "TCP_TUNNEL/000", "NONE_NONE/400", "-"])
  }
  private mutating func bytes() -> String {
    random.once(in: 12)
      ? random.one(of: ["-", "", "12x4", "-5", "9007199254740992", "9007199254740993", "007"])
      : String(random.below(1 << 30))
  }

  /// The fields as a line; one line in six is not what its header says.
  private mutating func broken(_ fields: [String], separator: String) -> String {
    var fields = fields
    guard random.once(in: 6), !fields.isEmpty else { return fields.joined(separator: separator) }
    let place = random.below(fields.count)
    switch random.below(10) {
    case 0: fields.remove(at: place)
    case 1: fields.insert("surplus", at: place)
    case 2: fields[place] = "\"" + fields[place]
    case 3: fields[place] += "\""
    case 4: fields[place] += "\0"
    case 5: fields[0] = "#" + fields[0]
    case 6: fields = [random.one(of: ["", " ", "\"", "\"\"", "x", "\0"])]
    case 7: fields[place] = "\"\(fields[place]) \(fields[place])\""
    case 8: fields[place] = ""
    default:
      fields.append("")
      if random.once(in: 2) { fields.insert("", at: 0) }
    }
    return fields.joined(separator: separator)
  }

  private struct TwoDigits: CustomStringConvertible {
    var number: Int
    init(_ number: Int) { self.number = number }
    var description: String { number < 10 ? "0\(number)" : String(number) }
  }
}
