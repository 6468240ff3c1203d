internal import ArchiveDecoding
internal import ByteBlocks
internal import Configuration
package import LogFormats

/// Finds formats by their names: those of the home folder first, so that they may take the place of
/// those that are compiled in.
package enum FormatChoice {
  /// Where profiles of one's own lie in a home.
  package static func folder(ofHome home: String) -> String { "\(home)/formats" }

  /// The format that `--format` names.
  package static func profile(
    named name: String, home: String
  ) throws(OperationError) -> FormatProfile {
    if let text = try ownText(named: name, home: home) {
      return try profile(text, at: path(named: name, home: home))
    }
    if let profile = FormatCatalog.profile(named: name) { return profile }
    let names = FormatCatalog.all.map(\.name).joined(separator: ", ")
    throw OperationError(
      .usage,
      "There is no format \(name), nor \(path(named: name, home: home)). "
        + "Known: \(names).")
  }

  /// The file of `profile`, which `name` has found; `nil` for a plain table.
  package static func text(
    named name: String, _ profile: FormatProfile, home: String
  ) throws(OperationError) -> String? {
    try ownText(named: name, home: home) ?? FormatCatalog.text(of: profile.name)
  }

  /// All formats, sorted by name: those of a home's own take the place of others.
  package static func all(home: String) throws(OperationError) -> [FormatProfile] {
    let own = try own(home: home)
    let names = Set(own.map(\.name))
    return (own + FormatCatalog.all.filter { !names.contains($0.name) }).sorted {
      $0.name < $1.name
    }
  }

  private static func path(named name: String, home: String) -> String {
    "\(folder(ofHome: home))/\(name.lowercased()).yaml"
  }

  /// The profile of a home's own with this name; `nil` where it has none.
  private static func ownText(
    named name: String, home: String
  ) throws(OperationError) -> String? {
    guard !name.isEmpty, name.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != 0 }) else {
      return nil
    }
    do throws(OperationError) { return try text(at: path(named: name, home: home)) } catch {
      guard error.exitCode == .noInput else { throw error }
      return nil
    }
  }

  /// All profiles of a home's own, sorted by name; none where it has no folder of them.
  ///
  /// One that can't be read is an error: a log would else be taken for that of another product.
  package static func own(home: String) throws(OperationError) -> [FormatProfile] {
    let files: [ArchiveReference]
    do throws(ArchiveError) {
      files = try ArchiveList([folder(ofHome: home)]).archives
    } catch {
      if case .notFound = error { return [] }
      throw OperationError(.configuration, error.description)
    }
    return try files.map(\.path).filter { $0.hasSuffix(".yaml") }.sorted()
      .map { (path) throws(OperationError) in try read(path) }
  }

  /// The profile that a file describes.
  static func read(_ path: String) throws(OperationError) -> FormatProfile {
    try profile(try text(at: path), at: path)
  }

  private static func text(at path: String) throws(OperationError) -> String {
    var source = try TextSource.open(ArchiveReference(path: path))
    var bytes: [UInt8] = []
    while let assembled = try source.next() {
      let text = assembled.block.text
      for place in text.indices { bytes.append(text[place]) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func profile(
    _ text: String, at path: String
  ) throws(OperationError) -> FormatProfile {
    do throws(ConfigurationError) { return try ProfileFile.profile(text) } catch {
      throw OperationError(.configuration, "\(path): \(error.description)")
    }
  }
}
