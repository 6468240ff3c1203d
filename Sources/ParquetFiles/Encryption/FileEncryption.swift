package import Sealing

/// How files are encrypted: Parquet modular encryption, AES_GCM_V1, one key for the footer and all
/// columns. Other readers open them with the key alone.
///
/// The nonce of a module is a keyed code of what it seals and where it stands: equal modules of
/// equal files are equal, others differ, and no two messages ever share a nonce but by a chance of
/// 2^-96 a pair. So the same rows give the same bytes, as in plain files.
package struct FileEncryption: Sendable {
  /// 16 or 32 bytes.
  let key: KeyHandle
  let nonceKey: KeyHandle
  /// Tells readers which key it is; stands in the file as it is.
  let keyName: [UInt8]

  package init(key: KeyHandle, nonceKey: KeyHandle, keyName: String) {
    self.key = key
    self.nonceKey = nonceKey
    self.keyName = Array(keyName.utf8)
  }
}

/// Gives the key of a file by its name; `nil` where there is none.
package typealias FileKeys = @Sendable (_ keyName: String) -> KeyHandle?

/// Which part of a file a module is; the numbers are Parquet's.
enum ModuleKind: UInt8 {
  case footer = 0
  case dataPage = 2
  case dictionaryPage = 3
  case dataPageHeader = 4
  case dictionaryPageHeader = 5
}

/// What ties a module to its place, so that modules cannot be swapped.
struct ModulePlace {
  let fileID: [UInt8]
  var rowGroup = 0
  var column = 0

  func associated(_ kind: ModuleKind, page: Int? = nil) -> [UInt8] {
    var bytes = fileID + [kind.rawValue]
    guard kind != .footer else { return bytes }
    for number in [rowGroup, column] + (page.map { [$0] } ?? []) {
      bytes += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    }
    return bytes
  }
}

/// Seals modules: length of what follows (4 bytes) | nonce (12) | cipher text | tag (16).
struct ModuleSealer: ~Copyable {
  static let overheadBytes = 4 + AuthenticatedCipher.nonceBytes + AuthenticatedCipher.tagBytes

  private let encryption: FileEncryption
  private let cipher: AuthenticatedCipher

  init(_ encryption: FileEncryption) throws(ParquetError) {
    self.encryption = encryption
    do { cipher = try AuthenticatedCipher(key: encryption.key) } catch {
      throw .encryption(error.description)
    }
  }

  func seal(_ module: [UInt8], _ associated: [UInt8]) throws(ParquetError) -> [UInt8] {
    do {
      let code = try MessageCode.hmacSHA256(
        (associated + module).span, key: encryption.nonceKey)
      let nonce = Array(code.prefix(AuthenticatedCipher.nonceBytes))
      let sealed = try cipher.seal(module.span, nonce: nonce, associated: associated)
      return littleEndian(nonce.count + sealed.count) + nonce + sealed
    } catch { throw .encryption(error.description) }
  }
}

/// Opens modules.
struct ModuleOpener: ~Copyable {
  private let cipher: AuthenticatedCipher

  init(_ key: KeyHandle) throws(ParquetError) {
    do { cipher = try AuthenticatedCipher(key: key) } catch {
      throw .encryption(error.description)
    }
  }

  /// The module at `position`, which moves behind it.
  func open(
    _ bytes: [UInt8], at position: inout Int, end: Int, _ associated: [UInt8]
  ) throws(ParquetError) -> [UInt8] {
    let head = 4 + AuthenticatedCipher.nonceBytes
    guard position >= 0, end <= bytes.count, end - position >= head else {
      throw .damaged(.module, offset: position)
    }
    let length = Int(bytes.span.raw.number(at: position, as: UInt32.self))
    guard length >= ModuleSealer.overheadBytes - 4, length <= end - position - 4 else {
      throw .damaged(.module, offset: position)
    }
    let opened: [UInt8]?
    do {
      opened = try cipher.open(
        bytes.span.extracting(position + head..<position + 4 + length),
        nonce: Array(bytes[position + 4..<position + head]), associated: associated)
    } catch { throw .encryption(error.description) }
    guard let opened else { throw .damaged(.module, offset: position) }
    position += 4 + length
    return opened
  }
}

func littleEndian(_ number: Int) -> [UInt8] {
  (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
