/// The SQL for a filter.
///
/// Only its own words stand in the text; what was typed is bound.
struct FilterQuery {
  private enum Value {
    case text(String)
    case number(Int64)
  }

  private var conditions: [String] = []
  private var values: [Value] = []
  private var ending = " ORDER BY sequence"

  init(_ filter: GovernanceFilter) {
    add("action", words: filter.actions.map(\.rawValue))
    add("status", words: filter.statuses.map(\.rawValue))
    if let part = filter.targetPart { add("instr(target, ?) > 0", .text(part)) }
    if let initiator = filter.initiator { add("initiator = ?", .text(initiator)) }
    if let tenant = filter.tenant { add("tenant = ?", .text(tenant)) }
    if let tenant = filter.scope { add("(tenant = ? OR tenant IS NULL)", .text(tenant)) }
    if let from = filter.from { add("time >= ?", .text(UTCTime.text(from))) }
    if let before = filter.before { add("time < ?", .text(UTCTime.text(before))) }
    if let after = filter.after { add("sequence > ?", .number(after)) }
    if let limit = filter.limit {
      ending += " LIMIT ?"
      values.append(.number(max(0, limit)))
    }
  }

  var sql: String {
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return "SELECT \(GovernanceLog.columns) FROM governance" + filter + ending
  }

  func bind(to statement: borrowing ExactStatement) throws {
    for (index, value) in values.enumerated() {
      switch value {
      case .text(let text): try statement.bind(text, at: Int32(index) + 1)
      case .number(let number): try statement.bind(number, at: Int32(index) + 1)
      }
    }
  }

  private mutating func add(_ condition: String, _ value: Value) {
    conditions.append(condition)
    values.append(value)
  }

  private mutating func add(_ column: String, words: [String]) {
    if words.isEmpty { return }
    let marks = [String](repeating: "?", count: words.count).joined(separator: ", ")
    conditions.append("\(column) IN (\(marks))")
    values += words.sorted().map { .text($0) }
  }
}
