/// Numbers that look random and are the same for the same seed (Steele, Lea and Flood: SplitMix64).
package struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }

  /// A number of 0..<`count`.
  package mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// `true` once in `times` on average.
  package mutating func once(in times: Int) -> Bool { below(times) == 0 }

  /// One of `values`.
  package mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

  /// `count` bytes out of `alphabet`; those that stand in it more often come more often.
  package mutating func bytes(_ count: Int, of alphabet: [UInt8]) -> [UInt8] {
    (0..<count).map { _ in alphabet[below(alphabet.count)] }
  }

  /// `count` bytes of any value.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

/// Calls `body` with every string over `alphabet` of at most `lengthMax` bytes, short ones first.
package func forEachString(
  over alphabet: [UInt8],
  lengthMax: Int,
  _ body: ([UInt8]) throws -> Void
) rethrows {
  for length in 0...lengthMax {
    let count = (0..<length).reduce(1) { product, _ in product * alphabet.count }
    for number in 0..<count {
      var rest = number
      var string = [UInt8](repeating: 0, count: length)
      for place in string.indices {
        string[place] = alphabet[rest % alphabet.count]
        rest /= alphabet.count
      }
      try body(string)
    }
  }
}
