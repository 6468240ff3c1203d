internal import ByteBlocks

/// Syslog messages that say how long they are, `57 <134>1 …`, one right behind the other (RFC 6587,
/// section 3.4.1): a relay's stream that was written as it came.
///
/// Such a text has no newlines. The first digit of a frame becomes one where none stands in front,
/// so that each message is a line: no byte moves, and what is left of the count is passed over with
/// the rest of the header.
struct OctetFrames {
  private enum State {
    /// At a frame's first byte.
    case start
    /// In the digits of a frame's count.
    case count(Int)
    /// So many bytes of a frame are left.
    case message(Int)
    /// The text has no frames, or none any more.
    case none
  }

  /// Digits of a count.
  private static let digitsMax = 7

  private var state: State
  private var isFirst = true
  private var isBehindNewline = true
  /// Whether newlines were put between frames.
  private(set) var areJoined = false

  /// - Parameter isPossible: the text is read from its start.
  init(isPossible: Bool) { state = isPossible ? .start : .none }

  /// Makes each frame in the next block of the text a line.
  mutating func separate(_ block: inout Block) {
    if case .none = state { return }
    var at = 0
    while at < block.count {
      switch state {
      case .none: return
      case .message(let left):
        let step = min(left, block.count - at)
        at += step
        isBehindNewline = block.text[at - 1] == UInt8(ascii: "\n")
        state = left > step ? .message(left - step) : .start
      case .start:
        let byte = block.text[at]
        if !isFirst, byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
          isBehindNewline = true
          at += 1
          continue
        }
        guard Self.isFrame(block.text, at, mayBeCut: !isFirst) else { return state = .none }
        if !isBehindNewline {
          block.replace(at, with: UInt8(ascii: "\n"))
          areJoined = true
        }
        isFirst = false
        state = .count(Int(byte &- 0x30))
        at += 1
      case .count(let count):
        let byte = block.text[at]
        at += 1
        if byte == UInt8(ascii: " ") {
          state = count > 0 ? .message(count) : .none
        } else if byte &- 0x30 < 10, count < 1_000_000 {
          state = .count(count * 10 + Int(byte &- 0x30))
        } else {
          state = .none
        }
      }
    }
  }

  /// Whether a count and a syslog priority stand at `start`, as far as the text goes.
  private static func isFrame(_ text: Span<UInt8>, _ start: Int, mayBeCut: Bool) -> Bool {
    var at = start
    while at < text.count, text[at] &- 0x30 < 10, at - start < digitsMax { at += 1 }
    guard at > start else { return false }
    for mark in [UInt8(ascii: " "), UInt8(ascii: "<")] {
      guard at < text.count else { return mayBeCut }
      guard text[at] == mark else { return false }
      at += 1
    }
    return true
  }
}
