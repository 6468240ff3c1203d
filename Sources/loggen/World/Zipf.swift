import Glibc

/// Ranks from 0, the first ones far more often than the last: rank `k` has weight `1 / (k +
/// 1)^exponent`.
///
/// Rejection-inversion (Hörmann and Derflinger, 1996): no table, so any number of ranks costs the
/// same, two logarithms and two exponentials a number.
struct Zipf {
  private let count: Int
  private let exponent: Double
  private let integralFirst: Double
  private let integralLast: Double
  private let acceptAlways: Double

  /// - Precondition: `count` is positive, `exponent` is positive and not 1.
  init(count: Int, exponent: Double) {
    precondition(count > 0 && exponent > 0 && exponent != 1, "No such Zipf distribution.")
    self.count = count
    self.exponent = exponent
    integralFirst = Self.integral(1.5, exponent) - 1
    integralLast = Self.integral(Double(count) + 0.5, exponent)
    let bound = Self.integral(2.5, exponent) - Self.weight(2, exponent)
    acceptAlways = 2 - Self.inverse(bound, exponent)
  }

  /// The next rank.
  func next(_ random: inout Random) -> Int {
    while true {
      let area = integralLast + random.unit() * (integralFirst - integralLast)
      let at = Self.inverse(area, exponent)
      let rank = min(max((at + 0.5).rounded(.down), 1), Double(count))
      if rank - at <= acceptAlways
        || area >= Self.integral(rank + 0.5, exponent) - Self.weight(rank, exponent)
      {
        return Int(rank) - 1
      }
    }
  }

  private static func weight(_ at: Double, _ exponent: Double) -> Double { pow(at, -exponent) }

  private static func integral(_ at: Double, _ exponent: Double) -> Double {
    (pow(at, 1 - exponent) - 1) / (1 - exponent)
  }

  private static func inverse(_ area: Double, _ exponent: Double) -> Double {
    pow(max(1 + area * (1 - exponent), 0), 1 / (1 - exponent))
  }
}
