/// What a pseudonym stands for.
///
/// Each kind has keys of its own, so that two kinds never mix.
public enum IdentityKind: UInt8, CaseIterable, Sendable {
  /// A user.
  case user
  /// A user who was in a private group when the event was ingested.
  case privateUser
  /// A machine, by its name.
  case machine
  /// A source address.
  case ip

  /// The letter in front of the key version in a pseudonym's text, `u` in `u1-…`.
  public var letter: UInt8 {
    switch self {
    case .user: UInt8(ascii: "u")
    case .privateUser: UInt8(ascii: "p")
    case .machine: UInt8(ascii: "m")
    case .ip: UInt8(ascii: "i")
    }
  }

  /// The kind of a letter, or `nil` where no kind has it.
  public init?(letter: UInt8) {
    switch letter {
    case UInt8(ascii: "u"): self = .user
    case UInt8(ascii: "p"): self = .privateUser
    case UInt8(ascii: "m"): self = .machine
    case UInt8(ascii: "i"): self = .ip
    default: return nil
    }
  }
}
