/// The formats that Logveil reads, by name.
package enum FormatCatalog {
  /// All profiles, sorted by name.
  package static let all: [FormatProfile] = [.squidNative, .w3cExtended]

  /// The profile with this name or one of its other names, whatever the case.
  package static func profile(named name: String) -> FormatProfile? {
    let wanted = name.lowercased()
    return all.first { $0.name == (aliases[wanted] ?? wanted) }
  }

  /// Names of the same formats elsewhere.
  package static let aliases = [
    "bluecoat": "w3c", "bluecoat_syslog": "w3c", "generic_w3c": "w3c", "squid_native": "squid",
  ]
}
