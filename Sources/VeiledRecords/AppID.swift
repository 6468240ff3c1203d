/// The number of a cloud app in the catalog.
///
/// Stable: an app keeps its number for as long as the catalog lives, and no other app ever gets it.
@frozen public struct AppID: Hashable, Comparable, Sendable {
  /// The number in the columns `app_id`, from 1.
  public let rawValue: Int32

  /// The app of number `rawValue`.
  @inlinable public init(_ rawValue: Int32) { self.rawValue = rawValue }

  /// Orders apps by their numbers.
  @inlinable public static func < (left: AppID, right: AppID) -> Bool {
    left.rawValue < right.rawValue
  }
}
