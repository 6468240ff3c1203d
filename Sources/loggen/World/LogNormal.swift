import Glibc

/// Log-normally distributed whole numbers, as sizes and durations of web traffic are.
///
/// A table of quantiles with a straight line between neighbours: one multiplication a number.
struct LogNormal {
  private static let steps = 1 << 12
  private let quantiles: [Double]

  /// - Parameters:
  ///   - median: half of the numbers are below it.
  ///   - spread: standard deviation of the logarithm.
  init(median: Double, spread: Double) {
    // The outermost quantiles stay off 0 and 1, where the distribution has no end.
    quantiles = (0...Self.steps).map { step in
      let share = (Double(step) * 0.9998 / Double(Self.steps)) + 0.0001
      return median * exp(spread * Self.standardQuantile(share))
    }
  }

  /// The next number, taken from 64 random bits.
  @inline(__always)
  func number(_ bits: UInt64) -> UInt64 {
    let step = Int(truncatingIfNeeded: bits >> 52)
    let share = Double(truncatingIfNeeded: bits & 0xFFFF) * 0x1p-16
    let low = quantiles[step]
    return UInt64(low + (quantiles[step + 1] - low) * share)
  }

  /// Where the standard normal distribution reaches `share`; bisection, for tables only.
  private static func standardQuantile(_ share: Double) -> Double {
    var low = -8.0
    var high = 8.0
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if 0.5 * erfc(-middle / 2.0.squareRoot()) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

extension Double {
  @inline(__always)
  fileprivate init(truncatingIfNeeded bits: UInt64) { self = Double(Int64(bitPattern: bits)) }
}
