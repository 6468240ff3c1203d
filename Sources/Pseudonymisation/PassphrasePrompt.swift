import Glibc
import Sealing

/// Asks for a passphrase on the terminal of the process, whatever its streams are, without showing
/// it.
enum PassphrasePrompt {
  /// The shortest passphrase for new keys.
  static let byteCountMin = 12
  private static let byteCountMax = 1024

  /// Asks once, or twice for a new passphrase.
  static func ask(_ question: String, isNew: Bool) throws(KeySourceFault) -> SecretText {
    let first = try read(question + ": ")
    guard isNew else { return first }
    guard first.count >= byteCountMin else { throw .tooShort }
    let second = try read("The same again: ")
    guard areSame(first, second) else { throw .notTheSame }
    return first
  }

  private static func areSame(
    _ one: borrowing SecretText, _ other: borrowing SecretText
  ) -> Bool { ConstantTime.equal(one.bytes, other.bytes) }

  private static func read(_ question: String) throws(KeySourceFault) -> SecretText {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { throw .noTerminal }
    defer { close(terminal) }
    var before = termios()
    guard unsafe tcgetattr(terminal, &before) == 0 else { throw .noTerminal }
    var silent = before
    // Without ISIG an interrupt comes as a byte: the terminal is put right again before we end.
    silent.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | ISIG)
    guard unsafe tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw .noTerminal }
    defer {
      unsafe tcsetattr(terminal, TCSAFLUSH, &before)
      write("\n", to: terminal)
    }
    write(question, to: terminal)
    var text: SecretText
    do { text = try SecretText(byteCountMax: byteCountMax) } catch { throw .system(errno: ENOMEM) }
    while let byte = try byte(from: terminal) {
      switch byte {
      case 0x0a, 0x0d:
        if text.count == 0 { throw .aborted }
        return text
      // Interrupt, end of input, escape.
      case 0x03, 0x04, 0x1b: throw .aborted
      case 0x08, 0x7f: text.removeLast()
      default:
        guard text.count < byteCountMax else { throw .aborted }
        text.append(byte)
      }
    }
    throw .aborted
  }

  private static func byte(from terminal: Int32) throws(KeySourceFault) -> UInt8? {
    var byte: UInt8 = 0
    while true {
      // SAFETY: one byte is read into one byte.
      let count = unsafe Glibc.read(terminal, &byte, 1)
      if count == 1 { return byte }
      if count == 0 { return nil }
      if errno != EINTR { throw .system(errno: errno) }
    }
  }

  private static func write(_ text: String, to terminal: Int32) {
    let bytes = Array(text.utf8)
    // SAFETY: the array lives for this call. A terminal that takes no text changes nothing.
    _ = unsafe Glibc.write(terminal, bytes, bytes.count)
  }
}
