package import VeiledRecords

/// What a person asked the activity log.
package struct ActivityRequest: Sendable {
  /// A column by which rows are chosen, and how it is named on the command line.
  package enum Key: String, Sendable, CaseIterable {
    case app, user, device, ip, action, host, source, group, method, status, archive
    case ipTag = "ip-tag"

    var column: String {
      switch self {
      case .ip: "src_ip"
      case .status: "http_status"
      case .group: "user"
      case .ipTag: "ip_tag"
      default: rawValue
      }
    }
  }

  /// Values of a column that are wanted, or not.
  package struct Choice: Sendable {
    package let key: Key
    package let values: [String]
    package let isExcluding: Bool

    package init(_ key: Key, _ values: [String], isExcluding: Bool) {
      self.key = key
      self.values = values
      self.isExcluding = isExcluding
    }
  }

  package var home: String
  package var tenant: String
  /// The log with clear names.
  package var isClear = false
  package var choices: [Choice] = []
  /// A pseudonym whose person is wanted, under all keys.
  package var followed: String?
  package var first: CivilDay?
  package var last: CivilDay?
  /// Why private activities are to be shown, too; `nil`: they stay hidden.
  package var confirmation: String?
  package var threads = 1

  package init(home: String, tenant: String) {
    self.home = home
    self.tenant = tenant
  }
}

/// Which rows in which order.
package struct RowOrder: Sendable {
  package var columns: [String] = []
  package var isDescending = false
  /// `nil`: all rows.
  package var limit: Int?

  package init() {}
}
