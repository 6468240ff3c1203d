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
  /// S2V's state behind the associated data.
  private let associated: CipherBlock
  /// What is mixed into a last block of sixteen bytes.
  private let wholeLast: CipherBlock

  // Memory of a batch, kept for the next one.
  private var states: [CipherBlock] = []
  private var order: [Int] = []
  private var keyStream: [CipherBlock] = []

  /// The cipher under a key of 32 bytes: sixteen for S2V, then sixteen for CTR.
  ///
  /// - Parameters:
  ///   - key: 32 bytes.
  ///   - associatedData: at most 126 strings, authenticated with each message.
  /// - Throws: `libraryFailed` where OpenSSL refuses.
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
    wholeLast = state ^ subkeys.whole
  }

  /// Seals each message in its place: its tag in front, cipher text instead of its text.
  package func seal(_ messages: inout BlockMessages) throws(SealingError) {
    try authenticate(messages, &states, &order)
    SIVBatch.store(states, of: order, asTagsOf: &messages)
    try applyKeyStream(&messages, &keyStream)
  }

  /// Opens each message in its place.
  ///
  /// - Returns: for each message whether its tag holds. The text of one that does not is zero.
  package func open(_ messages: inout BlockMessages) throws(SealingError) -> [Bool] {
    try applyKeyStream(&messages, &keyStream)
    try authenticate(messages, &states, &order)
    var holds = [Bool](repeating: false, count: messages.count)
    for (place, index) in order.enumerated() {
      let tag = messages.blocks[messages.starts[index]]
      holds[index] = ConstantTime.equal(tag, states[place])
      if holds[index] { continue }
      for block in messages.textBlocks(index) { messages.blocks[block] = .zero }
    }
    return holds
  }

  private static func store(
    _ states: [CipherBlock],
    of order: [Int],
    asTagsOf messages: inout BlockMessages
  ) {
    let starts = messages.starts
    var blocks = messages.blocks.mutableSpan
    for place in order.indices { blocks[starts[order[place]]] = states[place] }
  }

  /// Computes S2V of all messages: of message `order[i]` into `states[i]`.
  private func authenticate(
    _ messages: BlockMessages,
    _ states: inout [CipherBlock],
    _ order: inout [Int]
  ) throws(SealingError) {
    SIVBatch.sortByBlockCount(messages, &order)
    SIVBatch.grow(&states, to: messages.count)
    let order = order.span
    let starts = messages.starts.span
    let byteCounts = messages.byteCounts.span
    let blocks = messages.blocks.span
    var states = states.mutableSpan
    var active = messages.count
    for step in 0..<messages.blockCountMax {
      // The longest come first, so those that still have a block are always in front.
      while byteCounts[order[active - 1]] <= step * 16 { active -= 1 }
      for place in 0..<active {
        let index = order[place]
        let block = mixed(
          blocks[starts[index] + 1 + step],
          from: step * 16,
          byteCount: byteCounts[index]
        )
        states[place] = step == 0 ? block : block ^ states[place]
      }
      try authentication.encrypt(&states, first: active)
    }
  }

  /// What CMAC sees of a block that starts at byte `offset` of a text: S2V's state is mixed into
  /// the last sixteen bytes of the text, and CMAC's subkey into its last block.
  @inline(__always)
  private func mixed(_ block: CipherBlock, from offset: Int, byteCount: Int) -> CipherBlock {
    let remaining = byteCount - offset
    if remaining >= 32 { return block }
    let tail = byteCount % 16
    if tail == 0 { return remaining > 16 ? block : block ^ wholeLast }
    if remaining > 16 { return block ^ associated.movedBack(by: tail) }
    let padded = block ^ .byte(0x80, at: tail)
    if offset == 0 { return padded ^ associated.doubled ^ subkeys.whole }
    return padded ^ associated.movedForward(by: 16 - tail) ^ subkeys.padded
  }

  /// Puts the indices of all messages into `order`, those with the most blocks first.
  private static func sortByBlockCount(_ messages: BlockMessages, _ order: inout [Int]) {
    order.removeAll(keepingCapacity: true)
    if messages.textBlockCount == messages.count * messages.blockCountMax {
      order.append(contentsOf: 0..<messages.count)
      return
    }
    // Counting sort: `places[n]` is the place of the next message with n blocks.
    var places = [Int](repeating: 0, count: messages.blockCountMax + 1)
    for index in 0..<messages.count { places[messages.textBlocks(index).count - 1] += 1 }
    for blockCount in stride(from: messages.blockCountMax, to: 0, by: -1) {
      places[blockCount - 1] += places[blockCount]
    }
    order.append(contentsOf: repeatElement(0, count: messages.count))
    for index in 0..<messages.count {
      let blockCount = messages.textBlocks(index).count
      order[places[blockCount]] = index
      places[blockCount] += 1
    }
  }

  /// Mixes the key stream that starts at each message's tag into its text.
  private func applyKeyStream(
    _ messages: inout BlockMessages,
    _ keyStream: inout [CipherBlock]
  ) throws(SealingError) {
    let count = messages.textBlockCount
    SIVBatch.grow(&keyStream, to: count)
    var keyStream = keyStream.mutableSpan
    SIVBatch.count(messages, into: &keyStream)
    try counter.encrypt(&keyStream, first: count)
    let (starts, byteCounts) = (messages.starts, messages.byteCounts)
    var blocks = messages.blocks.mutableSpan
    var next = 0
    for index in byteCounts.indices {
      for block in starts[index] + 1..<starts[index + 1] {
        blocks[block] ^= keyStream[next]
        next += 1
      }
      let tail = byteCounts[index] % 16
      let last = starts[index + 1] - 1
      if tail > 0 { blocks[last] = blocks[last].prefix(tail) }
    }
  }

  /// Writes the counters of all blocks of all texts into `target`.
  private static func count(
    _ messages: BlockMessages,
    into target: inout MutableSpan<CipherBlock>
  ) {
    let starts = messages.starts.span
    let blocks = messages.blocks.span
    var next = 0
    for index in 0..<messages.count {
      // Two bits of the tag are cleared, so that adding never carries past 31 bits.
      let tag = blocks[starts[index]]
      var low = UInt64(bigEndian: tag[1] & ~0x0000_0080_0000_0080)
      for _ in starts[index] + 1..<starts[index + 1] {
        target[next] = CipherBlock(tag[0], low.bigEndian)
        low &+= 1
        next += 1
      }
    }
  }

  /// Makes `blocks` at least `count` long; what is in them does not matter.
  private static func grow(_ blocks: inout [CipherBlock], to count: Int) {
    let missing = count - blocks.count
    if missing > 0 { blocks.append(contentsOf: repeatElement(.zero, count: missing)) }
  }
}

extension SIVBatch {
  /// Seals RFC 5297's vector A.1 and compares: meant for the start of a process, after
  /// `Sealing.SelfTest`.
  package static func selfTest() throws(VeilError) {
    let key = Array("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff".utf8)
    let text: [UInt8] = [17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238]
    var messages = BlockMessages()
    messages.append(text.span)
    do {
      let handle = try KeyHandle(hexadecimal: key.span, byteCount: 32)
      let cipher = try SIVBatch(key: handle, associatedData: [Array(0x10...0x27)])
      try cipher.seal(&messages)
    } catch { throw .sealing(error) }
    let tag = CipherBlock(0x7ff3_e8c6_072d_6385, 0x93cc_2e0a_32cd_0a95)
    if messages.blocks[0] != tag { throw .sealing(.selfTestFailed(.cipher)) }
  }
}
