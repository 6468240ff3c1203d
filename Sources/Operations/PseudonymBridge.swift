internal import ByteBlocks
internal import Pseudonymisation
internal import Synchronization
internal import VeiledRecords

/// Finds the pseudonym `u…` of who stands as `p…`, in memory alone: whose activities became private
/// within a month would count twice in it.
final class PrivateLink: Sendable {
  private struct State: ~Copyable {
    var encryptor: NameEncryptor?
    var error: OperationError?
  }
  private let home: Home
  private let tenant: String
  private let state = Mutex(State())

  init(_ home: Home, tenant: String) {
    self.home = home
    self.tenant = tenant
  }

  /// Why private pseudonyms could not be linked; `nil`: they were, or there are none.
  var error: OperationError? { state.withLock { $0.error } }

  /// - Returns: `nil` where the text stands for itself: it is of no private person, or its key was
  ///   destroyed.
  func user(of text: Span<UInt8>) -> [UInt8]? {
    guard text.count > 0, text[0] == UInt8(ascii: "p"),
      let pseudonym = PseudonymText(parsing: text), pseudonym.kind == .privateUser
    else { return nil }
    let bytes = text.indices.map { text[$0] }
    return state.withLock { [home, tenant] state in
      if state.encryptor == nil, state.error == nil {
        do throws(OperationError) {
          state.encryptor = NameEncryptor(try home.loadKeys(of: tenant))
        } catch { state.error = error }
      }
      guard let name = try? state.encryptor?.reveal(bytes.span) else { return nil }
      var (names, results) = (ByteStrings(), ByteStrings())
      names.append(bytes: name.span)
      guard
        (try? state.encryptor?.encrypt(
          names, kind: .user, version: pseudonym.version, into: &results)) != nil
      else { return nil }
      return Array(results[0])
    }
  }
}

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
