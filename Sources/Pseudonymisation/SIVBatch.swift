package import Sealing

/// AES-128-SIV (RFC 5297) over many messages at once.
///
/// OpenSSL's own AES-SIV takes one message a call and costs microseconds, since it keys itself
/// afresh each time. Here the steps of all messages run side by side, so that each step is one
/// call of AES on single blocks:
///
/// ```
/// S2V   state ⊕= block j of each message;  AES(authentication key) over all states;  j = 0, 1, …
/// CTR   counters of all blocks of all messages;  AES(counter key) once;  text ⊕= key stream
/// ```
/// Messages of up to sixteen bytes need two calls in all, however many they are; longer ones one
/// more for each further block of the longest. What depends on the key and the associated data
/// alone is computed once. Not for use by two threads at once: make one for each.
package final class SIVBatch {
  private let authentication: BlockCipher
  private let counter: BlockCipher
  private let subkeys: CMAC.Subkeys
  /// S2V's state behind the associated data, and the same doubled, for texts below 16 bytes.
  private let associated: CipherBlock
  private let associatedDoubled: CipherBlock

  private var states: [CipherBlock] = []
  private var order: [Int] = []
  private var keyStream: [CipherBlock] = []

  /// The cipher under a key of 32 bytes: sixteen for S2V, then sixteen for CTR.
  ///
  /// - Parameter associatedData: at most 126 strings, authenticated with each message.
  package init(key: KeyHandle, associatedData: [[UInt8]]) throws(SealingError) {
    precondition(key.byteCount == 32, "A key of AES-128-SIV has 32 bytes.")
    precondition(associatedData.count <= 126, "RFC 5297 takes at most 126 associated strings.")
    authentication = try BlockCipher(key: key, from: 0)
    counter = try BlockCipher(key: key, from: 16)
    subkeys = try CMAC.subkeys(authentication)
    let zero = [UInt8](repeating: 0, count: 16)
    var state = try CMAC.code(of: zero, cipher: authentication, subkeys: subkeys)
    for string in associatedData {
      let code = try CMAC.code(of: string, cipher: authentication, subkeys: subkeys)
      state = state.doubled ^ code
    }
    associated = state
    associatedDoubled = state.doubled
  }

  /// Seals each message in its place: its tag in front, cipher text instead of its text.
  package func seal(_ messages: inout BlockMessages) throws(SealingError) {
    try authenticate(messages)
    for index in 0..<messages.count { messages.blocks[messages.starts[order[index]]] = states[index] }
    try applyKeyStream(&messages)
  }

  /// Opens each message in its place.
  ///
  /// - Returns: for each message whether its tag holds. The text of one that does not is zero.
  package func open(_ messages: inout BlockMessages) throws(SealingError) -> [Bool] {
    try applyKeyStream(&messages)
    try authenticate(messages)
    var holds = [Bool](repeating: false, count: messages.count)
    for (place, index) in order.enumerated() {
      let tag = messages.blocks[messages.starts[index]]
      holds[index] = ConstantTime.equal(tag, states[place])
      if holds[index] { continue }
      for block in messages.textBlocks(index) { messages.blocks[block] = .zero }
    }
    return holds
  }
}

extension SIVBatch {
  /// Computes S2V of all messages: of message `order[i]` into `states[i]`.
  private func authenticate(_ messages: BlockMessages) throws(SealingError) {
    sortByBlockCount(messages)
    states.removeAll(keepingCapacity: true)
    states.append(contentsOf: repeatElement(.zero, count: messages.count))
    var active = messages.count
    for step in 0..<messages.blockCountMax {
      // The longest come first, so those that still have a block are always in front.
      while active > 0, messages.textBlocks(order[active - 1]).count <= step { active -= 1 }
      for place in 0..<active { states[place] ^= block(step, of: order[place], in: messages) }
      var span = states.mutableSpan
      try authentication.encrypt(&span, first: active)
    }
  }

  /// Block `step` of the message that CMAC sees: the text with S2V's state mixed into its last
  /// sixteen bytes, and CMAC's subkey into its last block.
  @inline(__always)
  private func block(_ step: Int, of index: Int, in messages: BlockMessages) -> CipherBlock {
    let block = messages.blocks[messages.starts[index] + 1 + step]
    let byteCount = messages.byteCounts[index]
    let remaining = byteCount - step * 16
    let tail = byteCount % 16
    if remaining > 32 || (tail == 0 && remaining > 16) { return block }
    if tail == 0 { return block ^ associated ^ subkeys.whole }
    if byteCount < 16 {
      return block ^ .byte(0x80, at: tail) ^ associatedDoubled ^ subkeys.whole
    }
    if remaining > 16 { return block ^ associated.movedBack(by: tail) }
    return block ^ associated.movedForward(by: 16 - tail) ^ .byte(0x80, at: tail)
      ^ subkeys.padded
  }

  /// Puts the indices of all messages into `order`, those with the most blocks first.
  private func sortByBlockCount(_ messages: BlockMessages) {
    order.removeAll(keepingCapacity: true)
    if messages.textBlockCount == messages.count {
      order.append(contentsOf: 0..<messages.count)
      return
    }
    // Counting sort: `ends[n]` is the place of the next message with n blocks.
    var ends = [Int](repeating: 0, count: messages.blockCountMax + 2)
    for index in 0..<messages.count { ends[messages.textBlocks(index).count - 1] += 1 }
    for blockCount in stride(from: messages.blockCountMax, to: 0, by: -1) {
      ends[blockCount - 1] += ends[blockCount]
    }
    order.append(contentsOf: repeatElement(0, count: messages.count))
    for index in 0..<messages.count {
      let blockCount = messages.textBlocks(index).count
      order[ends[blockCount]] = index
      ends[blockCount] += 1
    }
  }

  /// Mixes the key stream that starts at each message's tag into its text.
  private func applyKeyStream(_ messages: inout BlockMessages) throws(SealingError) {
    keyStream.removeAll(keepingCapacity: true)
    for index in 0..<messages.count {
      // Two bits of the tag are cleared, so that adding never carries past 31 bits.
      var block = messages.blocks[messages.starts[index]]
      block[1] &= ~0x0000_0080_0000_0080
      let low = UInt64(bigEndian: block[1])
      for step in 0..<messages.textBlocks(index).count {
        keyStream.append(CipherBlock(block[0], (low &+ UInt64(step)).bigEndian))
      }
    }
    var span = keyStream.mutableSpan
    try counter.encrypt(&span, first: keyStream.count)
    var next = 0
    for index in 0..<messages.count {
      let blocks = messages.textBlocks(index)
      for block in blocks {
        messages.blocks[block] ^= keyStream[next]
        next += 1
      }
      let tail = messages.byteCounts[index] % 16
      let last = blocks.upperBound - 1
      if tail > 0 { messages.blocks[last] = messages.blocks[last].prefix(tail) }
    }
  }
}
