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
}
