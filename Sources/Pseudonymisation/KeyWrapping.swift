import Glibc
package import Sealing
import Synchronization

/// How the keys of a file are wrapped: by which key-encryption key, and where that comes from.
package final class KeyWrapping: Sendable {
  /// Where the key-encryption key comes from, as the key file says.
  package let source: KeySource
  /// How it is derived where the source is a passphrase.
  package let scrypt: Scrypt?
  let key: KeyHandle

  private init(source: KeySource, scrypt: Scrypt?, key: KeyHandle) {
    self.source = source
    self.scrypt = scrypt
    self.key = key
  }

  /// Gets the key-encryption key by which new keys, or an export, will be wrapped.
  package static func new(
    _ source: KeySource, purpose: String
  ) throws(VeilError) -> KeyWrapping {
    var scrypt: Scrypt?
    if source == .passphrase {
      scrypt = try sealing { () throws(SealingError) in try Scrypt.fresh() }
    }
    do throws(KeyFileFault) {
      return try get(source, scrypt, purpose: purpose, isNew: true)
    } catch {
      if case .noKey(let fault, let source) = error { throw .keySource(fault, source: source) }
      throw .sealing(.outOfMemory(byteCount: KeyWrap.keyBytes))
    }
  }

  /// Gets the key-encryption key that a key file asks for, once in the life of the process.
  ///
  /// - Parameter place: where it is now; `nil`: where the file says. A passphrase stays one.
  static func opening(
    _ source: KeySource, _ scrypt: Scrypt?, from place: KeySource?, purpose: String
  ) throws(KeyFileFault) -> KeyWrapping {
    let place = source == .passphrase ? source : place ?? source
    let wrapping = try get(place, scrypt, purpose: purpose, isNew: false)
    return KeyWrapping(source: source, scrypt: scrypt, key: wrapping.key)
  }

  /// What `LOGVEIL_KEK` names: where the key-encryption key is now, as after a move.
  static func override() throws(KeyFileFault) -> KeySource? {
    guard let text = unsafe getenv("LOGVEIL_KEK") else { return nil }
    guard let source = KeySource(unsafe String(cString: text)), source != .passphrase else {
      throw .badOverride
    }
    return source
  }

  /// Keys that this process has asked for already: a descriptor can be read once, and a person
  /// wants to be asked once.
  private static let known = Mutex<[String: KeyWrapping]>([:])

  private static func get(
    _ source: KeySource, _ scrypt: Scrypt?, purpose: String, isNew: Bool
  ) throws(KeyFileFault) -> KeyWrapping {
    let name = "\(source) \(scrypt?.salt ?? [])"
    if let wrapping = known.withLock({ $0[name] }) { return wrapping }
    let key: KeyHandle
    do throws(KeySourceFault) {
      if let scrypt {
        let text = try PassphrasePrompt.ask("Passphrase for \(purpose)", isNew: isNew)
        do throws(SealingError) { key = try scrypt.key(passphrase: text) } catch {
          throw .system(errno: ENOMEM)
        }
      } else {
        key = try source.key()
      }
    } catch { throw .noKey(error, source: source.description) }
    let wrapping = KeyWrapping(source: source, scrypt: scrypt, key: key)
    known.withLock { $0[name] = wrapping }
    return wrapping
  }

  /// A root wrapped, in hexadecimal digits.
  func wrap(_ root: KeyHandle) throws(SealingError) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let bytes = try KeyWrap.wrap(root, by: key)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
