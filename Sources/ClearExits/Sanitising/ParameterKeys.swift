/// Names of parameters of URLs, of at most 16 bytes, whatever the case of their letters.
struct ParameterKeys {
  /// A name in lower case, as a number.
  struct Key: Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private(set) var byteCount = 0

    /// The name in a part of a text, whose `%5F` and `%2D` are undone; `nil` where it is longer
    /// than any, or none.
    init?(in text: Span<UInt8>, _ range: Range<Int>) {
      var place = range.lowerBound
      while place < range.upperBound {
        var byte = text[place]
        if byte == UInt8(ascii: "%"), place + 2 < range.upperBound {
          byte = text[place + 1] == UInt8(ascii: "5") ? UInt8(ascii: "_") : UInt8(ascii: "-")
          place += 2
        }
        (high, low) = (high << 8 | low >> 56, low << 8 | UInt64(byte | 0x20))
        byteCount += 1
        place += 1
      }
      guard (1...ParameterKeys.byteCountMax).contains(byteCount) else { return nil }
    }

    /// Where the number lies in a set of 64.
    fileprivate var bit: UInt64 { 1 << ((low ^ UInt64(byteCount) << 3) & 63) }
  }
  static let byteCountMax = 16
  private let keys: [Key]
  /// Tells of most other names that they are none of these.
  private let bits: UInt64

  init(_ names: [String]) {
    keys = names.compactMap {
      let text = Array($0.utf8)
      return Key(in: text.span, 0..<text.count)
    }
    bits = keys.reduce(0) { $0 | $1.bit }
  }

  func contains(_ key: Key) -> Bool { bits & key.bit != 0 && keys.contains(key) }
}
