import ReportFigures

/// Sums of one app by user: few users by hash, or a place for each user there is.
///
/// A large app has nearly all users, and there may be a thousand of them. So a place has ten bytes:
/// the low bits of the sums. The rest stands beside them, where there is any: an entry for each
/// 4 GiB that somebody moved with an app, or 65,536 events, which few do.
struct PairSums: Sendable {
  /// A user by hash takes as much as so many places.
  private static let shareOfUsers = 6
  private static let keysMin = 512
  private static let eventBits: Int64 = 16
  private static let byteBits: Int64 = 32

  /// By place: of a key while there are few, else the user's number.
  private var events: [UInt16] = []
  private var uploaded: [UInt32] = []
  private var total: [UInt32] = []
  /// Users while there are few, in the order of their places.
  private var keys: [UInt32] = []
  private var places = NumberPlaces()
  /// Users once there are many.
  private var present: BitSet?
  /// What the low bits cannot hold, by user.
  private var high: [UInt32: UseSums] = [:]

  /// Adds rows of the app; user 0 is nobody.
  mutating func add(_ rows: UsageRows, _ range: Range<Int>) {
    let numbersMax = rows.userNumberMax
    if present == nil, keys.count > Self.keysMin, keys.count * Self.shareOfUsers > numbersMax {
      spread(numbersMax)
    }
    if var bits = present {
      present = nil  // The only reference, so that nothing is copied.
      bits.insert(rows.users.span, range)
      present = bits
      if events.count <= numbersMax { grow(to: numbersMax + 1) }
      add(rows, range, at: rows.users.span, from: 0, nobody: 0)
    } else {
      var found: [UInt32] = []
      found.reserveCapacity(range.count)
      let users = rows.users.span
      for row in range {
        let user = users[row]
        found.append(user == 0 ? .max : UInt32(places.place(of: user, in: &keys)))
      }
      grow(to: keys.count)
      add(rows, range, at: found.span, from: range.lowerBound, nobody: .max)
    }
  }

  /// From hashed users to a place for each.
  private mutating func spread(_ numbersMax: Int) {
    let (oldEvents, oldUploaded, oldTotal) = (events, uploaded, total)
    (events, uploaded, total) = ([], [], [])
    // Rows that came before may have been read after these, and know more users.
    grow(to: max(numbersMax, Int(keys.max() ?? 0)) + 1)
    var bits = BitSet()
    for (place, key) in keys.enumerated() {
      bits.insert(key)
      events[Int(key)] = oldEvents[place]
      uploaded[Int(key)] = oldUploaded[place]
      total[Int(key)] = oldTotal[place]
    }
    present = bits
    (keys, places) = ([], NumberPlaces())
  }

  private mutating func grow(to count: Int) {
    let more = count - events.count
    guard more > 0 else { return }
    events.append(contentsOf: repeatElement(0, count: more))
    uploaded.append(contentsOf: repeatElement(0, count: more))
    total.append(contentsOf: repeatElement(0, count: more))
  }

  /// Adds rows to their places.
  ///
  /// - Parameters:
  ///   - places: of the row `start` and those behind it.
  ///   - nobody: the place of rows that are not added.
  private mutating func add(
    _ rows: UsageRows, _ range: Range<Int>, at places: Span<UInt32>, from start: Int,
    nobody: UInt32
  ) {
    // The only references, so that nothing is copied.
    var (events, uploaded, total): ([UInt16], [UInt32], [UInt32]) = ([], [], [])
    swap(&events, &self.events)
    swap(&uploaded, &self.uploaded)
    swap(&total, &self.total)
    var eventsAt = events.mutableSpan
    var uploadedAt = uploaded.mutableSpan
    var totalAt = total.mutableSpan
    let (newEvents, newUploaded, newTotal) = (rows.events.span, rows.uploaded.span, rows.total.span)
    for row in range {
      let number = places[row &- start]
      if number == nobody { continue }
      let place = Int(number)
      let sums = UseSums(
        events: Int64(eventsAt[place]) &+ newEvents[row],
        uploaded: Int64(uploadedAt[place]) &+ newUploaded[row],
        total: Int64(totalAt[place]) &+ newTotal[row])
      eventsAt[place] = UInt16(truncatingIfNeeded: sums.events)
      uploadedAt[place] = UInt32(truncatingIfNeeded: sums.uploaded)
      totalAt[place] = UInt32(truncatingIfNeeded: sums.total)
      let more = UseSums(
        events: sums.events &>> Self.eventBits, uploaded: sums.uploaded &>> Self.byteBits,
        total: sums.total &>> Self.byteBits)
      if more.events | more.uploaded | more.total != 0 {
        high[rows.users[row], default: UseSums()] += more
      }
    }
    swap(&events, &self.events)
    swap(&uploaded, &self.uploaded)
    swap(&total, &self.total)
  }

  /// The sums of a user; `nil` for one without rows.
  func sums(of user: UInt32) -> UseSums? {
    if let present { return present.contains(user) ? sums(of: user, at: Int(user)) : nil }
    return places.find(user, in: keys).map { sums(of: user, at: $0) }
  }

  private func sums(of user: UInt32, at place: Int) -> UseSums {
    let more = high.isEmpty ? UseSums() : high[user] ?? UseSums()
    return UseSums(
      events: Int64(events[place]) &+ more.events &<< Self.eventBits,
      uploaded: Int64(uploaded[place]) &+ more.uploaded &<< Self.byteBits,
      total: Int64(total[place]) &+ more.total &<< Self.byteBits)
  }

  /// All users with rows.
  var users: NumberSet { present.map { NumberSet($0) } ?? NumberSet(keys) }

  /// Calls `body` for each user with rows.
  func visit(_ body: (UInt32, UseSums) -> Void) {
    if let present {
      for user in present.numbers { body(user, sums(of: user, at: Int(user))) }
    } else {
      for (place, user) in keys.enumerated() { body(user, sums(of: user, at: place)) }
    }
  }
}
