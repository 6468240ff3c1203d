import IngestPipeline
import StagedExecution
import Synchronization

/// Shows how far a run is: a bar on a terminal, a line every half minute elsewhere.
final class ProgressDisplay: Sendable {
  private let ticker: Mutex<Ticker?>
  private let isBar: Bool
  private let words: @Sendable () -> String

  private static let barMilliseconds = 200
  private static let lineMilliseconds = 30_000

  init(_ progress: Progress, totalBytes: UInt64, mode: ProgressMode) {
    let isBar = mode == .on || (mode == .auto && Terminal.isInteractive)
    self.isBar = isBar
    let begin = StageClock.now()
    words = {
      Self.text(
        progress, totalBytes, Double(StageClock.now() - begin) / 1e9, isBar: false)
    }
    guard mode != .off else {
      ticker = Mutex(nil)
      return
    }
    let start = StageClock.now()
    ticker = Mutex(
      Ticker(milliseconds: isBar ? Self.barMilliseconds : Self.lineMilliseconds) {
        let seconds = Double(StageClock.now() - start) / 1e9
        let text = Self.text(progress, totalBytes, seconds, isBar: isBar)
        if isBar { Terminal.overwrite(text) } else { Terminal.say(text) }
      })
  }

  /// Says once how far it is: for whoever asks by a signal.
  func tell() { Terminal.say(words()) }

  /// Clears the bar, for words of others; it comes again.
  func clear() { if isBar { Terminal.overwrite("") } }

  /// Ends the display, and clears the bar.
  func end() {
    guard let ticker = ticker.withLock({ $0.take() }) else { return }
    ticker.stop()
    clear()
  }

  private static func text(
    _ progress: Progress, _ totalBytes: UInt64, _ seconds: Double, isBar: Bool
  ) -> String {
    let stored = progress.storedBytes
    let totalBytes = totalBytes == 0 ? 0 : totalBytes + progress.unpackedBytes
    let rate = Double(progress.textBytes) / max(seconds, 1e-9) / 1e9
    var parts = [
      RunWords.size(stored), "\(RunWords.number(progress.lines)) lines",
      "\(RunWords.decimal(rate, 2)) GB/s",
    ]
    if totalBytes > 0 {
      let share = min(1, Double(stored) / Double(totalBytes))
      parts[0] += " of \(RunWords.size(totalBytes)) (\(Int(share * 100)) %)"
      if share > 0.01, share < 1 {
        parts.append("\(clock(seconds / share * (1 - share))) left")
      }
      if isBar { parts.insert(bar(share), at: 0) }
    }
    return parts.joined(separator: "  ")
  }

  private static func bar(_ share: Double) -> String {
    let width = 24
    let filled = Int(share * Double(width))
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: ".", count: width - filled) + "]"
  }

  private static func clock(_ seconds: Double) -> String {
    let seconds = Int(seconds)
    let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    return seconds >= 3600
      ? "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
      : "\(seconds / 60):\(two(seconds % 60))"
  }
}
