internal import ByteKernels
package import VeiledRecords

/// A profile, compiled for one header: where in a line each wanted thing stands.
///
/// Numbers are places in `wanted`, which in turn are places in the line.
package final class DelimitedPlan: Sendable {
  /// Number of fields of a regular line.
  package let fieldCount: Int
  /// The header's names of the fields.
  package let names: [String]
  /// Fields that are cut out of a line, by their place in it.
  let wanted: [UInt16]
  let time: TimeColumns?
  let user, source, destination, host, url, device: Int?
  let uploaded, downloaded, total: Int?
  let method, status, userAgent: Int?
  let actions: [Int]
  /// Fields with names of users beside `user`, where all are wanted.
  let otherUsers: [Int]
  /// Fields that are neither users nor free text, nor the host's, where all users are wanted.
  let known: [Int]

  enum TimeColumns: Equatable {
    case dateAndTime(date: Int, time: Int)
    case epochSeconds(Int)
  }

  /// What a header lacks so that none of its lines can become an event.
  let refusal: RecordStatus?

  /// Compiles `profile` for lines with the fields `names`, in this order.
  package init(_ profile: DelimitedProfile, fields names: [String]) {
    var columns = WantedColumns(names: names.map { $0.lowercased() })
    fieldCount = names.count
    self.names = names
    time = profile.time.lazy.compactMap { columns.time($0) }.first
    user = columns.column(profile.fields[.user])
    source = columns.column(profile.fields[.sourceAddress])
    destination =
      columns.column(profile.fields[.destinationAddress])
      ?? profile.server.flatMap { server in
        names.contains { $0.lowercased() == server.with } ? columns.column([server.address]) : nil
      }
    host = columns.column(profile.fields[.host])
    url = columns.column(profile.urls)
    device = columns.column(profile.fields[.device])
    uploaded = columns.column(profile.fields[.uploadedBytes])
    downloaded = columns.column(profile.fields[.downloadedBytes])
    total = columns.column(profile.fields[.totalBytes])
    method = columns.column(profile.fields[.method])
    status = columns.column(profile.fields[.httpStatus])
    userAgent = columns.column(profile.fields[.userAgent])
    actions = profile.actions.compactMap { columns.column([$0]) }
    otherUsers = profile.readsAllUsers ? columns.others(of: profile, but: user) : []
    let free = Set([user, host, url, userAgent].compactMap { $0 } + otherUsers)
    known = profile.readsAllUsers ? columns.wanted.indices.filter { !free.contains($0) } : []
    wanted = columns.wanted
    refusal =
      if time == nil {
        RecordStatus(.missingTime, in: .time)
      } else if host == nil && url == nil && destination == nil {
        RecordStatus(.missingHost, in: .host)
      } else {
        nil
      }
  }

  /// Attributes for which the header has no field.
  package func missing(of profile: DelimitedProfile) -> [Attribute] {
    profile.attributes.filter { attribute in
      switch attribute {
      case .time: time == nil
      case .user: user == nil
      case .sourceAddress: source == nil
      case .destinationAddress: destination == nil
      case .host: host == nil && url == nil
      case .device: device == nil
      case .uploadedBytes: uploaded == nil
      case .downloadedBytes: downloaded == nil
      case .totalBytes: total == nil && uploaded == nil && downloaded == nil
      case .action: actions.isEmpty
      case .method: method == nil
      case .httpStatus: status == nil
      case .userAgent: userAgent == nil
      }
    }
  }
}

/// Collects the wanted fields of a header, each once.
private struct WantedColumns {
  let names: [String]
  var wanted: [UInt16] = []

  /// The column of the first of `candidates` that the header has.
  mutating func column(_ candidates: [String]?) -> Int? {
    for candidate in candidates ?? [] {
      guard let place = names.firstIndex(of: candidate) else { continue }
      return column(place)
    }
    return nil
  }

  /// The columns of all fields with names of users but the one that counts.
  mutating func others(of profile: DelimitedProfile, but user: Int?) -> [Int] {
    let known = Set((profile.fields[.user] ?? []) + profile.otherUsers)
    var found: [Int] = []
    for place in names.indices where known.contains(names[place]) {
      let column = column(place)
      if column != user { found.append(column) }
    }
    return found
  }

  private mutating func column(_ place: Int) -> Int {
    if let known = wanted.firstIndex(of: UInt16(place)) { return known }
    wanted.append(UInt16(place))
    return wanted.count - 1
  }

  mutating func time(_ rule: DelimitedProfile.TimeRule) -> DelimitedPlan.TimeColumns? {
    switch rule {
    case .dateAndTime(let date, let time):
      guard names.contains(date), names.contains(time), let date = column([date]),
        let time = column([time])
      else { return nil }
      return .dateAndTime(date: date, time: time)
    case .epochSeconds(let name):
      return column([name]).map { .epochSeconds($0) }
    }
  }
}
