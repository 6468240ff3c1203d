import ReportFigures

/// Sums of one app by user: few users by hash, or a place for each user there is.
///
/// A large app has nearly all users, and there may be a thousand of them. So a place has twelve
/// bytes: the low halves of the sums. The rest stands beside them, where there is any: one entry
/// for each 4 GiB that somebody moved with an app, which nobody does often.
struct PairSums: Sendable {
  /// The low 32 bits of what a user came to.
  private struct Low: Sendable {
    var events: UInt32 = 0
    var uploaded: UInt32 = 0
    var total: UInt32 = 0
  }
  /// A hash entry takes about six times as much as a place while tables grow.
  private static let shareOfUsers = 6
  private static let keysMin = 512

  private var few = NumberedSums()
  private var many: [Low] = []
  private var present = BitSet()
  /// Multiples of 2^32 by user.
  private var high: [UInt32: UseSums] = [:]

  /// Adds rows of the app.
  ///
  /// - Parameters:
  ///   - users: a user a row; 0 is nobody.
  ///   - numbersMax: no user has a higher number.
  mutating func add(_ rows: UsageRows, _ range: Range<Int>, numbersMax: Int) {
    if many.isEmpty, few.keys.count + range.count / 2 > Self.keysMin,
      (few.keys.count + range.count / 2) * Self.shareOfUsers > numbersMax
    {
      spread(numbersMax)
    }
    if many.isEmpty {
      for row in range where rows.users[row] != 0 { few.add(rows.users[row], rows.uses(row)) }
    } else {
      if many.count <= numbersMax { grow(numbersMax) }
      addToPlaces(rows, range)
    }
  }

  private mutating func spread(_ numbersMax: Int) {
    grow(numbersMax)
    for (place, key) in few.keys.enumerated() { add(few.sums[place], at: Int(key)) }
    few = NumberedSums()
  }

  private mutating func grow(_ numbersMax: Int) {
    many.append(contentsOf: repeatElement(Low(), count: numbersMax + 1 - many.count))
  }

  private mutating func add(_ uses: UseSums, at user: Int) {
    present.insert(UInt32(user))
    let more = Self.add(uses, to: &many[user])
    if more != UseSums() { high[UInt32(user), default: UseSums()] += more }
  }

  private mutating func addToPlaces(_ rows: UsageRows, _ range: Range<Int>) {
    present.insert(rows.users.span, range)
    // The only reference, so that nothing is copied.
    var low: [Low] = []
    swap(&low, &many)
    defer { swap(&low, &many) }
    var places = low.mutableSpan
    let (users, events) = (rows.users.span, rows.events.span)
    let (uploaded, total) = (rows.uploaded.span, rows.total.span)
    for row in range {
      let user = users[row]
      if user == 0 { continue }
      let uses = UseSums(events: events[row], uploaded: uploaded[row], total: total[row])
      let more = Self.add(uses, to: &places[Int(user)])
      if more.events | more.uploaded | more.total != 0 { high[user, default: UseSums()] += more }
    }
  }

  /// What does not fit into the low halves.
  @inline(__always)
  private static func add(_ uses: UseSums, to low: inout Low) -> UseSums {
    let events = Int64(low.events) &+ uses.events
    let uploaded = Int64(low.uploaded) &+ uses.uploaded
    let total = Int64(low.total) &+ uses.total
    low = Low(
      events: UInt32(truncatingIfNeeded: events), uploaded: UInt32(truncatingIfNeeded: uploaded),
      total: UInt32(truncatingIfNeeded: total))
    return UseSums(events: events &>> 32, uploaded: uploaded &>> 32, total: total &>> 32)
  }

  /// The sums of a user; `nil` for one without rows.
  func sums(of user: UInt32) -> UseSums? {
    if many.isEmpty { return few.sums(of: user) }
    guard present.contains(user) else { return nil }
    let low = many[Int(user)]
    let more = high[user] ?? UseSums()
    return UseSums(
      events: Int64(low.events) &+ more.events &<< 32,
      uploaded: Int64(low.uploaded) &+ more.uploaded &<< 32,
      total: Int64(low.total) &+ more.total &<< 32)
  }

  /// Calls `body` for each user with rows.
  func visit(_ body: (UInt32, UseSums) -> Void) {
    if many.isEmpty {
      for (place, key) in few.keys.enumerated() { body(key, few.sums[place]) }
      return
    }
    for user in present.numbers {
      if let sums = sums(of: user) { body(user, sums) }
    }
  }
}
