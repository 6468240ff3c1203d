/// What can stand in a hole of a line.
enum LineField: UInt8, Sendable {
  // Time: 2026-11-02, 08:00:01, 2026, 11, 02, ` 2`, Nov, Mon, then fractions of the second.
  case date, clock, year, month, day, paddedDay, monthName, weekdayName
  case milliseconds, microseconds
  /// Time since 1970-01-01.
  case epoch, epochMilliseconds, epochMicroseconds, epochNanoseconds

  /// Who: the name, nothing where there is none; the client's address, the same with IPv4 only,
  /// its port and its machine.
  case user, client, clientIPv4, clientPort, device

  /// Where: the name, the name as it stands in a URL, the IPv4 address, the port, `http` or
  /// `https`, `/a/b.js`, that with its query, the whole URL, the URL without its scheme.
  case host, urlHost, server, port, scheme, path, target, url, bareURL

  /// What: `GET`, `200`, the user agent, the media type, the site's category.
  case method, status, agent, type, category

  /// How much: to the server, to the client, both; packets likewise.
  case uploaded, downloaded, total, packetsUp, packetsDown, packets

  /// How long: in milliseconds, in seconds, as `0:00:30`.
  case elapsed, elapsedSeconds, duration

  /// Made up: a number of up to ten digits, and random hexadecimal digits.
  case id, hex4, hex8, hex16

  /// Fields that tell which host it was.
  static let hostNames: Set<LineField> = [.host, .urlHost, .url, .bareURL]
}

extension TextBuffer {
  /// Adds one field of `event`.
  @inline(__always)
  mutating func append(
    _ field: LineField,
    of event: Event,
    at moment: Moment,
    in traffic: borrowing Traffic
  ) {
    switch field {
    case .date, .clock, .year, .month, .day, .paddedDay, .monthName, .weekdayName, .milliseconds,
      .microseconds, .epoch, .epochMilliseconds, .epochMicroseconds, .epochNanoseconds:
      append(time: field, moment)
    case .user: if event.user >= 0 { append(traffic.people, event.user) }
    case .client: append(event.client)
    case .clientIPv4: append(ipv4: event.client.asIPv4)
    case .clientPort: append(decimal: 49_152 + event.bits >> 20 & 0x3FFF)
    case .device: append(deviceOf: event)
    case .host, .urlHost, .server, .port, .scheme, .path, .target, .url, .bareURL:
      append(place: field, event, traffic)
    case .method: append(event.method)
    case .status: append(decimal: event.status, digits: 3)
    case .agent: append(traffic.vocabulary.agents, event.agent)
    case .type: append(traffic.vocabulary.types, event.content)
    case .category:
      append(traffic.vocabulary.categories, Int(traffic.hosts.traits[event.host].category))
    case .uploaded: append(decimal: event.uploadedBytes)
    case .downloaded: append(decimal: event.downloadedBytes)
    case .total: append(decimal: event.uploadedBytes + event.downloadedBytes)
    case .packetsUp: append(decimal: 1 + event.uploadedBytes / 1400)
    case .packetsDown: append(decimal: 1 + event.downloadedBytes / 1400)
    case .packets: append(decimal: 2 + event.uploadedBytes / 1400 + event.downloadedBytes / 1400)
    case .elapsed: append(decimal: event.elapsedMilliseconds)
    case .elapsedSeconds: append(decimal: event.elapsedMilliseconds / 1000)
    case .duration: append(duration: event.elapsedMilliseconds / 1000)
    case .id: append(decimal: event.bits >> 32)
    case .hex4: append(hex: Random.mix(event.bits) >> 32, digits: 4)
    case .hex8: append(hex: Random.mix(event.bits), digits: 8)
    case .hex16: append(hex: Random.mix(event.bits), digits: 16)
    }
  }

  @inline(__always)
  private mutating func append(time field: LineField, _ moment: Moment) {
    switch field {
    case .date: append(moment.day)
    case .clock: append(clockOf: moment)
    case .year: append(decimal: UInt64(moment.day.year), digits: 4)
    case .month: append(decimal: UInt64(moment.day.month), digits: 2)
    case .day: append(decimal: UInt64(moment.day.day), digits: 2)
    case .paddedDay:
      if moment.day.day < 10 { append(UInt8(ascii: " ")) }
      append(decimal: UInt64(moment.day.day))
    case .monthName: append(Moment.monthNames[moment.day.month - 1])
    case .weekdayName: append(Moment.weekdayNames[moment.weekday])
    case .milliseconds: append(decimal: moment.microseconds / 1000, digits: 3)
    case .microseconds: append(decimal: moment.microseconds, digits: 6)
    case .epoch: append(decimal: moment.microseconds / 1_000_000)
    case .epochMilliseconds: append(decimal: moment.microseconds / 1000)
    case .epochMicroseconds: append(decimal: moment.microseconds)
    case .epochNanoseconds: append(decimal: moment.microseconds * 1000)
    default: preconditionFailure("This field is no time.")
    }
  }

  @inline(__always)
  private mutating func append(
    place field: LineField,
    _ event: Event,
    _ traffic: borrowing Traffic
  ) {
    switch field {
    case .host: append(traffic.hosts.names, event.host)
    case .urlHost: append(urlHostOf: event, traffic)
    case .server: append(ipv4: traffic.hosts.traits[event.host].server)
    case .port: append(event.channel == .clear ? "80" : "443")
    case .scheme: append(event.channel == .clear ? "http" : "https")
    case .path: appendPath(event, traffic.vocabulary)
    case .target: append(targetOf: event, traffic)
    case .bareURL:
      append(urlHostOf: event, traffic)
      append(targetOf: event, traffic)
    case .url:
      append(event.channel == .clear ? "http://" : "https://")
      append(urlHostOf: event, traffic)
      append(targetOf: event, traffic)
    default: preconditionFailure("This field is no place.")
    }
  }

  @inline(__always)
  private mutating func append(urlHostOf event: Event, _ traffic: borrowing Traffic) {
    let isIPv6 = traffic.hosts.traits[event.host].isIPv6
    if isIPv6 { append(UInt8(ascii: "[")) }
    append(traffic.hosts.names, event.host)
    if isIPv6 { append(UInt8(ascii: "]")) }
  }

  @inline(__always)
  private mutating func append(targetOf event: Event, _ traffic: borrowing Traffic) {
    appendPath(event, traffic.vocabulary)
    guard event.bits >> 5 & 3 == 0 else { return }
    append("?id=")
    append(hex: Random.mix(event.bits), digits: 12)
  }

  /// The machine that a person works at; one that nobody logs on to is called by its address.
  @inline(__always)
  private mutating func append(deviceOf event: Event) {
    append(event.client.isIPv6 ? "lap-v6-" : "lap-")
    append(hex: UInt64(event.client.bits), digits: 8)
  }
}
