import GRDB
import Sealing

/// A stretch of the governance log that was signed as one: the records of one transaction.
///
/// Each epoch has an Ed25519 key of its own. Its signature covers the head of the chain and the
/// public key of the next epoch; then the private key is erased. So the whole log can be verified
/// by the first public key alone, and nobody can sign an old stretch again, whatever he finds on
/// the disk. What is signed, one after another:
///
/// ```
/// 28 bytes   "logveil governance epoch v1\n" in ASCII
///  8 bytes   number of the epoch, from 1, least significant byte first
///  8 bytes   sequence of its first record, likewise
///  8 bytes   sequence of its last record, likewise; one below the first where it has none
/// 32 bytes   the hash of the last record, as `RecordHash` has it
/// 32 bytes   the public key of the next epoch
///  8 bytes   count of the bytes that follow, least significant byte first
///  n bytes   when it was closed, as in the log
/// ```
struct Epoch {
  let number: Int64
  let first: Int64
  let publicKey: [UInt8]
  /// `nil` for the epoch that is open.
  let closing: Closing?

  /// How an epoch ended.
  struct Closing {
    let last: Int64
    let head: [UInt8]
    let nextKey: [UInt8]
    let time: [UInt8]
    let signature: [UInt8]
  }

  static let columns = "number, first, public_key, last, head, next_key, closed, signature"

  /// Reads the current row of a statement with these columns; `nil` where a value cannot be one.
  init?(row: borrowing ExactStatement) {
    guard let number = row.value(0).number, let first = row.value(1).number,
      let publicKey = Self.bytes(row.value(2), count: Ed25519.publicKeyBytes)
    else { return nil }
    self.number = number
    self.first = first
    self.publicKey = publicKey
    if row.value(3) == .null, row.value(4) == .null, row.value(7) == .null {
      closing = nil
      return
    }
    guard let last = row.value(3).number,
      let head = Self.bytes(row.value(4), count: RecordHash.byteCount),
      let nextKey = Self.bytes(row.value(5), count: Ed25519.publicKeyBytes),
      case .text(let time) = row.value(6),
      let signature = Self.bytes(row.value(7), count: Ed25519.signatureBytes)
    else { return nil }
    closing = Closing(
      last: last, head: head, nextKey: nextKey, time: time, signature: signature)
  }

  /// What the signature of an epoch covers.
  static func message(
    number: Int64, first: Int64, last: Int64, head: [UInt8], nextKey: [UInt8], time: [UInt8]
  ) -> [UInt8] {
    var message = Array("logveil governance epoch v1\n".utf8)
    for value in [number, first, last] { append(UInt64(bitPattern: value), to: &message) }
    message += head
    message += nextKey
    append(UInt64(time.count), to: &message)
    return message + time
  }

  /// Whether the owner of the epoch's key closed it so.
  func isSigned() throws(GovernanceError) -> Bool {
    guard let closing else { return false }
    let message = Self.message(
      number: number, first: first, last: closing.last, head: closing.head,
      nextKey: closing.nextKey, time: closing.time)
    do throws(SealingError) {
      return try Ed25519.verifies(closing.signature, of: message, publicKey: publicKey)
    } catch { throw .digestFailed }
  }

  private static func append(_ number: UInt64, to message: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) {
      message.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }

  private static func bytes(_ value: ExactValue, count: Int) -> [UInt8]? {
    guard case .text(let text) = value else { return nil }
    return RecordHash.bytes(text, count: count)
  }
}

extension StateDatabase {
  /// Begins the first epoch of a log, and signs the records that are there already.
  static func beginEpochs(_ keys: EpochKeys, in database: Database) throws {
    let publicKey = try keys.make(1)
    try insertEpoch(1, first: 1, publicKey, in: database)
    let head = try ExactStatement(
      "SELECT sequence, hash FROM governance ORDER BY sequence DESC LIMIT 1", in: database)
    guard try head.step(), let last = head.value(0).number,
      case .text(let text) = head.value(1), let hash = RecordHash.bytes(text)
    else { return }
    let open = try openEpoch(keys, in: database)
    try open.close(last: last, head: hash, time: UTCTime.text(UTCTime.now()), keys, in: database)
  }

  static func insertEpoch(
    _ number: Int64, first: Int64, _ publicKey: [UInt8], in database: Database
  ) throws {
    let insert = try ExactStatement(
      "INSERT INTO epochs (number, first, public_key) VALUES (?, ?, ?)", in: database)
    try insert.bind(number, at: 1)
    try insert.bind(first, at: 2)
    try insert.bind(RecordHash.text(publicKey), at: 3)
    try insert.run()
  }

  /// The epoch that is open, with the key that signs it.
  ///
  /// Throws `.signingKeyLost` where they do not belong together: what was erased cannot be brought
  /// back, so the log was put back to an older copy, or its end was cut off.
  static func openEpoch(_ keys: EpochKeys, in database: Database) throws -> OpenEpoch {
    let statement = try ExactStatement(
      "SELECT \(Epoch.columns) FROM epochs ORDER BY number DESC LIMIT 1", in: database)
    guard try statement.step(), let epoch = Epoch(row: statement), epoch.closing == nil,
      let seed = try keys.seed(epoch.number),
      try Ed25519.publicKey(of: seed) == epoch.publicKey
    else { throw GovernanceError.signingKeyLost(path: keys.home + "/" + StateFile.name) }
    return OpenEpoch(number: epoch.number, first: epoch.first, seed: seed)
  }
}

/// The epoch that takes the next records.
struct OpenEpoch {
  let number: Int64
  let first: Int64
  let seed: KeyHandle

  /// Signs the epoch and begins the next one; its key can be erased once this is committed.
  func close(
    last: Int64, head: [UInt8], time: String, _ keys: EpochKeys, in database: Database
  ) throws {
    let nextKey = try keys.make(number + 1)
    let message = Epoch.message(
      number: number, first: first, last: last, head: head, nextKey: nextKey,
      time: Array(time.utf8))
    let signature = try Ed25519.sign(message, seed: seed)
    let update = try ExactStatement(
      """
      UPDATE epochs SET last = ?, head = ?, next_key = ?, closed = ?, signature = ?
      WHERE number = ?
      """, in: database)
    try update.bind(last, at: 1)
    try update.bind(RecordHash.text(head), at: 2)
    try update.bind(RecordHash.text(nextKey), at: 3)
    try update.bind(time, at: 4)
    try update.bind(RecordHash.text(signature), at: 5)
    try update.bind(number, at: 6)
    try update.run()
    try StateDatabase.insertEpoch(number + 1, first: last + 1, nextKey, in: database)
  }
}
