internal import ByteBlocks
internal import ByteKernels

/// Cuts one line field by field, the slow and exact way.
///
/// The structural index lets a quote toggle anywhere. A line that then has another number of
/// fields, or an odd number of quotes, is read again here: a quote opens only at the start of a
/// field and closes only at its end, so that a stray one inside a field is text.
struct FieldCutter {
  let dialect: Dialect
  private(set) var fields: [FieldRange] = []

  init(dialect: Dialect) { self.dialect = dialect }

  /// Cuts the line that `bytes[start..<end]` is, without its newline.
  ///
  /// - Parameter collapsing: separators side by side are one, whatever the dialect says.
  /// - Returns: `false` when a quote stays open.
  mutating func cut(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, collapsing: Bool = false
  ) -> Bool {
    fields.removeAll(keepingCapacity: true)
    let collapses = dialect.collapses || collapsing
    var at = start
    while true {
      if collapses { while at < end, bytes[at] == dialect.separator { at += 1 } }
      if at == end, collapses, !fields.isEmpty { return true }  // Trailing separators.
      if let quote = dialect.quote, at < end, bytes[at] == quote {
        guard let close = closingQuote(bytes, from: at + 1, to: end, quote: quote) else {
          return false
        }
        fields.append(FieldRange(start: UInt32(at + 1), end: UInt32(close)))
        at = close + 1
      } else {
        let first = at
        while at < end, bytes[at] != dialect.separator { at += 1 }
        fields.append(FieldRange(start: UInt32(first), end: UInt32(at)))
      }
      guard at < end else { return true }
      at += 1
    }
  }

  /// The quote that ends a field: the first one before a separator or the end of the line.
  private func closingQuote(
    _ bytes: Span<UInt8>, from start: Int, to end: Int, quote: UInt8
  ) -> Int? {
    for at in start..<end where bytes[at] == quote {
      if at + 1 == end || bytes[at + 1] == dialect.separator { return at }
    }
    return nil
  }
}
