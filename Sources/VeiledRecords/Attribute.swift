/// What cloud discovery wants to know of an event.
public enum Attribute: UInt8, CaseIterable, Sendable {
  case time = 1
  case user
  case sourceAddress
  case host
  case uploadedBytes
  case downloadedBytes
  case totalBytes
  case device
  case destinationAddress
  case action
  case method
  case httpStatus
  case userAgent

  /// The word in tables and JSON.
  public var word: String {
    switch self {
    case .time: "time"
    case .user: "user"
    case .sourceAddress: "src_ip"
    case .host: "host"
    case .uploadedBytes: "uploaded_bytes"
    case .downloadedBytes: "downloaded_bytes"
    case .totalBytes: "total_bytes"
    case .device: "device"
    case .destinationAddress: "dst_ip"
    case .action: "action"
    case .method: "method"
    case .httpStatus: "http_status"
    case .userAgent: "user_agent"
    }
  }
}

/// Why a record is no event, in one byte; 0 means that it is one.
///
/// The reason takes the low five bits; the attribute that it was found in, if it is one of the
/// first seven, the high three.
public struct RecordStatus: RawRepresentable, Equatable, Sendable {
  /// The reason and the attribute in one byte.
  public let rawValue: UInt8

  /// A status as it is kept in a column.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A record that is refused.
  public init(_ reason: RejectReason, in attribute: Attribute? = nil) {
    let place = attribute.map { $0.rawValue <= 7 ? $0.rawValue : 0 } ?? 0
    rawValue = reason.rawValue | place << 5
  }

  /// The record is an event.
  public static let event = RecordStatus(rawValue: 0)
  /// The record was excluded by a rule, not refused.
  public static let excluded = RecordStatus(rawValue: 0x1f)

  /// Why the record was refused; `nil` for an event and for an excluded one.
  public var reason: RejectReason? { RejectReason(rawValue: rawValue & 0x1f) }
  /// The attribute it was refused for.
  public var attribute: Attribute? { Attribute(rawValue: rawValue >> 5) }
}

/// One line that was refused.
public struct RejectedLine: Equatable, Sendable {
  /// Line from 0; in a batch it counts from the start of its block.
  public var line: Int
  /// Offset of the line's first byte in the decompressed text.
  public var offset: Int
  /// Why, and in which attribute.
  public var status: RecordStatus

  /// A line that was refused.
  public init(line: Int, offset: Int, status: RecordStatus) {
    self.line = line
    self.offset = offset
    self.status = status
  }
}

/// What the lines of some text were. `lines` is the sum of the others.
public struct LineCounts: Equatable, Sendable {
  /// All lines.
  public var lines = 0
  /// Lines that became events.
  public var events = 0
  /// Lines that a rule left out, as one on days.
  public var excluded = 0
  /// Lines that could not become events.
  public var rejected = 0
  /// Headers, remarks and blank lines.
  public var comments = 0
  /// Events whose user is no person: an address, `anonymous`, `No Authentication Required`. They
  /// have no user.
  public var nullUsers = 0

  /// No lines.
  public init() {}

  /// Adds other counts.
  public static func += (a: inout LineCounts, b: LineCounts) {
    a.lines += b.lines
    a.events += b.events
    a.excluded += b.excluded
    a.rejected += b.rejected
    a.comments += b.comments
    a.nullUsers += b.nullUsers
  }

  /// Whether every line is accounted for.
  public var addUp: Bool { lines == events + excluded + rejected + comments }
}
