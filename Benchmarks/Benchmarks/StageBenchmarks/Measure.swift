import Benchmark
import CountedHeap
import Glibc

extension BenchmarkMetric {
  /// Pieces of the heap that a stage asks for; the same in every run.
  static let allocations = BenchmarkMetric.custom("allocations", useScalingFactor: false)
  /// Bytes of these pieces.
  static let allocatedBytes = BenchmarkMetric.custom("allocated bytes", useScalingFactor: false)
  /// Uncompressed log bytes, in millions a second.
  static let speed = BenchmarkMetric.custom("MB/s of text", polarity: .prefersLarger)
  /// Records, in thousands a second.
  static let records = BenchmarkMetric.custom("1000 records/s", polarity: .prefersLarger)
}

/// By how much a count may differ from the one that is kept: pieces not at all, bytes by 1 %.
private var tolerances: [BenchmarkMetric: BenchmarkThresholds] {
  [
    .allocations: BenchmarkThresholds(absolute: [.p90: 0]),
    .allocatedBytes: BenchmarkThresholds(relative: [.p90: 1]),
  ]
}

/// Whether only what is the same in every run is counted: what thresholds are kept of.
private let countsOnly = unsafe getenv("LOGVEIL_STAGE_COUNTS") != nil

/// Adds one stage.
///
/// `body` does the work on `bytes` of text or `records` records; `check` says whether its answer is
/// right. `prepare` is not timed.
func stage<Input: ~Copyable, Answer>(
  _ name: String,
  bytes: Int = 0,
  records: Int,
  prepare: @escaping () throws -> Input,
  _ body: @escaping (consuming Input) throws -> Answer,
  check: @escaping (Answer) -> Bool
) {
  var configuration = Benchmark.Configuration(
    metrics: [.allocations, .allocatedBytes],
    warmupIterations: 3,
    maxDuration: .seconds(2),
    maxIterations: countsOnly ? 20 : 2_000,
    thresholds: tolerances
  )
  if !countsOnly {
    configuration.metrics += [.wallClock, .records]
    if bytes > 0 { configuration.metrics.append(.speed) }
  }
  Benchmark(name, configuration: configuration) { benchmark in
    let input = try prepare()
    let clock = ContinuousClock()
    benchmark.startMeasurement()
    let before = ch_taken_by_thread()
    let start = clock.now
    let answer = try body(input)
    let seconds = (clock.now - start) / .seconds(1)
    let after = ch_taken_by_thread()
    benchmark.stopMeasurement()
    benchmark.measurement(.allocations, Int(after.allocations - before.allocations))
    benchmark.measurement(.allocatedBytes, Int(after.bytes - before.bytes))
    benchmark.measurement(.records, Int(Double(records) / seconds / 1e3))
    if bytes > 0 { benchmark.measurement(.speed, Int(Double(bytes) / seconds / 1e6)) }
    if !check(answer) { benchmark.error("The answer of \(name) is wrong.") }
  }
}
