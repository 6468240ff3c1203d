/// Blue Coat ProxySG, W3C extended log file format: the appliance's main format,
/// `bcreportermain_v1`.
struct W3CLines: LogFormat {
  let tells: Told = [.uploaded, .downloaded, .user, .host]
  private let layout = LineLayout(
    separator: UInt8(ascii: " "),
    timeField: 1,
    byteField: 22,
    damages: Damage.allCases
  )

  /// Whether the text starts with the names of the fields.
  let hasHeader: Bool
  private var moment = Moment()

  init(hasHeader: Bool) { self.hasHeader = hasHeader }

  func appendHeader(to text: inout TextBuffer, firstDay: Int) {
    guard hasHeader else { return }
    text.append("#Software: SGOS 7.3.6.1\n#Version: 1.0\n#Date: ")
    text.append(CalendarDay(number: firstDay))
    text.append(" 00:00:00\n#Fields: date time time-taken c-ip cs-username cs-auth-group ")
    text.append("x-exception-id sc-filter-result cs-categories cs(Referer) sc-status s-action ")
    text.append("cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path ")
    text.append("cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id\n")
  }

  func damage(_ text: inout TextBuffer, lineFrom start: Int, _ random: inout Random) {
    layout.damage(&text, lineFrom: start, &random)
  }

  mutating func append(
    _ event: Event,
    of traffic: borrowing Traffic,
    to text: inout TextBuffer
  ) {
    appendTime(event, to: &text)
    text.append(event.client)
    text.append(UInt8(ascii: " "))
    if event.user < 0 { text.append("-") } else { text.append(traffic.people, event.user) }
    appendVerdict(event, of: traffic, to: &text)
    appendReferer(event, of: traffic, to: &text)
    text.append(decimal: event.status)
    appendAction(event, to: &text)
    if event.channel == .tunnel {
      text.append("CONNECT - tcp ")
      text.append(traffic.hosts.names, event.host)
      text.append(" 443 / - -")
    } else {
      appendRequest(event, of: traffic, to: &text)
    }
    text.append(" \"")
    text.append(traffic.vocabulary.agents, event.agent)
    text.append("\" 192.0.2.")
    text.append(decimal: 1 + event.bits >> 61)
    text.append(UInt8(ascii: " "))
    text.append(decimal: event.downloadedBytes)
    text.append(UInt8(ascii: " "))
    text.append(decimal: event.uploadedBytes)
    text.append(" -\n")
  }

  @inline(__always)
  private mutating func appendTime(_ event: Event, to text: inout TextBuffer) {
    moment.move(to: event.microseconds)
    text.append(moment.day)
    text.append(UInt8(ascii: " "))
    text.append(clockOf: moment)
    text.append(UInt8(ascii: " "))
    text.append(decimal: event.elapsedMilliseconds)
    text.append(UInt8(ascii: " "))
  }

  @inline(__always)
  private func appendVerdict(
    _ event: Event,
    of traffic: borrowing Traffic,
    to text: inout TextBuffer
  ) {
    switch event.verdict {
    case .denied: text.append(" - policy_denied DENIED \"")
    case .unauthenticated: text.append(" - authentication_failed DENIED \"")
    case .fetched, .cached:
      if event.bits & 7 == 0 {
        text.append(" - - PROXIED \"")
      } else {
        text.append(" - - OBSERVED \"")
      }
    }
    text.append(traffic.vocabulary.categories, Int(traffic.hosts.traits[event.host].category))
    text.append("\" ")
  }

  @inline(__always)
  private func appendReferer(
    _ event: Event,
    of traffic: borrowing Traffic,
    to text: inout TextBuffer
  ) {
    guard event.channel != .tunnel, event.bits >> 3 & 3 == 0,
      !traffic.hosts.traits[event.host].isIPv6
    else { return text.append("- ") }
    text.append("https://")
    text.append(traffic.hosts.names, event.host)
    text.append("/ ")
  }

  @inline(__always)
  private func appendAction(_ event: Event, to text: inout TextBuffer) {
    switch (event.verdict, event.channel) {
    case (.denied, _), (.unauthenticated, _): text.append(" TCP_DENIED ")
    case (_, .tunnel): text.append(" TCP_TUNNELED ")
    case (.cached, _): text.append(" TCP_HIT ")
    case (.fetched, _):
      if event.status >= 500 { text.append(" TCP_ERR_MISS ") } else { text.append(" TCP_NC_MISS ") }
    }
  }

  @inline(__always)
  private func appendRequest(
    _ event: Event,
    of traffic: borrowing Traffic,
    to text: inout TextBuffer
  ) {
    text.append(event.method)
    text.append(UInt8(ascii: " "))
    text.append(traffic.vocabulary.types, event.content)
    if event.channel == .clear { text.append(" http ") } else { text.append(" https ") }
    text.append(traffic.hosts.names, event.host)
    if event.channel == .clear { text.append(" 80 ") } else { text.append(" 443 ") }
    text.appendPath(event, traffic.vocabulary)
    text.append(UInt8(ascii: " "))
    if event.bits >> 5 & 3 == 0 {
      text.append("?id=")
      text.append(hex: Random.mix(event.bits), digits: 12)
    } else {
      text.append("-")
    }
    text.append(UInt8(ascii: " "))
    text.append(traffic.vocabulary.endings, event.content)
  }
}

extension TextBuffer {
  @inline(__always)
  mutating func append(_ day: CalendarDay) {
    append(decimal: UInt64(day.year), digits: 4)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(day.month), digits: 2)
    append(UInt8(ascii: "-"))
    append(decimal: UInt64(day.day), digits: 2)
  }

  @inline(__always)
  mutating func append(_ method: Event.Method) {
    switch method {
    case .get: append("GET")
    case .post: append("POST")
    case .head: append("HEAD")
    case .put: append("PUT")
    case .options: append("OPTIONS")
    case .connect: append("CONNECT")
    }
  }

  /// A path of one to three words, with a number in it and the ending of what is fetched.
  @inline(__always)
  mutating func appendPath(_ event: Event, _ vocabulary: borrowing Vocabulary) {
    let bits = event.bits >> 8
    append(UInt8(ascii: "/"))
    append(vocabulary.words, Int(truncatingIfNeeded: bits & 31))
    append(UInt8(ascii: "/"))
    if bits & 0x60 != 0 {
      append(vocabulary.words, Int(truncatingIfNeeded: bits >> 7 & 31))
      append(UInt8(ascii: "/"))
    }
    append(hex: bits >> 12, digits: 4 + Int(truncatingIfNeeded: bits >> 44 & 7))
    if !(Vocabulary.noEnding..<Vocabulary.noEnding + 3).contains(event.content) {
      append(UInt8(ascii: "."))
      append(vocabulary.endings, event.content)
    }
  }
}
