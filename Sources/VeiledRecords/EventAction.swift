/// What the proxy or firewall did with a request.
public enum EventAction: UInt8, CaseIterable, Sendable {
  /// The log does not say.
  case unknown = 0
  case allowed
  case blocked

  /// The word in tables and JSON; `nil` when the log does not say.
  public var word: String? {
    switch self {
    case .unknown: nil
    case .allowed: "allowed"
    case .blocked: "blocked"
    }
  }
}
