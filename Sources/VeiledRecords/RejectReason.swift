/// Why a line of an archive could not become an event.
///
/// The set is closed: it is the vocabulary of the `reason` column of the table `rejects`, of
/// `run --json` and of `inspect`. A case is never renamed; a new one is added at the end.
public enum RejectReason: UInt8, CaseIterable, Sendable {
  /// The line has another number of fields than its header or its format asks for.
  case fieldCount = 1
  /// A quote is opened and not closed before the end of the line.
  case unclosedQuote
  /// Data before any line that names the fields.
  case missingHeader
  /// The time cannot be read or does not exist in the calendar.
  case badTime
  /// A count of bytes is no decimal number, or larger than `RejectReason.byteCountMax`.
  case badByteCount
  /// The source or destination address is neither IPv4 nor IPv6.
  case badAddress
  /// The line has no time, which every event needs.
  case missingTime
  /// The line has neither a destination host nor a destination address.
  case missingHost
  /// The host holds bytes that no host name or address may have.
  case badHost
  /// The line is longer than 1 MiB.
  case lineTooLong
  /// The name looks like a pseudonym, and is none of this tenant.
  case foreignPseudonym
  /// The line holds NUL bytes.
  case binaryData
  /// The key version of the event's day was destroyed.
  case keyDestroyed
  /// The line has none of the layouts of its archive's format.
  case otherFormat

  /// The largest count of bytes that one line may carry: 2^53.
  public static let byteCountMax: Int64 = 1 << 53

  /// The word for it in tables and JSON.
  public var word: String {
    switch self {
    case .fieldCount: "field_count"
    case .unclosedQuote: "unclosed_quote"
    case .missingHeader: "missing_header"
    case .badTime: "bad_time"
    case .badByteCount: "bad_byte_count"
    case .badAddress: "bad_address"
    case .missingTime: "missing_time"
    case .missingHost: "missing_host"
    case .badHost: "bad_host"
    case .lineTooLong: "line_too_long"
    case .foreignPseudonym: "foreign_pseudonym"
    case .binaryData: "binary_data"
    case .keyDestroyed: "key_destroyed"
    case .otherFormat: "other_format"
    }
  }
}
