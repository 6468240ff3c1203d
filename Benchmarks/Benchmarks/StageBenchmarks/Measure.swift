import Benchmark

extension BenchmarkMetric {
  /// Uncompressed log bytes, in millions a second.
  static let speed = BenchmarkMetric.custom("MB/s of text", polarity: .prefersLarger)
  /// Records, in thousands a second.
  static let records = BenchmarkMetric.custom("1000 records/s", polarity: .prefersLarger)
}

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
    metrics: [.wallClock, .records],
    warmupIterations: 3,
    maxDuration: .seconds(2),
    maxIterations: 2_000
  )
  if bytes > 0 { configuration.metrics.append(.speed) }
  Benchmark(name, configuration: configuration) { benchmark in
    let input = try prepare()
    let clock = ContinuousClock()
    benchmark.startMeasurement()
    let start = clock.now
    let answer = try body(input)
    let seconds = (clock.now - start) / .seconds(1)
    benchmark.stopMeasurement()
    benchmark.measurement(.records, Int(Double(records) / seconds / 1e3))
    if bytes > 0 { benchmark.measurement(.speed, Int(Double(bytes) / seconds / 1e6)) }
    if !check(answer) { benchmark.error("The answer of \(name) is wrong.") }
  }
}
