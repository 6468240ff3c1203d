/// Names of parameters of URLs, of at most 16 bytes, whatever the case of their letters.
struct ParameterKeys {
  /// A name in lower case, as a number.
  struct Key: Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private(set) var byteCount = 0

    /// The name that stands in front of the first `=`; `nil` where it is longer than any, or none.
    init?(in text: Span<UInt8>, _ range: Range<Int>) {
      for place in range {
        let byte = text[place]
        if byte == UInt8(ascii: "=") {
          if byteCount == 0 { return nil }
          return
        }
        guard byteCount < 16 else { return nil }
        (high, low) = (high << 8 | low >> 56, low << 8 | UInt64(byte | 0x20))
        byteCount += 1
      }
      return nil
    }

    /// Where the number lies in a set of 64.
    fileprivate var bit: UInt64 { 1 << ((low ^ UInt64(byteCount) << 3) & 63) }
  }
  private let keys: [Key]
  /// Tells of most other names that they are none of these.
  private let bits: UInt64

  init(_ names: [String]) {
    keys = names.compactMap {
      let text = Array("\($0)=".utf8)
      return Key(in: text.span, 0..<text.count)
    }
    bits = keys.reduce(0) { $0 | $1.bit }
  }

  func contains(_ key: Key) -> Bool { bits & key.bit != 0 && keys.contains(key) }
}
