extension FixedWidthInteger {
  /// The sum, or the largest number where there is none so large.
  ///
  /// - Precondition: neither number is negative.
  @inlinable public func addingSaturated(_ other: Self) -> Self {
    let (sum, isOver) = addingReportingOverflow(other)
    return isOver ? .max : sum
  }
}
