internal import ByteBlocks
internal import Pseudonymisation
internal import Synchronization
internal import VeiledRecords

/// Finds the pseudonym of the newest key version for one of an older version. Names exist in the
/// memory of one call only.
final class PseudonymBridge: Sendable {
  private let encryptor: Mutex<NameEncryptor>
  private let newest: Int?

  init(_ keyring: Keyring) {
    newest = keyring.versions.last { !$0.isDestroyed }?.number
    encryptor = Mutex(NameEncryptor(keyring))
  }

  /// - Returns: `nil` where the text stands for itself: it is under the newest version, no
  ///   pseudonym, or its version was destroyed.
  func newest(of text: Span<UInt8>) -> [UInt8]? {
    guard let newest, let pseudonym = PseudonymText(parsing: text), pseudonym.version != newest
    else { return nil }
    var bytes: [UInt8] = []
    for place in text.indices { bytes.append(text[place]) }
    let kind = pseudonym.kind
    return encryptor.withLock { [bytes] encryptor in
      guard let name = try? encryptor.reveal(bytes.span) else { return nil }
      var names = ByteStrings()
      names.append(bytes: name.span)
      var results = ByteStrings()
      guard (try? encryptor.encrypt(names, kind: kind, version: newest, into: &results)) != nil
      else { return nil }
      return Array(results[0])
    }
  }
}
