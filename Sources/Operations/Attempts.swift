internal import DeltaLake
internal import StagedExecution

extension Lake {
  /// How often a change is made afresh because others changed the same tables first.
  static var attemptsMax: Int { 4 }

  /// Settles what dead runs left, then does `body`; again when others came first, up to a limit.
  func trying<Result>(
    attempts: Int = Self.attemptsMax, _ body: () throws -> Result
  ) throws -> Result {
    for _ in 1..<attempts {
      try RunRecovery.recover(self)
      do { return try body() } catch let error as DeltaError where error.isConflict { continue }
    }
    try RunRecovery.recover(self)
    return try body()
  }
}

extension RunTransaction {
  /// Does `body`, and takes back what it made of the run when it fails.
  func abandoningOnError<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      try? abandon()
      throw error
    }
  }
}

extension String {
  /// A run's name that nobody else has.
  static func newRunID(_ kind: String) -> String {
    let time = String(UInt64(clamping: StageClock.now()), radix: 16)
    return "\(kind)-\(time)-" + String(UInt64.random(in: .min ... .max), radix: 16)
  }
}
