internal import ByteKernels
internal import VeiledRecords

extension DelimitedProfile {
  /// Squid's native access log (`logformat squid`):
  /// `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`.
  ///
  /// Its one size is what went to the client: downloaded.
  package static let squidNative = DelimitedProfile(
    name: "squid",
    summary: "Squid access log, native layout",
    dialect: Dialect(separator: UInt8(ascii: " "), collapses: true),
    header: .fixed([
      "time", "elapsed", "client", "result", "bytes", "method", "url", "user", "hierarchy", "type",
    ]),
    moreFieldsAllowed: true,
    time: [.epochSeconds("time")],
    fields: [
      .user: ["user"],
      .sourceAddress: ["client"],
      .destinationAddress: ["hierarchy"],
      .downloadedBytes: ["bytes"],
      .method: ["method"],
      .httpStatus: ["result"],
    ],
    destinationBehind: UInt8(ascii: "/"),
    urls: ["url"],
    actions: ["result"],
    blockedWords: ["denied"],
    evidence: .shape)

  /// The same behind syslog headers of `fields` blank-separated fields each; lines whose header has
  /// another length are read one by one.
  private func behindSyslog(_ fields: Int) -> DelimitedProfile {
    guard case .fixed(let names) = header else { return self }
    var profile = self
    profile.name = "\(name) behind \(fields) fields of syslog"
    profile.header = .fixed((1...fields).map { "syslog-\($0)" } + names)
    profile.leadingFields = fields
    profile.otherLayouts = [name]
    return profile
  }

  /// Squid's native access log, bare and behind the headers of RFC 3164 and 5424 as they come.
  package static let squidTables =
    [squidNative] + (3...8).map { squidNative.behindSyslog($0) }
}
