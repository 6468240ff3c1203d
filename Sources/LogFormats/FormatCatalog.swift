internal import CEmbedded
internal import Configuration

/// The formats that Logveil reads, by name.
package enum FormatCatalog {
  /// All formats, sorted by name.
  package static let all: [FormatProfile] = {
    var all = embedded
    for profile in tables {
      if let place = all.firstIndex(where: { $0.name == profile.name }) {
        all[place].shapes.insert(contentsOf: profile.shapes, at: 0)
        all[place].aliases += profile.aliases.filter { !all[place].aliases.contains($0) }
      } else {
        all.append(profile)
      }
    }
    return all.sorted { $0.name < $1.name }
  }()

  /// Formats whose lines are a plain table: they are known without reading a profile.
  static let tables: [FormatProfile] = [
    // The sure ones in the order in which they are taken.
    FormatProfile(
      name: "iis", summary: DelimitedProfile.internetInformationServices.summary,
      shapes: [.table(.internetInformationServices)]),
    .w3cExtended, .squidNative,
    FormatProfile(
      name: "bluecoat", summary: DelimitedProfile.proxySG.summary, shapes: [.table(.proxySG)]),
  ]

  /// All layouts of the formats `names` whose lines need no header.
  static func layouts(of names: [String]) -> [LineLayout] {
    names.flatMap { name -> [LineLayout] in
      guard let format = all.first(where: { $0.name == name }) else { return [] }
      return format.shapes.flatMap { shape -> [LineLayout] in
        if case .lines(let layouts) = shape { layouts } else { [] }
      }
    }
  }

  /// The profiles that are compiled in.
  private static let embedded: [FormatProfile] = (0..<ce_format_count).map { place in
    let text = text(of: place)
    do { return try ProfileFile.profile(text) } catch {
      preconditionFailure(
        "A profile that is compiled in cannot be read: \(text.prefix(40)) \(error)")
    }
  }

  private static func text(of place: Int) -> String {
    // SAFETY: the file's bytes are compiled in.
    let file = unsafe ce_formats[place]
    return unsafe String(
      decoding: UnsafeBufferPointer(start: file.text, count: file.byte_count), as: UTF8.self)
  }

  /// The YAML of a format that is compiled in; `nil` where its profile is code.
  package static func text(of name: String) -> String? {
    (0..<ce_format_count).map(text).first { $0.contains("name: \(name)\n") }
  }

  /// The profile with this name or one of its other names, whatever the case.
  package static func profile(named name: String) -> FormatProfile? {
    let wanted = name.lowercased()
    if wanted == "w3c", let table = tables.first(where: { $0.name == wanted }) { return table }
    return all.first { profile in
      profile.name == wanted || profile.aliases.contains { $0.lowercased() == wanted }
    }
  }
}

extension FormatProfile {
  /// W3C extended logs, by their `#Fields` line.
  package static let w3cExtended = FormatProfile(
    name: "w3c", summary: DelimitedProfile.w3cExtended.summary,
    aliases: ["generic_w3c", "generic_w3c_syslog"], shapes: [.table(.w3cExtended)])

  /// Squid's native layout.
  package static let squidNative = FormatProfile(
    name: "squid", summary: DelimitedProfile.squidNative.summary, aliases: ["squid_native"],
    shapes: [.table(.squidNative)])
}
