/// What names may begin with: tells of most places that no name begins there.
struct NameStarts: Sendable {
  /// 2²³ bits, one MiB: with a million names one place in eight is looked at in full.
  private static let bitsLog2 = 23
  private static let seed: UInt64 = 0x9e37_79b9_7f4a_7c15

  private var bits = [UInt64](repeating: 0, count: 1 << (bitsLog2 - 6))

  mutating func add(_ name: Span<UInt8>) {
    let bit = Self.bit(name, 0)
    bits[bit >> 6] |= 1 << UInt64(bit & 63)
  }

  func mayBegin(at place: Int, of text: Span<UInt8>) -> Bool {
    guard place <= text.count - LeakNames.bytesMin else { return false }
    let bit = Self.bit(text, place)
    return bits[bit >> 6] >> UInt64(bit & 63) & 1 == 1
  }

  /// The bit of the first letters, of as many as any name has.
  private static func bit(_ text: Span<UInt8>, _ place: Int) -> Int {
    var letters: UInt64 = 0
    for offset in 0..<LeakNames.bytesMin {
      letters = letters << 8 | UInt64(LeakNames.fold(text[place + offset]))
    }
    return Int(truncatingIfNeeded: (letters &* seed) >> UInt64(64 - bitsLog2))
  }
}
