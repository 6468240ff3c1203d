internal import CEmbedded
internal import Configuration
internal import StagedExecution

/// The formats that Logveil reads, by name.
package enum FormatCatalog {
  /// All formats, sorted by name.
  package static let all: [FormatProfile] = {
    let embedded = crew.gathered(ce_format_count) {
      withTable(profile(of: text(of: $0)))
    }
    let others = tables.filter { table in !embedded.contains { $0.name == table.name } }
    return (embedded + others).sorted { $0.name < $1.name }
  }()

  /// Whoever asks for all formats waits for all: other cores may help.
  static let crew = ThreadCrew(workers: 4)

  /// Formats whose lines are a plain table: they are known without reading a profile.
  static let tables: [FormatProfile] = [
    // The sure ones in the order in which they are taken.
    FormatProfile(
      name: "iis", summary: DelimitedProfile.internetInformationServices.summary,
      shapes: [.table(.internetInformationServices)]),
    .w3cExtended, .squidNative,
    FormatProfile(
      name: "bluecoat", summary: DelimitedProfile.proxySG.summary, shapes: [.table(.proxySG)]),
    FormatProfile(
      name: "microsoft-tmg", summary: "Microsoft Forefront TMG and ISA Server log (#Fields line)",
      shapes: [.table(.w3cTabbed), .table(.w3cExtended)]),
  ]

  /// All layouts of the formats `names` whose lines need no header.
  static func layouts(of names: [String]) -> [LineLayout] {
    names.flatMap { name -> [LineLayout] in
      guard let format = profile(named: name) else { return [] }
      return format.shapes.flatMap { shape -> [LineLayout] in
        if case .lines(let layouts) = shape { layouts } else { [] }
      }
    }
  }

  /// A profile that is compiled in.
  private static func profile(of text: String) -> FormatProfile {
    do { return try ProfileFile.profile(text) } catch {
      preconditionFailure(
        "A profile that is compiled in cannot be read: \(text.prefix(40)) \(error)")
    }
  }

  /// A profile together with the plain table of the same name.
  private static func withTable(_ profile: FormatProfile) -> FormatProfile {
    guard let table = tables.first(where: { $0.name == profile.name }) else { return profile }
    var both = profile
    both.shapes.insert(contentsOf: table.shapes, at: 0)
    both.aliases += table.aliases.filter { !both.aliases.contains($0) }
    return both
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
    func hasName(_ profile: FormatProfile) -> Bool {
      profile.name == wanted || profile.aliases.contains { $0.lowercased() == wanted }
    }
    // Only profiles that mention it at all are read.
    for place in 0..<ce_format_count where mentions(place, wanted) {
      let profile = profile(of: text(of: place))
      if hasName(profile) { return withTable(profile) }
    }
    return tables.first(where: hasName).flatMap { table in
      text(of: table.name).map { withTable(profile(of: $0)) } ?? table
    }
  }

  /// Whether the text of a profile holds `word`, which is in lower case.
  private static func mentions(_ place: Int, _ word: String) -> Bool {
    let text = Array(text(of: place).utf8).map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    let word = Array(word.utf8)
    return text.count >= word.count && !word.isEmpty
      && (0...text.count - word.count).contains { start in
        text[start] == word[0] && text[start..<start + word.count].elementsEqual(word)
      }
  }
}

extension FormatProfile {
  /// W3C extended logs, by their `#Fields` line.
  package static let w3cExtended = FormatProfile(
    name: "w3c", summary: DelimitedProfile.w3cExtended.summary,
    aliases: ["generic_w3c", "generic_w3c_syslog"],
    shapes: [.table(.w3cExtended), .table(.w3cTabbed)])

  /// Squid's native layout.
  package static let squidNative = FormatProfile(
    name: "squid", summary: DelimitedProfile.squidNative.summary, aliases: ["squid_native"],
    shapes: DelimitedProfile.squidTables.map { .table($0) })
}
