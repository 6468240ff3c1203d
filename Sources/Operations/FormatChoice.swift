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
    let isName = !name.isEmpty && name.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != 0 }
    let path = "\(folder(ofHome: home))/\(name.lowercased()).yaml"
    if isName {
      do throws(OperationError) { return try read(path) } catch {
        guard error.exitCode == .noInput else { throw error }  // There is none.
      }
    }
    if let profile = FormatCatalog.profile(named: name) { return profile }
    let names = FormatCatalog.all.map(\.name).joined(separator: ", ")
    throw OperationError(
      .usage, "--format \(name): there is no such format, nor \(path). Known: \(names).")
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
    var source = try TextSource.open(ArchiveReference(path: path))
    var bytes: [UInt8] = []
    while let assembled = try source.next() {
      let text = assembled.block.text
      for place in text.indices { bytes.append(text[place]) }
    }
    do throws(ConfigurationError) {
      return try ProfileFile.profile(String(decoding: bytes, as: UTF8.self))
    } catch {
      throw OperationError(.configuration, "\(path): \(error.description)")
    }
  }
}
