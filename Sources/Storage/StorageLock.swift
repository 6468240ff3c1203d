/// Whether others may hold a lock at the same time.
package enum LockMode: Sendable {
  /// Together with other shared holders.
  case shared
  /// Alone.
  case exclusive
}

/// A lock that is held until it is released, at the latest when this object goes.
///
/// Release it by name: an object goes after its last use, which may be earlier than it looks.
package protocol StorageLock: AnyObject, Sendable {
  /// Writes `bytes` behind what the lock's file holds; not durable.
  func append(_ bytes: Span<UInt8>) throws(StorageError)
  /// Gives the lock back; it takes nothing afterwards. A second call does nothing.
  func release()
}

extension Storage {
  /// Takes a lock, waiting for it at most `waitMilliseconds`.
  ///
  /// - Returns: `nil` when somebody else held it all the time.
  package func lock(
    _ path: String,
    _ mode: LockMode,
    waitMilliseconds: Int
  ) throws(StorageError) -> (any StorageLock)? {
    let stepMilliseconds = 5
    var waited = 0
    while true {
      if let lock = try lock(path, mode) { return lock }
      guard waited < waitMilliseconds else { return nil }
      pause(milliseconds: stepMilliseconds)
      waited += stepMilliseconds
    }
  }
}
