package import ByteBlocks
internal import ByteKernels

/// Which plan holds for which part of a block.
package struct BlockHeader: Sendable {
  /// Parts in order; a part starts at a line start and ends where the next one starts. The first
  /// one starts with the block's text, or behind its byte order mark.
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
  private var isAtStart = true

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
    let start = block.start + (isAtStart ? block.byteOrderMarkBytes : 0)
    if block.count > 0 { isAtStart = false }
    var header = BlockHeader(parts: [(start, plan)])
    guard case .directive(let word) = profile.header, let first = word.utf8.first else {
      return header
    }
    var found = block.linesStarting(with: first, room: 256)
    if found.count == 256 { found = block.linesStarting(with: first, room: block.count) }
    if start > block.start { found.insert(start, at: 0) }
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

extension Block {
  /// Bytes of the UTF-8 byte order mark that the text starts with: 3, or 0 where there is none.
  var byteOrderMarkBytes: Int {
    let text = text
    return text.count >= 3 && text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf ? 3 : 0
  }
}
