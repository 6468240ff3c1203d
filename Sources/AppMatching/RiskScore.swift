/// How a risk score is computed.
package struct RiskMetric: Sendable, Equatable {
  /// By the name of a factor or a group; what is not named is of medium importance.
  package var importances: [String: Importance] = [:]
  /// Whether a factor that does not apply counts as a bad one; else it is left out.
  package var notApplicableCounts = false

  package init() {}

  fileprivate func weight(_ name: String) -> Int { (importances[name] ?? .medium).weight }
}

/// A risk score from 0 (risky) to 10 (not risky), with how much of it is known.
///
/// A group's score is the weighted mean of its stated factors; the score is the weighted mean of
/// the groups that have any. **What nobody stated counts neither way**: it lowers `knownPercent`.
package struct RiskScore: Sendable, Equatable {
  /// In tenths, 0 … 100.
  package var tenths: Int
  /// Of a hundred weights of factors, those that are stated.
  package var knownPercent: Int

  package init(tenths: Int, knownPercent: Int) {
    self.tenths = tenths
    self.knownPercent = knownPercent
  }

  /// `nil` where no factor with any weight is stated.
  package init?(_ values: [String: FactorValue], metric: RiskMetric = RiskMetric()) {
    var known = 0
    var all = 0
    var sum = 0.0
    var weights = 0
    for group in RiskFactor.Group.allCases {
      let groupWeight = metric.weight(group.rawValue)
      var points = 0
      var pointWeights = 0
      for factor in RiskFactor.all where factor.group == group {
        let weight = metric.weight(factor.name) * groupWeight
        all += weight
        guard let value = values[factor.name] else { continue }
        known += weight
        switch value {
        case .points(let tenths):
          points += tenths * weight
          pointWeights += weight
        case .notApplicable where metric.notApplicableCounts: pointWeights += weight
        case .notApplicable: break
        }
      }
      guard pointWeights > 0 else { continue }
      sum += Double(points) / Double(pointWeights) * Double(groupWeight)
      weights += groupWeight
    }
    guard weights > 0, all > 0 else { return nil }
    tenths = Int((sum / Double(weights)).rounded())
    knownPercent = known * 100 / all
  }
}
