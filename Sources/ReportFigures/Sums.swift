/// What is added up over rows of `usage`.
package struct Sums: Sendable, Equatable {
  package var events: Int64 = 0
  /// Events that were blocked; they are among `events`.
  package var blocked: Int64 = 0
  package var uploaded: Int64 = 0
  package var downloaded: Int64 = 0
  /// The logs' own total, else upload and download.
  package var total: Int64 = 0

  package init() {}

  package init(
    events: Int64, blocked: Int64 = 0, uploaded: Int64 = 0, downloaded: Int64 = 0, total: Int64 = 0
  ) {
    self.events = events
    self.blocked = blocked
    self.uploaded = uploaded
    self.downloaded = downloaded
    self.total = total
  }

  package static func += (sums: inout Sums, other: Sums) {
    sums.events &+= other.events
    sums.blocked &+= other.blocked
    sums.uploaded &+= other.uploaded
    sums.downloaded &+= other.downloaded
    sums.total &+= other.total
  }

  package static func + (one: Sums, other: Sums) -> Sums {
    var sums = one
    sums += other
    return sums
  }

  package var uses: UseSums { UseSums(events: events, uploaded: uploaded, total: total) }

  /// Events that were not blocked.
  package var passed: Int64 { events &- blocked }

  /// What traffic and upload tell of the download, whether logs have it or not.
  package var notUploaded: Int64 { total &- uploaded }
}

/// The sums of one thing within another, as of a user within an app.
package struct UseSums: Sendable, Equatable {
  package var events: Int64 = 0
  package var uploaded: Int64 = 0
  package var total: Int64 = 0

  package init() {}

  package init(events: Int64, uploaded: Int64, total: Int64) {
    self.events = events
    self.uploaded = uploaded
    self.total = total
  }

  package static func += (sums: inout UseSums, other: UseSums) {
    sums.events &+= other.events
    sums.uploaded &+= other.uploaded
    sums.total &+= other.total
  }
}

/// How many distinct people, machines or addresses there are.
package struct DistinctCount: Sendable, Equatable {
  /// Distinct pseudonyms.
  package var pseudonyms: Int
  /// As many there are at least: the most under one key version. Less than `pseudonyms` where the
  /// period has several key versions, under which the same person has several pseudonyms.
  package var atLeast: Int

  package init(pseudonyms: Int, atLeast: Int) {
    self.pseudonyms = pseudonyms
    self.atLeast = atLeast
  }

  package init(_ exact: Int) { self.init(pseudonyms: exact, atLeast: exact) }

  /// Whether the number is the true one, and not a bound from above.
  package var isExact: Bool { pseudonyms == atLeast }
}
