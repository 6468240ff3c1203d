/// What is to be written to the governance log; the log adds sequence, time and hash.
///
/// No field may hold a clear user name except the account of the initiator: the target of a
/// conversion is the pseudonym, in both directions. A justification is kept as it was typed.
package struct GovernanceRecord: Equatable, Sendable {
  /// The largest field, in bytes of UTF-8.
  package static let fieldBytesMax = 65_536

  package var action: GovernanceAction
  package var status: GovernanceStatus
  /// The account that asked.
  package var initiator: String
  /// What it was done to; `nil` where the action says all.
  package var target: String?
  /// `nil` where the action concerns the whole home.
  package var tenant: String?
  /// Why, in the words of the initiator; `nil` where none is asked for.
  package var justification: String?
  /// What went wrong, of a failed action.
  package var error: String?

  package init(
    _ action: GovernanceAction, _ status: GovernanceStatus, by initiator: Initiator,
    target: String? = nil, tenant: String? = nil, justification: String? = nil,
    error: String? = nil
  ) {
    self.action = action
    self.status = status
    self.initiator = initiator.account
    self.target = target
    self.tenant = tenant
    self.justification = justification
    self.error = error
  }

  /// The name and length of the first field that is too long, or `nil`.
  var oversized: (field: String, byteCount: Int)? {
    func look(at text: String?, _ name: String) -> (field: String, byteCount: Int)? {
      text.flatMap { $0.utf8.count > Self.fieldBytesMax ? (name, $0.utf8.count) : nil }
    }
    return look(at: initiator, "initiator") ?? look(at: target, "target")
      ?? look(at: tenant, "tenant") ?? look(at: justification, "justification")
      ?? look(at: error, "error")
  }
}

/// One record as it stands in the governance log.
package struct GovernanceEntry: Equatable, Sendable {
  /// From 1, without a gap.
  package let sequence: Int64
  /// RFC 3339 in UTC with microseconds, `2026-01-31T23:59:59.123456Z`.
  package let time: String
  /// A word of `GovernanceAction`, or one that only a newer version knows.
  package let action: String
  package let target: String?
  package let initiator: String
  package let tenant: String?
  /// A word of `GovernanceStatus`, or one that only a newer version knows.
  package let status: String
  package let justification: String?
  package let error: String?
  /// The chained SHA-256 in lower-case hexadecimal digits.
  package let hash: String
}

/// Which records `GovernanceLog.list` returns.
///
/// Every condition that is set must hold.
package struct GovernanceFilter: Equatable, Sendable {
  /// Empty: any action.
  package var actions: Set<GovernanceAction> = []
  /// Empty: any status.
  package var statuses: Set<GovernanceStatus> = []
  /// A part of the target, byte for byte.
  package var targetPart: String?
  package var initiator: String?
  package var tenant: String?
  /// Only records of this tenant, and of the home, which concern it too.
  package var scope: String?
  /// The earliest time, in microseconds of UTC since 1970.
  package var from: Int64?
  /// The first time that is too late, in microseconds of UTC since 1970.
  package var before: Int64?
  /// Only records behind this sequence.
  package var after: Int64?
  /// The most records to return; the oldest come first.
  package var limit: Int64?

  package init() {}
}
