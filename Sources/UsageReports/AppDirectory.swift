package import ReportFigures

/// What a host is, by today's catalog.
package enum HostClass: Sendable, Equatable {
  /// It belongs to the app of this number.
  case app(Int32)
  /// No app has it; its registrable domain, or the host itself where it has none.
  case domain(String)
}

/// The apps that a report knows; handed in, as reports read no catalog.
package struct AppDirectory: Sendable {
  /// 16 hex digits or so that tell two catalogs apart.
  package let version: String
  let classify: @Sendable (Span<UInt8>) -> HostClass
  let facts: @Sendable (Int32) -> AppFacts?

  /// - Parameters:
  ///   - classify: asked once for each distinct host, from one thread at a time.
  ///   - facts: what is known of an app; `nil` for a number without an app.
  package init(
    version: String, classify: @escaping @Sendable (Span<UInt8>) -> HostClass,
    facts: @escaping @Sendable (Int32) -> AppFacts?
  ) {
    self.version = version
    self.classify = classify
    self.facts = facts
  }
}
