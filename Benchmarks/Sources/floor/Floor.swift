import ByteBlocks
import ByteKernels
import Dispatch
import Glibc
import Synchronization

/// The floor: reads a plain W3C log, finds its structure, reads numbers and times, looks names up
/// and groups – with the product's own kernels, and nothing else of what the product does: no
/// decoding, no header changes, no canonical names, no encryption, no apps, no tables.
///
/// What the whole job takes beyond the codec and this is what the rest of it costs.
@main struct Floor {
  static func main() {
    do throws(FloorError) {
      let (path, threads) = try arguments()
      try run(LogFile(path: path), threads: threads)
    } catch {
      let line = Array("floor: \(error)\n".utf8)
      // SAFETY: the bytes live for this call, which reads as many as there are.
      _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(65)
    }
  }

  private static func arguments() throws(FloorError) -> (path: String, threads: Int) {
    let words = CommandLine.arguments.dropFirst()
    var paths: [String] = []
    var threads = 1
    var wantsThreads = false
    for word in words {
      if wantsThreads {
        guard let number = Int(word), (1...64).contains(number) else { throw .usage }
        (threads, wantsThreads) = (number, false)
      } else if word == "--threads" {
        wantsThreads = true
      } else {
        paths.append(word)
      }
    }
    guard paths.count == 1, !wantsThreads else { throw .usage }
    return (paths[0], threads)
  }

  private static func run(_ log: LogFile, threads: Int) throws(FloorError) {
    let start = clockNanoseconds(CLOCK_MONOTONIC)
    let cuts = (0...threads).map { log.lineStart(from: log.bytes * $0 / threads) }
    let desks = (0..<threads).map { Desk(log, cuts[$0]..<cuts[$0 + 1]) }
    if threads == 1 {
      desks[0].work()
    } else {
      DispatchQueue.concurrentPerform(iterations: threads) { desks[$0].work() }
    }
    var all = Worker(log)
    for desk in desks { try desk.deliver(to: &all) }
    let wall = clockNanoseconds(CLOCK_MONOTONIC) - start
    report(all, log, threads: threads, wall: wall)
  }

  private static func report(
    _ all: borrowing Worker,
    _ log: LogFile,
    threads: Int,
    wall: UInt64
  ) {
    let groups = all.table.all()
    var events = 0
    var uploaded: Int64 = 0
    var downloaded: Int64 = 0
    for place in groups.indices {
      events += Int(groups[place].events)
      uploaded += groups[place].uploaded
      downloaded += groups[place].downloaded
    }
    let cpu = clockNanoseconds(CLOCK_PROCESS_CPUTIME_ID)
    let perLine = Step.allCases.enumerated().map { place, step in
      let tenths = all.nanoseconds[place] * 10 / UInt64(max(events, 1))
      return "\"\(step.rawValue)\": \(tenths / 10).\(tenths % 10)"
    }
    print(
      """
      {"bytes": \(log.bytes), "events": \(events), "groups": \(groups.count), \
      "uploaded": \(uploaded), "downloaded": \(downloaded), "users": \(all.users.strings.count), \
      "hosts": \(all.hosts.strings.count), "threads": \(threads), \
      "wall_seconds": \(Double(wall) / 1e9), "cpu_seconds": \(Double(cpu) / 1e9), \
      "nanoseconds_per_line": {\(perLine.joined(separator: ", "))}}
      """
    )
  }
}

/// One thread's place: a part of the log, and what became of it.
final class Desk: Sendable {
  private let log: LogFile
  private let range: Range<Int>
  private let worker: Mutex<Worker?>
  private let failure = Mutex<FloorError?>(nil)

  init(_ log: LogFile, _ range: Range<Int>) {
    self.log = log
    self.range = range
    worker = Mutex(Worker(log))
  }

  /// Reads and groups the part.
  func work() {
    worker.withLock { worker in
      do throws(FloorError) { try worker?.run(range) } catch { failure.withLock { $0 = error } }
    }
  }

  /// Merges what was found into `all`.
  func deliver(to all: inout Worker) throws(FloorError) {
    if let failure = failure.withLock({ $0 }) { throw failure }
    if let worker = worker.withLock({ $0.take() }) { try all.merge(worker) }
  }
}
