import Glibc
import Sealing

/// The private keys that sign the epochs of the governance log, each in a file of its own beside
/// the state.
///
/// A key is there from the moment its epoch begins until the epoch is signed; then it is wiped and
/// removed, so that nobody can sign that part of the log again. Files are named by the epoch: the
/// next key is durable before the transaction that certifies it, and the old one goes after it. So
/// a process that dies leaves either a key too many, which the next one removes, or none.
struct EpochKeys: Sendable {
  /// The folder of the home.
  let home: String

  static func name(_ epoch: Int64) -> String { "state.epoch-\(epoch).key" }

  /// Makes the key of an epoch, durably; one that an interrupted process left is replaced.
  ///
  /// - Returns: its public key.
  func make(_ epoch: Int64) throws(GovernanceError) -> [UInt8] {
    do throws(SealingError) {
      let seed = try KeyHandle.random(byteCount: Ed25519.seedBytes)
      let publicKey = try Ed25519.publicKey(of: seed)
      var text = try SecretText(byteCountMax: 2 * Ed25519.seedBytes + 1)
      seed.appendHexadecimal(to: &text)
      text.append("\n")
      try? write(text.bytes, epoch)
      guard try isThere(epoch, seed) else { throw SealingError.libraryFailed(.signature) }
      return publicKey
    } catch { throw .signingFailed(path: path(epoch)) }
  }

  /// The key of an epoch; `nil` where its file is missing or damaged.
  func seed(_ epoch: Int64) throws(GovernanceError) -> KeyHandle? {
    do throws(SealingError) { return try read(epoch) } catch {
      throw .signingFailed(path: path(epoch))
    }
  }

  /// Wipes and removes the key of an epoch, where it is still there.
  func erase(_ epoch: Int64) {
    let folder = unsafe open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { close(folder) }
    let file = unsafe openat(folder, Self.name(epoch), O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    let zeros = [UInt8](repeating: 0x30, count: 2 * Ed25519.seedBytes)
    // SAFETY: the array has as many bytes as are written.
    _ = unsafe pwrite(file, zeros, zeros.count, 0)
    _ = fdatasync(file)
    _ = unsafe unlinkat(folder, Self.name(epoch), 0)
  }

  func path(_ epoch: Int64) -> String { home + "/" + Self.name(epoch) }
}

extension EpochKeys {
  private func isThere(_ epoch: Int64, _ seed: KeyHandle) throws(SealingError) -> Bool {
    guard let written = try read(epoch) else { return false }
    return written.isSame(as: seed)
  }

  private func write(_ bytes: Span<UInt8>, _ epoch: Int64) throws(GovernanceError) {
    let failed = { GovernanceError.cannotOpen(path: path(epoch), errorNumber: errno) }
    let folder = unsafe open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw failed() }
    defer { close(folder) }
    _ = unsafe unlinkat(folder, Self.name(epoch), 0)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = unsafe openat(folder, Self.name(epoch), flags, 0o600)
    guard file >= 0 else { throw failed() }
    defer { close(file) }
    // SAFETY: the bytes live for this call, which reads as many as there are.
    let count = unsafe bytes.withUnsafeBufferPointer {
      unsafe Glibc.write(file, $0.baseAddress, $0.count)
    }
    guard count == bytes.count, fchmod(file, 0o600) == 0, fsync(file) == 0, fsync(folder) == 0
    else { throw failed() }
  }

  private func read(_ epoch: Int64) throws(SealingError) -> KeyHandle? {
    let file = unsafe open(path(epoch), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_uid == geteuid(), status.st_mode & 0o077 == 0
    else { return nil }
    var text = try SecretText(byteCountMax: 2 * Ed25519.seedBytes)
    text.append { free in
      // SAFETY: the call writes at most the bytes that are free.
      let count = unsafe free.withUnsafeMutableBufferPointer {
        unsafe Glibc.read(file, $0.baseAddress, $0.count)
      }
      return max(0, count)
    }
    do throws(SealingError) {
      return try KeyHandle(hexadecimal: text.bytes, byteCount: Ed25519.seedBytes)
    } catch {
      if case .malformedKey = error { return nil }
      throw error
    }
  }
}
