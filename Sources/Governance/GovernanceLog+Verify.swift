import GRDB

/// What a walk along the whole chain found.
package struct ChainReport: Equatable, Sendable {
  /// How many records were read, up to the first bad one.
  package let recordCount: Int64
  /// The hash of the last good record, in hexadecimal digits; `nil` where there is none.
  package let head: String?
  /// The first place that is not as it was written; `nil` where all is.
  package let fault: ChainFault?
  /// Whether the triggers that refuse changes are in place.
  package let guardsIntact: Bool
}

/// The first place where a chain does not hold.
package enum ChainFault: Equatable, Sendable, CustomStringConvertible {
  /// The record has another content than was hashed, or follows another record.
  case altered(sequence: Int64)
  /// There is no record of this sequence, but later ones.
  case missing(sequence: Int64)
  /// A record stands before the first one.
  case inserted(sequence: Int64)

  package var sequence: Int64 {
    switch self {
    case .altered(let sequence), .missing(let sequence), .inserted(let sequence): sequence
    }
  }

  package var description: String {
    switch self {
    case .altered(let sequence): "Record \(sequence) was altered."
    case .missing(let sequence): "Record \(sequence) is missing."
    case .inserted(let sequence): "Record \(sequence) was inserted."
    }
  }
}

extension GovernanceLog {
  /// The first sequence at which the chain does not hold, or `nil`.
  ///
  /// Records that were cut off the end, or a file that was put back to an older state, do not show.
  package func verifyChain() throws(GovernanceError) -> Int64? {
    try chainReport().fault?.sequence
  }

  /// Walks along the whole chain.
  ///
  /// - Complexity: reads every record once, from one state of the file; memory for one record.
  package func chainReport() throws(GovernanceError) -> ChainReport {
    try state.read { database in try chainReport(in: database) }
  }

  func chainReport(in database: Database) throws -> ChainReport {
    let guards = try guardsAreIntact(database)
    let statement = try ExactStatement(
      "SELECT \(Self.columns) FROM governance ORDER BY sequence", in: database)
    var walk = ChainWalk()
    while walk.fault == nil, try statement.step() { try walk.visit(statement) }
    return ChainReport(
      recordCount: walk.count, head: walk.count == 0 ? nil : RecordHash.text(walk.hash),
      fault: walk.fault, guardsIntact: guards)
  }
}

/// How far a walk came.
private struct ChainWalk {
  var count: Int64 = 0
  var hash = RecordHash.start
  var fault: ChainFault?

  mutating func visit(_ row: borrowing ExactStatement) throws(GovernanceError) {
    let expected = count + 1
    guard case .number(let sequence) = row.value(0) else {
      fault = .altered(sequence: expected)
      return
    }
    if sequence != expected {
      fault = sequence < expected ? .inserted(sequence: sequence) : .missing(sequence: expected)
      return
    }
    guard let fields = Self.fields(row), case .text(let stored) = row.value(9),
      let storedHash = RecordHash.bytes(stored),
      try RecordHash.of(sequence: sequence, fields: fields, previous: hash) == storedHash
    else {
      fault = .altered(sequence: expected)
      return
    }
    count = expected
    hash = storedHash
  }

  /// The texts of a row, or `nil` where one is of another type.
  private static func fields(_ row: borrowing ExactStatement) -> [[UInt8]?]? {
    var fields: [[UInt8]?] = []
    for index in Int32(1)...8 {
      switch row.value(index) {
      case .null: fields.append(nil)
      case .text(let bytes): fields.append(bytes)
      case .number, .other: return nil
      }
    }
    return fields
  }
}
