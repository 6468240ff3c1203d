/// How the parts of a record are told apart, for whom writes it anew.
package enum RecordShape: Sendable, Equatable {
  /// Fields by position, between separators that mean nothing inside of quotes.
  case table(separator: UInt8, quote: UInt8?)
  /// An object of JSON.
  case json
  /// `key=value` with that sign; where values may stand in quotes, signs inside of them mean
  /// nothing.
  case pairs(sign: UInt8, hasQuotes: Bool)
}
