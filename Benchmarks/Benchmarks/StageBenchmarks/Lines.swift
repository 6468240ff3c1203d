import ByteBlocks

/// Lines and names from a seed: enough like a proxy's to keep the kernels as busy.
struct Lines {
  static let blockBytes = 512 << 10
  static let w3cHeader =
    "#Fields: date time time-taken c-ip cs-username sc-filter-result cs-categories sc-status "
    + "cs-method cs-uri-scheme cs-host cs-uri-port cs-uri-path cs(User-Agent) sc-bytes cs-bytes\n"
  /// Places of date, time, c-ip, cs-username, cs-host, sc-bytes and cs-bytes in that header.
  static let w3cFields: [UInt16] = [0, 1, 3, 4, 10, 14, 15]
  static let w3cFieldCount = 16

  private var state: UInt64
  /// Lines made so far.
  private(set) var count = 0

  init(seed: UInt64) { state = seed }

  /// A block's worth of W3C lines, without their header.
  mutating func w3c() -> [UInt8] {
    text { lines in
      let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
      return "2026-11-\(lines.twoDigits(1, 28)) \(lines.time()) \(lines.below(900)) "
        + "10.\(lines.below(40)).\(lines.below(250)).\(lines.below(250)) \(lines.user()) "
        + "\(lines.below(8) == 0 ? "DENIED" : "OBSERVED") \"Technology/Internet\" 200 GET https "
        + "\(lines.host()) 443 /api/v1/\(lines.below(1 << 40)).json \"\(agent) Chrome/129.0.0.0\" "
        + "\(lines.below(100_000)) \(lines.below(9_000))\n"
    }
  }

  /// A block's worth of Squid's native lines.
  mutating func squid() -> [UInt8] {
    text { lines in
      "17934\(lines.twoDigits(10, 99))\(lines.twoDigits(10, 99)).\(lines.below(900) + 100) "
        + "   \(lines.below(900) + 100) 10.1.\(lines.below(250)).\(lines.below(250)) "
        + "\(lines.below(8) == 0 ? "TCP_DENIED/403" : "TCP_TUNNEL/200") \(lines.below(100_000)) "
        + "CONNECT \(lines.host()):443 \(lines.user()) HIER_DIRECT/192.0.2.7 -\n"
    }
  }

  /// One of 4,096 people, few of whom cause most lines.
  mutating func user() -> String { "anna.amberwick\(skewed(1 << 12))@corp.example" }

  /// One of 4,096 hosts, few of which get most lines.
  mutating func host() -> String { "host\(skewed(1 << 12)).service.example.com" }

  private mutating func text(_ line: (inout Lines) -> String) -> [UInt8] {
    var text: [UInt8] = []
    count = 0
    while true {
      let next = Array(line(&self).utf8)
      if text.count + next.count > Self.blockBytes { return text }
      text += next
      count += 1
    }
  }

  private mutating func time() -> String {
    "\(twoDigits(0, 23)):\(twoDigits(0, 59)):\(twoDigits(0, 59))"
  }

  private mutating func twoDigits(_ low: Int, _ high: Int) -> String {
    let number = low + below(high - low + 1)
    return number < 10 ? "0\(number)" : "\(number)"
  }

  private mutating func skewed(_ limit: Int) -> Int {
    let bound = below(limit) + 1
    return below(bound)
  }

  mutating func below(_ limit: Int) -> Int {
    // SplitMix64.
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return Int(truncatingIfNeeded: (bits ^ bits >> 31) >> 1) % limit
  }
}

/// A block that holds `text`.
func makeBlock(_ text: [UInt8], from pool: BlockPool) -> Block {
  guard var block = pool.take() else { preconditionFailure("The pool of a benchmark is empty.") }
  block.append { target in
    for place in text.indices { target[place] = text[place] }
    return text.count
  }
  return block
}
