internal import ByteKernels
internal import VeiledRecords

extension DelimitedProfile {
  /// W3C extended log format (W3C WD-logfile-960323), driven by its `#Fields` line; the names are
  /// those of Blue Coat ProxySG, Microsoft TMG and IIS, and of Cisco's AsyncOS.
  ///
  /// `cs-bytes` go from the client to the server: uploaded. `sc-bytes` come back: downloaded.
  package static let w3cExtended = DelimitedProfile(
    name: "w3c",
    summary: "W3C extended log, by its #Fields line (Blue Coat ProxySG and others)",
    dialect: Dialect(separator: UInt8(ascii: " "), quote: UInt8(ascii: "\"")),
    header: .directive("#Fields:"),
    moreFieldsAllowed: false,
    time: [
      .dateAndTime(date: "date", time: "time"), .epochSeconds("x-timestamp-unix-utc"),
      .epochSeconds("x-timestamp-unix"), .epochSeconds("timestamp"),
    ],
    fields: [
      .user: ["cs-username", "cs-user", "cs-userdn", "x-cs-user", "c-username"],
      .sourceAddress: ["c-ip", "x-client-address"],
      .destinationAddress: ["r-ip", "r-supplier-ip", "sr-ip"],
      .host: ["cs-host", "cs-uri-host", "r-host", "r-dns"],
      .device: ["c-machine-name", "cs-machine-name", "x-client-machine-name"],
      .uploadedBytes: ["cs-bytes"],
      .downloadedBytes: ["sc-bytes"],
      .method: ["cs-method", "s-operation"],
      .httpStatus: ["sc-status", "sc-http-status", "x-resultcode-httpstatus"],
      .userAgent: ["cs(user-agent)", "c-agent"],
    ],
    otherUsers: [
      "x-cache-user", "x-cs-session-username", "x-cs-user-authorization-name",
      "x-cs-user-credential-name", "x-cs-username-or-ip", "x-radius-splash-username",
      "x-ss-username",
    ],
    server: (address: "s-ip", with: "s-port"),
    urls: ["cs-uri", "c-uri", "cs-url", "cs-uri-stem"],
    actions: [
      "sc-filter-result", "s-action", "action", "sc-result-code", "x-resultcode-httpstatus",
    ],
    blockedWords: ["denied", "blocked"],
    evidence: .directive("#Fields:"))

  /// The same with TABs between the fields, as Microsoft TMG and ISA write it.
  package static let w3cTabbed = {
    var profile = w3cExtended
    profile.name = "w3c with TABs"
    profile.dialect = Dialect(separator: UInt8(ascii: "\t"), quote: UInt8(ascii: "\""))
    return profile
  }()

  /// The same by Microsoft IIS, whose lines are also known without their header.
  package static let internetInformationServices = w3cExtended.by(
    "iis", "Microsoft IIS log", software: "#Software: Microsoft Internet Information")

  /// The same by Blue Coat ProxySG, whose lines are also known without their header.
  package static let proxySG = w3cExtended.by("bluecoat", "Blue Coat ProxySG access log")

  private func by(
    _ name: String, _ summary: String, software: String? = nil
  ) -> DelimitedProfile {
    var profile = self
    profile.name = name
    profile.summary = summary
    profile.otherLayouts = [name]
    if let software { profile.evidence = .directive(software) }
    return profile
  }
}
