package import ByteBlocks
package import VeiledRecords

/// One field of a line, as a plan reads it: for explaining a line, not for reading many.
package struct PlannedField: Equatable, Sendable {
  /// Place in the line, from 0.
  package let place: Int
  /// The header's name for it; `nil` for a field that the header does not name.
  package let name: String?
  /// What is read from it; empty: nothing.
  package let attributes: [Attribute]
  /// Whether only the host inside of it is read.
  package let isURL: Bool
  /// Where it lies, without its quotes.
  package let range: FieldRange
}

extension DelimitedPlan {
  /// The fields of the line `bytes[start..<end]`, which has no newline.
  ///
  /// - Returns: `nil` when a quote stays open.
  package func fields(
    of line: Range<Int>, in block: borrowing Block, profile: DelimitedProfile
  ) -> [PlannedField]? {
    let bytes = block.memoryBytes
    var end = line.upperBound
    if end > line.lowerBound, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    var cutter = FieldCutter(dialect: profile.dialect)
    guard cutter.cut(bytes, from: line.lowerBound, to: end) else { return nil }
    return cutter.fields.enumerated().map { place, range in
      PlannedField(
        place: place, name: place < names.count ? names[place] : nil,
        attributes: attributes(ofField: place), isURL: isURL(place), range: range)
    }
  }

  private func attributes(ofField place: Int) -> [Attribute] {
    guard let column = wanted.firstIndex(of: UInt16(truncatingIfNeeded: place)) else { return [] }
    var found: [Attribute] = []
    switch time {
    case .dateAndTime(let date, let time) where date == column || time == column:
      found.append(.time)
    case .epochSeconds(let time) where time == column: found.append(.time)
    default: break
    }
    let columns: [(Int?, Attribute)] = [
      (user, .user), (source, .sourceAddress), (destination, .destinationAddress), (host, .host),
      (url, .host), (device, .device), (uploaded, .uploadedBytes), (downloaded, .downloadedBytes),
      (total, .totalBytes), (method, .method), (status, .httpStatus), (userAgent, .userAgent),
    ]
    found += columns.filter { $0.0 == column }.map(\.1)
    if actions.contains(column) { found.append(.action) }
    return found
  }

  private func isURL(_ place: Int) -> Bool {
    url.map { wanted[$0] == UInt16(truncatingIfNeeded: place) } ?? false
  }
}
