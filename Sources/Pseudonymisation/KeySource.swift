/// Where a key-encryption key comes from: never from arguments or the environment, which others
/// can read.
package enum KeySource: Equatable, Sendable, CustomStringConvertible {
  /// A file of 32 bytes, or of 64 hexadecimal digits.
  case file(String)
  /// The same from an open file descriptor; read once.
  case descriptor(Int32)
  /// The same from a credential that systemd hands over (`LoadCredential=`).
  case credential(String)
  /// Derived by scrypt from a passphrase, which is asked for on the terminal.
  case passphrase

  /// `file:/PATH`, `fd:N`, `credential:NAME` or `passphrase`; `nil` for anything else.
  package init?(_ text: String) {
    if text == "passphrase" {
      self = .passphrase
      return
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let place = String(text[text.index(after: colon)...])
    guard !place.isEmpty, place.utf8.count <= 1024, place.utf8.allSatisfy(Self.isPlain) else {
      return nil
    }
    switch text[..<colon] {
    case "file" where place.hasPrefix("/"): self = .file(place)
    case "fd":
      guard let number = Int32(place), number >= 0 else { return nil }
      self = .descriptor(number)
    case "credential" where !place.contains("/") && place != "." && place != "..":
      self = .credential(place)
    default: return nil
    }
  }

  package var description: String {
    switch self {
    case .file(let path): "file:\(path)"
    case .descriptor(let number): "fd:\(number)"
    case .credential(let name): "credential:\(name)"
    case .passphrase: "passphrase"
    }
  }

  /// What can stand in a key file as it is.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7e).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }
}

/// Why a key-encryption key could not be had.
package enum KeySourceFault: Error, Equatable, Sendable, CustomStringConvertible {
  case missing
  case symbolicLink
  case wrongType
  case wrongOwner(UInt32)
  case tooOpen(mode: UInt32)
  /// Neither 32 bytes nor 64 hexadecimal digits, and no key of the length that is wanted.
  case wrongLength
  /// The service got no credentials from systemd.
  case noCredentials
  /// There is no terminal to ask on.
  case noTerminal
  /// The person gave up.
  case aborted
  case tooShort
  case notTheSame
  case system(errno: Int32)

  package var description: String {
    switch self {
    case .missing: "it is not there. Put it back, or name another place in LOGVEIL_KEK."
    case .symbolicLink: "it is a symbolic link, which could lead anywhere. Name the file itself."
    case .wrongType: "it is no plain file. Name a file with mode 600."
    case .wrongOwner(let uid): "it belongs to account \(uid), not to the one that runs."
    case .tooOpen(let mode):
      "other accounts may use it (mode \(String(mode, radix: 8))). Find out who read it, then "
        + "run chmod 600."
    case .wrongLength: "it holds neither 32 bytes nor 64 lower-case hexadecimal digits."
    case .noCredentials:
      "systemd handed over no credentials: $CREDENTIALS_DIRECTORY is not set. Add "
        + "LoadCredential= to the unit, or name another place in LOGVEIL_KEK."
    case .noTerminal:
      "there is no terminal to ask for the passphrase on. Start the command from one, or wrap "
        + "the keys by a file or a credential with `logveil key wrap`."
    case .aborted: "no passphrase was given."
    case .tooShort:
      "a passphrase has at least \(PassphrasePrompt.byteCountMin) bytes. Choose a longer one."
    case .notTheSame: "the two passphrases differ. Try again."
    case .system(let number): "\(SystemError.text(number)) (error \(number))."
    }
  }
}
