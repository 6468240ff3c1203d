/// One thing about an app that makes it more or less risky.
///
/// Names are stable: organisations load values by them. They follow the usual four groups of cloud
/// discovery tools.
package struct RiskFactor: Sendable, Equatable {
  package enum Group: String, Sendable, CaseIterable { case general, security, compliance, legal }

  package let name: String
  package let group: Group

  /// All factors, group by group.
  package static let all: [RiskFactor] =
    general.map { RiskFactor(name: $0, group: .general) }
    + security.map { RiskFactor(name: $0, group: .security) }
    + compliance.map { RiskFactor(name: $0, group: .compliance) }
    + legal.map { RiskFactor(name: $0, group: .legal) }

  package static func named(_ name: String) -> RiskFactor? { all.first { $0.name == name } }

  private static let general = [
    "founded", "public_company", "disaster_recovery_plan", "popularity", "uptime_record",
  ]
  private static let security = [
    "data_at_rest_encryption", "encryption_in_transit", "multi_factor_authentication",
    "single_sign_on", "password_policy", "ip_restriction", "admin_audit_trail",
    "user_audit_trail", "data_audit_trail", "data_classification", "penetration_testing",
    "no_anonymous_use", "trusted_certificate", "http_security_headers", "breach_free",
    "file_sharing_control",
  ]
  private static let compliance = [
    "iso_27001", "iso_27017", "iso_27018", "soc_1", "soc_2", "soc_3", "isae_3402", "hipaa",
    "pci_dss", "fedramp", "csa_star", "c5", "tisax", "finra", "fisma", "sox", "itar", "cobit",
  ]
  private static let legal = [
    "gdpr_ready", "data_ownership", "data_retention_policy", "data_deletion_on_leaving",
    "data_location_stated", "processing_agreement", "dmca", "government_request_report",
  ]
}

/// What somebody stated of a factor.
package enum FactorValue: Sendable, Equatable {
  /// In tenths of points, 0 (bad) … 100 (good).
  case points(Int)
  /// The factor does not apply to the app.
  case notApplicable

  /// `yes`, `no`, `n/a`, or points from 0 to 10 such as `7` and `7.5`; `nil` for all else.
  package init?(_ text: String) {
    switch text.lowercased() {
    case "yes", "true": self = .points(100)
    case "no", "false": self = .points(0)
    case "n/a", "na": self = .notApplicable
    default:
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
        parts.count <= 2, let whole = parts.first.flatMap({ Int($0) }), whole >= 0,
        let tenth = parts.count == 1 ? 0 : parts[1].count == 1 ? Int(parts[1]) : nil,
        tenth >= 0, whole * 10 + tenth <= 100
      else { return nil }
      self = .points(whole * 10 + tenth)
    }
  }
}

/// How much a factor, or a whole group, weighs.
package enum Importance: String, Sendable, CaseIterable {
  case ignored, low, medium, high
  case veryHigh = "very_high"

  var weight: Int {
    switch self {
    case .ignored: 0
    case .low: 1
    case .medium: 2
    case .high: 4
    case .veryHigh: 8
    }
  }
}
