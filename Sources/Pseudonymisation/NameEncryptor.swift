package import ByteBlocks
import Sealing
package import VeiledRecords

/// Turns names into pseudonyms and back, a batch at a time.
///
/// Make one for each thread: it keeps a cipher for each kind and key version that it has met, and
/// the memory of its batches. Names pass through as they come; the canonical form is made before.
package struct NameEncryptor: ~Copyable {
  /// The longest name: as long as the longest line of a log.
  package static let nameBytesMax = 1 << 20
  // A chunk's blocks, states and key stream stay within the second cache level: 3 × 16 bytes ×
  // 4,096.
  private static let chunkNamesMax = 1024
  private static let chunkBlocksMax = 4096

  private struct Lane {
    let kind: IdentityKind
    let version: Int
    let cipher: SIVBatch
  }

  /// The tenant's keys.
  package let keyring: Keyring
  private var lanes: [Lane] = []
  private var messages = BlockMessages()
  private var chunkText: [UInt8] = []
  private var chunkEnds: [Int] = []

  /// An encryptor under the keys of `keyring`.
  package init(_ keyring: Keyring) {
    self.keyring = keyring
  }

  /// Appends the pseudonym of each name to `texts`, in the order of the names.
  ///
  /// - Parameters:
  ///   - names: canonical names of 1 to `nameBytesMax` bytes. An empty one has no pseudonym: the
  ///     caller makes it null.
  ///   - kind: what the names stand for.
  ///   - version: the key version of the events' day, see `Keyring.version(forDay:)`.
  ///   - texts: receives one text a name; where an error is thrown, perhaps fewer.
  /// - Throws: `nameTooLong`, `missingVersion` or `destroyedVersion`; a failing cipher.
  /// - Complexity: 55 ns for a name below 16 bytes, in batches of 1,024: 13 of them for the
  ///   cipher, the others for laying out names and writing texts.
  package mutating func encrypt(
    _ names: ByteStrings,
    kind: IdentityKind,
    version: Int,
    into texts: inout ByteStrings
  ) throws(VeilError) {
    let offsets = names.offsets.span
    for index in 0..<offsets.count - 1 {
      let byteCount = offsets[index + 1] - offsets[index]
      precondition(byteCount > 0, "An empty name has no pseudonym.")
      if byteCount > NameEncryptor.nameBytesMax { throw .nameTooLong(byteCount: byteCount) }
    }
    let cipher = try cipher(kind: kind, version: version)
    let prefix = PseudonymText.prefix(kind: kind, version: version)
    defer { messages.removeAll() }
    var next = 0
    while next < names.count {
      messages.removeAll()
      next = messages.appendPadded(
        names,
        from: next,
        countMax: NameEncryptor.chunkNamesMax,
        blocksMax: NameEncryptor.chunkBlocksMax
      )
      do { try cipher.seal(&messages) } catch { throw .sealing(error) }
      messages.writeTexts(prefix: prefix, into: &chunkText, ends: &chunkEnds)
      texts.append(chunkText.span, ends: chunkEnds)
    }
  }

  /// The name behind a pseudonym.
  ///
  /// - Throws: `malformedPseudonym`, `unknownPseudonym` or `destroyedVersion`; a failing cipher.
  package mutating func reveal(_ text: Span<UInt8>) throws(VeilError) -> [UInt8] {
    guard let pseudonym = PseudonymText(parsing: text) else { throw .malformedPseudonym }
    let cipher: SIVBatch
    do {
      cipher = try self.cipher(kind: pseudonym.kind, version: pseudonym.version)
    } catch .missingVersion {
      throw .unknownPseudonym
    }
    defer { messages.removeAll() }
    messages.removeAll()
    messages.appendSealed(pseudonym.sealed.span)
    let holds: [Bool]
    do { holds = try cipher.open(&messages) } catch { throw .sealing(error) }
    guard holds[0], let name = NameEncryptor.unpadded(messages.text(0)) else {
      throw .unknownPseudonym
    }
    return name
  }

  /// Whether `text` is a pseudonym that this tenant's keys made: such a value of a log that was
  /// read before passes unchanged.
  package mutating func verify(_ text: Span<UInt8>) -> Bool {
    do { return try !reveal(text).isEmpty } catch { return false }
  }

  /// Whether `text` is a pseudonym that this tenant's keys made for what `kind` stands for; users
  /// in and out of private groups share their column, and so pass for each other.
  package mutating func verify(_ text: Span<UInt8>, as kind: IdentityKind) -> Bool {
    guard let pseudonym = PseudonymText(parsing: text) else { return false }
    let isUser = { (kind: IdentityKind) in kind == .user || kind == .privateUser }
    return (pseudonym.kind == kind || isUser(pseudonym.kind) && isUser(kind)) && verify(text)
  }

  private mutating func cipher(
    kind: IdentityKind,
    version: Int
  ) throws(VeilError) -> SIVBatch {
    for lane in lanes where lane.version == version && lane.kind == kind { return lane.cipher }
    let key = try keyring.subkey(kind: kind, version: version)
    let associated = keyring.associatedData(kind: kind)
    do {
      let cipher = try SIVBatch(key: key, associatedData: [associated])
      lanes.append(Lane(kind: kind, version: version, cipher: cipher))
      return cipher
    } catch { throw .sealing(error) }
  }

  /// What stands in front of the padding, or `nil` when there is none.
  private static func unpadded(_ text: [UInt8]) -> [UInt8]? {
    guard let end = text.lastIndex(where: { $0 != 0 }), text[end] == 0x80,
      end > 0, text.count - end <= 16
    else { return nil }
    return Array(text[..<end])
  }
}
