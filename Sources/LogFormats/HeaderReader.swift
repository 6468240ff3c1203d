package import ByteBlocks
internal import ByteKernels

/// Which plan holds for which part of a block.
package struct BlockHeader: Sendable {
  /// Parts in order; a part starts at a line start and ends where the next one starts.
  package var parts: [(start: Int, plan: DelimitedPlan?)]
}

/// Reads the lines that name the fields, block after block in the order of the archive.
///
/// This is the only thing about a log that one block must tell the next one, so that the blocks
/// themselves can be parsed in any order.
package struct HeaderReader: Sendable {
  private let profile: FormatProfile
  private var plan: DelimitedPlan?
  private var names: [String] = []

  /// Longest header line that is read, in bytes.
  private static let headerBytesMax = 1 << 16

  /// A reader at the start of an archive.
  package init(_ profile: FormatProfile) {
    self.profile = profile
    if case .fixed(let names) = profile.header { use(names) }
  }

  /// The plans for `block`, which is the next one of the archive.
  ///
  /// - Complexity: one fast pass over the text for formats with header lines, else nothing.
  package mutating func read(_ block: borrowing Block) -> BlockHeader {
    var header = BlockHeader(parts: [(block.start, plan)])
    guard case .directive(let word) = profile.header, let first = word.utf8.first else {
      return header
    }
    var found = block.linesStarting(with: first, room: 256)
    if found.count == 256 { found = block.linesStarting(with: first, room: block.count) }
    for start in found {
      guard let names = fieldNames(of: block.memoryBytes, from: start, behind: word) else {
        continue
      }
      use(names)
      header.parts.append((start, plan))
    }
    return header
  }

  private mutating func use(_ names: [String]) {
    guard names != self.names || plan == nil else { return }
    self.names = names
    plan = DelimitedPlan(profile, fields: names)
  }

  /// The names behind `word` in the line that starts at `start`; `nil` when it is another line.
  private func fieldNames(of bytes: Span<UInt8>, from start: Int, behind word: String) -> [String]?
  {
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), end - start < Self.headerBytesMax {
      end += 1
    }
    let line = String(decoding: (start..<end).map { bytes[$0] }, as: UTF8.self)
    guard line.lowercased().hasPrefix(word.lowercased()) else { return nil }
    let blanks = line.contains("\t") ? ["\t", "\r"] : [" ", "\t", "\r"] as [Character]
    return line.dropFirst(word.count).split(whereSeparator: { blanks.contains($0) })
      .map { name in String(name.drop(while: { $0 == " " })) }.filter { !$0.isEmpty }
  }
}
