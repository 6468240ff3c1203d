/// Squid's native access log: ten fields at blanks, nothing quoted, times in milliseconds.
///
/// The proxy does not look into TLS, so that everything but plain HTTP is a CONNECT.
struct SquidLines: LogFormat {
  let tells: Told = [.downloaded, .user, .host]
  private let layout = LineLayout(
    separator: UInt8(ascii: " "),
    timeField: 0,
    byteField: 4,
    damages: Damage.allCases.filter { $0 != .unclosedQuote }
  )

  func damage(_ text: inout TextBuffer, lineFrom start: Int, _ random: inout Random) {
    layout.damage(&text, lineFrom: start, &random)
  }

  mutating func append(
    _ event: Event,
    of traffic: borrowing Traffic,
    to text: inout TextBuffer
  ) {
    let milliseconds = UInt64(event.microseconds / 1000)
    text.append(decimal: milliseconds / 1000)
    text.append(UInt8(ascii: "."))
    text.append(decimal: milliseconds % 1000, digits: 3)
    text.append(UInt8(ascii: " "))
    // Squid pads the duration to six places.
    for _ in TextBuffer.digitCount(
      event.elapsedMilliseconds
    )..<max(
      6,
      TextBuffer.digitCount(event.elapsedMilliseconds)
    ) {
      text.append(UInt8(ascii: " "))
    }
    text.append(decimal: event.elapsedMilliseconds)
    text.append(UInt8(ascii: " "))
    text.append(event.client)
    appendResult(event, to: &text)
    text.append(decimal: event.downloadedBytes)
    appendURL(event, of: traffic, to: &text)
    if event.user < 0 { text.append(" - ") } else { appendUser(event.user, of: traffic, to: &text) }
    appendPeer(event, of: traffic, to: &text)
  }

  private func isTunnel(_ event: Event) -> Bool { event.channel != .clear }

  @inline(__always)
  private func appendResult(_ event: Event, to text: inout TextBuffer) {
    switch event.verdict {
    case .denied: text.append(" TCP_DENIED/403 ")
    case .unauthenticated: text.append(" TCP_DENIED/407 ")
    case _ where isTunnel(event): text.append(" TCP_TUNNEL/200 ")
    case .cached:
      if event.status == 304 {
        text.append(" TCP_REFRESH_UNMODIFIED/304 ")
      } else {
        text.append(event.bits & 3 == 0 ? " TCP_HIT/200 " : " TCP_MEM_HIT/200 ")
      }
    case .fetched:
      text.append(" TCP_MISS/")
      text.append(decimal: event.status, digits: 3)
      text.append(UInt8(ascii: " "))
    }
  }

  @inline(__always)
  private func appendURL(
    _ event: Event,
    of traffic: borrowing Traffic,
    to text: inout TextBuffer
  ) {
    text.append(UInt8(ascii: " "))
    if isTunnel(event) {
      text.append("CONNECT ")
      appendHost(event.host, of: traffic, to: &text)
      return text.append(":443")
    }
    text.append(event.method == .connect ? .get : event.method)
    text.append(" http://")
    appendHost(event.host, of: traffic, to: &text)
    text.appendPath(event, traffic.vocabulary)
    // Squid leaves queries out unless it is told otherwise.
    if event.bits >> 5 & 3 == 0 { text.append(UInt8(ascii: "?")) }
  }

  @inline(__always)
  private func appendHost(_ host: Int, of traffic: borrowing Traffic, to text: inout TextBuffer) {
    guard traffic.hosts.traits[host].isIPv6 else {
      return text.append(traffic.hosts.names, host)
    }
    text.append(UInt8(ascii: "["))
    text.append(traffic.hosts.names, host)
    text.append(UInt8(ascii: "]"))
  }

  @inline(__always)
  private func appendUser(_ user: Int, of traffic: borrowing Traffic, to text: inout TextBuffer) {
    text.append(UInt8(ascii: " "))
    text.append(traffic.people, user)
    text.append(UInt8(ascii: " "))
  }

  @inline(__always)
  private func appendPeer(
    _ event: Event,
    of traffic: borrowing Traffic,
    to text: inout TextBuffer
  ) {
    let isLocal = event.verdict != .fetched && (event.verdict != .cached || !isTunnel(event))
    if isLocal {
      text.append("HIER_NONE/- ")
    } else {
      text.append("HIER_DIRECT/")
      text.append(ipv4: traffic.hosts.traits[event.host].server)
      text.append(UInt8(ascii: " "))
    }
    switch event.verdict {
    case .denied, .unauthenticated: text.append("text/html")
    case _ where isTunnel(event): text.append("-")
    default: text.append(traffic.vocabulary.types, event.content)
    }
    text.append(UInt8(ascii: "\n"))
  }
}
