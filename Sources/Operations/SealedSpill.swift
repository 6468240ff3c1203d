internal import Glibc
internal import Sealing
internal import Storage
internal import Synchronization
internal import UsageAggregation

/// Keeps encoded rows in a file without a name on the home's disk, sealed under a key that lives
/// as long as the run: whatever becomes of the disk, nobody reads them.
final class SealedSpill: SpillStore {
  private struct State {
    var file: ScratchFile?
    var key: KeyHandle?
    var parts: UInt64 = 0
  }
  private let folder: String
  private let state = Mutex(State())

  /// Where a run without a home spills to: `TMPDIR`, else a folder that is on a disk as a rule.
  static var temporaryFolder: String {
    let named = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
    return named.isEmpty ? "/var/tmp" : named
  }

  /// - Parameter folder: on whose disk the file is to be.
  init(in folder: String) { self.folder = folder }

  func store(_ bytes: [UInt8]) throws -> SpillPlace {
    let (file, key, part) = try state.withLock { state in
      let file = try state.file ?? ScratchFile(in: folder)
      let key = try state.key ?? KeyHandle.random()
      (state.file, state.key) = (file, key)
      state.parts += 1
      return (file, key, state.parts)
    }
    // A number that is used once is a nonce; it stands in front.
    let nonce = Self.nonce(part)
    let sealed = try AuthenticatedCipher(key: key).seal(bytes.span, nonce: nonce, associated: [])
    let stored = nonce + sealed
    return SpillPlace(offset: try file.append(stored.span), byteCount: stored.count)
  }

  func load(_ place: SpillPlace) throws -> [UInt8] {
    guard case (let file?, let key?) = state.withLock({ ($0.file, $0.key) }) else {
      preconditionFailure("Nothing was spilled.")
    }
    let stored = try file.read(place.offset, count: place.byteCount)
    let head = AuthenticatedCipher.nonceBytes
    let opened = try AuthenticatedCipher(key: key).open(
      stored.span.extracting(head...), nonce: Array(stored[..<head]), associated: [])
    guard let opened else {
      throw OperationError(
        .inputOutput, "The disk gave other bytes than were written. Nothing was committed.")
    }
    return opened
  }

  private static func nonce(_ number: UInt64) -> [UInt8] {
    (0..<AuthenticatedCipher.nonceBytes).map { place in
      place < 8 ? UInt8(truncatingIfNeeded: number >> UInt64(8 * place)) : 0
    }
  }
}
