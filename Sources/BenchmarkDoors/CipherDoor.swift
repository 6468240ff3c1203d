public import ByteBlocks
internal import Pseudonymisation
internal import Sealing

/// Seals batches of names under a key of its own, for the benchmarks.
public struct CipherDoor: ~Copyable {
  private let cipher: SIVBatch
  private var messages = BlockMessages()

  /// A cipher under a fresh random key.
  public init() throws {
    cipher = try SIVBatch(key: .random(), associatedData: [Array("benchmark".utf8)])
  }

  /// Seals all of `names` as one batch; none of them is empty.
  ///
  /// - Returns: how many names were sealed.
  public mutating func seal(_ names: ByteStrings) throws -> Int {
    messages.removeAll()
    let end = messages.appendPadded(names, from: 0, countMax: names.count, blocksMax: .max)
    try cipher.seal(&messages)
    return end
  }

  /// Opens the batch that was sealed last.
  ///
  /// - Returns: how many tags hold.
  public mutating func open() throws -> Int {
    try cipher.open(&messages).count { $0 }
  }
}
