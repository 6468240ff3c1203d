internal import ByteBlocks
internal import ByteKernels
package import ColumnTables
internal import VeiledRecords

/// The rows of one batch of archives, sorted by their whole key.
package struct UsageRows: Sendable {
  /// The rows, one part behind the other.
  private let parts: [GroupColumns]
  let order: HostOrder
  let users, addresses, devices: ByteStrings
  private let isPrivateUser: [Bool]
  let tags: AddressTagCodes

  init(
    parts: [GroupColumns], order: HostOrder, users: ByteStrings, addresses: ByteStrings,
    devices: ByteStrings, tags: AddressTagCodes
  ) {
    self.tags = tags
    self.parts = parts
    self.order = order
    self.users = users
    isPrivateUser = VeiledNames.privateOnes(of: users)
    self.addresses = addresses
    self.devices = devices
  }

  /// Number of rows.
  package var count: Int { parts.reduce(0) { $0 + $1.count } }

  /// The days there are, and the rows of each.
  package var days: [(day: Int32, rows: Range<Int>)] {
    var days: [(day: Int32, rows: Range<Int>)] = []
    var row = 0
    for run in parts.lazy.flatMap(\.runsOfDays) {
      let start = days.last?.day == Int32(run.day) ? days.removeLast().rows.lowerBound : row
      row += run.count
      days.append((Int32(run.day), start..<row))
    }
    return days
  }

  /// What `body` makes of the values of a column in `rows`.
  private func values<Value, Result>(
    _ rows: Range<Int>, _ column: (GroupColumns) -> [Value], _ body: (Value) -> Result
  ) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(rows.count)
    forEachPart(rows, column) { values in
      results.append(addingCapacity: values.count) { target in
        for place in values.indices { target.append(body(values[place])) }
      }
    }
    return results
  }

  /// The values of a column in `rows`.
  private func values<Value>(
    _ rows: Range<Int>, _ column: (GroupColumns) -> [Value]
  ) -> [Value] {
    var results: [Value] = []
    results.reserveCapacity(rows.count)
    forEachPart(rows, column) { results.append(contentsOf: $0) }
    return results
  }

  /// Calls `body` with the values of a column in `rows`, part by part.
  private func forEachPart<Value>(
    _ rows: Range<Int>, _ column: (GroupColumns) -> [Value], _ body: (ArraySlice<Value>) -> Void
  ) {
    var start = 0
    for part in parts {
      let wanted = rows.clamped(to: start..<start + part.count)
      body(column(part)[wanted.lowerBound - start..<wanted.upperBound - start])
      start += part.count
    }
  }

  /// Calls `body` with each of `rows`; numbers are ranks, and places in the order of hosts.
  func forEachGroup(_ rows: Range<Int>, _ body: (Group) -> Void) {
    var start = 0
    for part in parts {
      for row in rows.clamped(to: start..<start + part.count) { body(part.group(row - start)) }
      start += part.count
    }
  }

  /// Number of names of all kinds.
  var nameCount: Int {
    order.names.values.count + users.count + addresses.count + devices.count
  }

  /// Of each kind of name the codes in `rows`, 0: none, and how many codes there are.
  func names(of rows: Range<Int>) -> [(codes: [UInt32], count: Int)] {
    [
      (values(rows, \.hosts) { order.names.ofPlace[Int($0)] }, order.names.values.count),
      (values(rows, \.users), users.count),
      (values(rows, \.addresses), addresses.count),
      (values(rows, \.devices), devices.count),
    ]
  }

  /// What a column of the table holds in `rows`: column `place` of `UsageSchema.fileSchema`.
  package func column(_ place: Int, _ rows: Range<Int>, batch: String, source: String) -> Column {
    switch UsageSchema.fileSchema.fields[place].name {
    case "batch": constant(batch, rows.count)
    case "source": constant(source, rows.count)
    case "host": hostColumn(order.names, rows)
    case "app": hostColumn(order.apps, rows)
    case "category": hostColumn(order.categories, rows)
    case "domain": hostColumn(order.domains, rows)
    case "app_id": appNumbers(rows)
    case "user": names(values(rows, \.users), users)
    case "src_ip": names(values(rows, \.addresses), addresses)
    case "device": names(values(rows, \.devices), devices)
    case "ip_tag":
      names(values(rows, \.addresses) { tags.ofAddress[Int($0)] }, tags.sorted)
    case "action": actions(rows)
    case "private": privateFlags(rows)
    case "events": Column(.int64s(values(rows, \.events) { Int64($0) }))
    case "uploaded_bytes": bytes(rows, \.uploaded, Group.hasUploaded)
    case "downloaded_bytes": bytes(rows, \.downloaded, Group.hasDownloaded)
    case "total_bytes": bytes(rows, \.totals, Group.hasTotal)
    case "first_seen": Column(.int64s(values(rows, \.firstSeen)))
    case "last_seen": Column(.int64s(values(rows, \.lastSeen)))
    default: preconditionFailure("The usage table has no column of this name.")
    }
  }

  private func constant(_ value: String, _ count: Int) -> Column {
    Column(.codes(Array(repeating: 0, count: count), ByteStrings([value])))
  }

  /// A column of names by their ranks; rank 0 is null.
  private func names(_ ranks: [UInt32], _ sorted: ByteStrings) -> Column {
    let hasNulls = ranks.contains(0)
    return Column(.codes(ranks, sorted), isValid: hasNulls ? ranks.map { $0 != 0 } : nil)
  }

  private func privateFlags(_ rows: Range<Int>) -> Column {
    Column(.booleans(values(rows, \.users) { isPrivateUser[Int($0)] }))
  }

  /// A column that follows from the host.
  private func hostColumn(_ trait: HostOrder.Trait, _ rows: Range<Int>) -> Column {
    names(values(rows, \.hosts) { trait.ofPlace[Int($0)] }, trait.values)
  }

  private func appNumbers(_ rows: Range<Int>) -> Column {
    Column(
      .int32s(values(rows, \.hosts) { order.appIDs[Int($0)] ?? 0 }),
      isValid: Self.withoutNulls(values(rows, \.hosts) { order.appIDs[Int($0)] != nil }))
  }

  private func actions(_ rows: Range<Int>) -> Column {
    let words = EventAction.allCases.map { $0.word ?? "" }
    return names(values(rows, \.actions) { UInt32($0) }, ByteStrings(words))
  }

  private func bytes(
    _ rows: Range<Int>, _ column: (GroupColumns) -> [Int64], _ flag: UInt8
  ) -> Column {
    Column(
      .int64s(values(rows, column)),
      isValid: Self.withoutNulls(values(rows, \.has) { $0 & flag != 0 }))
  }

  /// `nil` when every row is valid.
  private static func withoutNulls(_ isValid: [Bool]) -> [Bool]? {
    isValid.contains(false) ? isValid : nil
  }
}
