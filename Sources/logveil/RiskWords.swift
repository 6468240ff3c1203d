import ReportPages

/// A risk score in words.
enum RiskWords {
  /// `7.5 (34 % known)`, or `8.0 (set by hand)`.
  static func text(tenths: Int, known: Int?, note: String?) -> String {
    let origin = note == nil ? "\(known ?? 0) % known" : "set by hand"
    return "\(FigureText.tenths(tenths)) (\(origin))"
  }
}
