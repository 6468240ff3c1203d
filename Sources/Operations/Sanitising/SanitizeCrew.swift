internal import ClearExits
internal import LogFormats
internal import StagedExecution
internal import Synchronization

/// Rewrites one archive by all workers.
///
/// ```
/// whoever is free:  reads the next slot ─► rewrites and packs it ─► writes what is next in order
/// ```
/// One worker reads at a time, and one writes; in between all work at once.
final class SanitizeCrew: Sendable {
  private struct Reading: ~Copyable {
    var text: SanitizedText
    /// What was read before the workers started.
    var first: [SlotPart]?
    var taken = 0
    var isOver = false
  }
  private struct Writing {
    let file: OutputFile
    var waiting: [Int: SanitizedFrame] = [:]
    var written = 0
    var counts = Sanitiser.Counts()
    var failure: (any Error)?
  }
  /// Slots for each worker that may be read before the oldest of them is written.
  private static let slotsAhead = 3

  private let reading: Mutex<Reading>
  private let writing: Mutex<Writing>
  private let boxes: [SanitiserBox]
  private let bell = Bell()

  /// - Parameters:
  ///   - boxes: one for each worker.
  ///   - first: what was read of `text` already.
  init(
    _ boxes: [SanitiserBox], first: [SlotPart]?, of text: consuming sending SanitizedText,
    to file: sending OutputFile
  ) {
    self.boxes = boxes
    reading = Mutex(Reading(text: text, first: first))
    writing = Mutex(Writing(file: file))
  }

  /// Works until the text has ended and the file is whole.
  func run(_ executor: some Executor) throws -> (counts: Sanitiser.Counts, textBytes: UInt64) {
    executor.run(bell: bell) { worker in
      do { return try self.step(worker) } catch {
        self.writing.withLock { if $0.failure == nil { $0.failure = error } }
        self.bell.ring()
        return .finished
      }
    }
    let counts = try writing.withLock { writing in
      if let failure = writing.failure { throw failure }
      try writing.file.finish()
      return writing.counts
    }
    return (counts, reading.withLock { $0.text.textBytes })
  }

  private func step(_ worker: Int) throws -> StepResult {
    let (written, hasFailed) = writing.withLock { ($0.written, $0.failure != nil) }
    if hasFailed { return .finished }
    let limit = written + Self.slotsAhead * boxes.count
    switch try reading.withLock({ reading in try Self.take(&reading, below: limit) }) {
    case .later: return .idle
    case .none: return .finished
    case .slot(let number, let parts):
      try write(try boxes[worker].frame(of: parts), number)
      return .worked
    }
  }

  private func write(_ frame: SanitizedFrame, _ number: Int) throws {
    try writing.withLock { writing in
      writing.waiting[number] = frame
      while let next = writing.waiting.removeValue(forKey: writing.written) {
        try writing.file.append(next.bytes)
        writing.counts += next.counts
        writing.written += 1
      }
    }
    bell.ring()
  }

  private enum Taken {
    case slot(Int, [SlotPart])
    /// Others must be written first.
    case later
    case none
  }

  private static func take(_ reading: inout Reading, below limit: Int) throws -> Taken {
    if reading.isOver { return .none }
    guard reading.taken < limit else { return .later }
    let parts: [SlotPart]?
    if let first = reading.first.take() { parts = first } else { parts = try reading.text.next() }
    guard let parts else {
      reading.isOver = true
      return .none
    }
    reading.taken += 1
    return .slot(reading.taken - 1, parts)
  }
}
