/// What one line tells, before any format has put it into words.
struct Event {
  /// Microseconds since 1970-01-01T00:00:00Z.
  var microseconds: Int64
  /// Index into `Traffic.people`, or -1 where the log knows no user.
  var user: Int
  /// Index into `Traffic.hosts`.
  var host: Int
  var client: ClientAddress
  var channel: Channel
  var method: Method
  var verdict: Verdict
  var status: UInt64
  var agent: Int
  /// Index into `Vocabulary.endings` and `types`.
  var content: Int
  var elapsedMilliseconds: UInt64
  var uploadedBytes: UInt64
  var downloadedBytes: UInt64
  /// Random bits for paths, queries and what else a format makes up.
  var bits: UInt64

  enum Channel: UInt8 { case clear, decrypted, tunnel }
  enum Method: UInt8 { case get, post, head, put, options, connect }
  enum Verdict: UInt8 { case fetched, cached, denied, unauthenticated }
}

/// Who visits which host when: the same settings give the same events.
///
/// People keep to a host for a while. Of the sessions that are open at a time one goes on at each
/// line, or, with the share of lines that the setting leaves, ends and makes room for a new one.
struct Traffic: ~Copyable {
  /// Names of all users.
  let people: Phrases
  /// All hosts.
  let hosts: Hosts
  /// Words that no seed changes.
  let vocabulary = Vocabulary()

  private struct Session {
    var user: Int32
    var host: Int32
    var client: ClientAddress
    var agent: UInt8
  }

  private static let sessionCount = 1 << 11

  private var random: Random
  private var clock: Clock
  private let locality: Double
  private let userRanks: Zipf
  private let hostRanks: Zipf
  private var sessions: [Session] = []
  private let downloads = LogNormal(median: 4_200, spread: 1.9)
  private let uploads = LogNormal(median: 950, spread: 0.9)
  private let storageUploads = LogNormal(median: 70_000, spread: 2.1)
  private let durations = LogNormal(median: 110, spread: 1.4)

  init(_ settings: Settings) {
    people = People.names(
      settings.users, seed: settings.seed, doublesBackslashes: settings.doublesBackslashes)
    hosts = Hosts(settings.hosts, seed: settings.seed)
    random = Random(seed: settings.seed, stream: 3)
    clock = Clock(firstDay: settings.firstDay, days: settings.days)
    locality = settings.locality
    userRanks = Zipf(count: settings.users, exponent: 0.9)
    hostRanks = Zipf(count: settings.hosts, exponent: 1.05)
    sessions.reserveCapacity(Self.sessionCount)
    for _ in 0..<Self.sessionCount { sessions.append(openSession()) }
  }

  /// The event of the line that starts where the share `progress` of the text is written.
  mutating func next(progress: Double) -> Event {
    let pick = random.next()
    let slot = Int(truncatingIfNeeded: pick & UInt64(Self.sessionCount - 1))
    if Double(pick >> 11) * 0x1p-53 >= locality { sessions[slot] = openSession() }
    let session = sessions[slot]
    let bits = random.next()
    let channel = Self.channel(bits & 63)
    let verdict = Self.verdict(bits >> 6 & 127)
    let method = channel == .tunnel ? .connect : Self.method(bits >> 13 & 63)
    var event = Event(
      microseconds: clock.microseconds(at: progress),
      user: Int(session.user),
      host: Int(session.host),
      client: session.client,
      channel: channel,
      method: method,
      verdict: verdict,
      status: Self.status(verdict, method, bits >> 19 & 127),
      agent: Int(session.agent),
      content: Int(truncatingIfNeeded: bits >> 26) & (Vocabulary.contentCount - 1),
      elapsedMilliseconds: 0,
      uploadedBytes: 0,
      downloadedBytes: 0,
      bits: random.next()
    )
    if verdict == .unauthenticated { event.user = -1 }
    measure(&event)
    return event
  }

  private mutating func measure(_ event: inout Event) {
    let sends = event.method == .post || event.method == .put || event.method == .connect
    let isUpload = sends && hosts.traits[event.host].isStorage
    let (first, second, third) = (random.next(), random.next(), random.next())
    event.uploadedBytes = 180 + (isUpload ? storageUploads : uploads).number(first)
    switch (event.verdict, event.status) {
    case (.denied, _), (.unauthenticated, _): event.downloadedBytes = 700 + second & 2047
    case (_, 204), (_, 304): event.downloadedBytes = 160 + second & 255
    default: event.downloadedBytes = 220 + downloads.number(second)
    }
    event.elapsedMilliseconds =
      event.verdict == .fetched
      ? durations.number(third) * (event.channel == .tunnel ? 40 : 1) : third & 7
  }

  private mutating func openSession() -> Session {
    let user = userRanks.next(&random)
    let host = hostRanks.next(&random)
    let bits = random.next()
    let agent = UInt8(Random.mix(UInt64(user)) >> 8 & UInt64(Vocabulary.agentCount - 1))
    if bits & 31 == 0 {  // A machine that logs on as nobody.
      let machine = ClientAddress(bits: 0xAC10_0000 | UInt32(bits >> 8 & 0xFFF), isIPv6: false)
      return Session(user: -1, host: Int32(host), client: machine, agent: 7)
    }
    var client = People.homeAddress(user)
    if bits >> 5 & 31 == 0 {  // On the road.
      client = ClientAddress(bits: 0xC0A8_0000 | UInt32(bits >> 10 & 0xFFFF), isIPv6: false)
    }
    return Session(user: Int32(user), host: Int32(host), client: client, agent: agent)
  }

  private static func channel(_ of64: UInt64) -> Event.Channel {
    of64 < 4 ? .tunnel : of64 < 9 ? .clear : .decrypted
  }

  private static func method(_ of64: UInt64) -> Event.Method {
    switch of64 {
    case 0..<50: .get
    case 50..<60: .post
    case 60: .head
    case 61: .options
    default: .put
    }
  }

  private static func verdict(_ of128: UInt64) -> Event.Verdict {
    switch of128 {
    case 0..<3: .denied
    case 3: .unauthenticated
    case 4..<28: .cached
    default: .fetched
    }
  }

  private static func status(
    _ verdict: Event.Verdict,
    _ method: Event.Method,
    _ of128: UInt64
  ) -> UInt64 {
    switch (verdict, method) {
    case (.denied, _): return 403
    case (.unauthenticated, _): return 407
    case (_, .connect): return of128 == 0 ? 503 : 200
    default: break
    }
    switch of128 {
    case 0..<104: return 200
    case 104..<113: return 304
    case 113..<117: return 302
    case 117..<121: return 204
    case 121..<124: return 404
    case 124: return 206
    case 125: return 500
    default: return 503
    }
  }
}
