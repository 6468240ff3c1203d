// swift-tools-version: 6.3
import PackageDescription

// Nested, so that nothing here is a dependency of the product. The stage benchmarks need a tool
// that takes longer to fetch and build than all the rest; they are there when LOGVEIL_STAGES is 1,
// as `scripts/bench --stages` sets it.
let withStages = Context.environment["LOGVEIL_STAGES"] == "1"

/// The rules of the product's own rooms.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

let rooms = Target.Dependency.product(name: "LogveilRooms", package: "logveil")
let doors = Target.Dependency.product(name: "LogveilDoors", package: "logveil")

func stage(_ name: String) -> Target {
  .executableTarget(
    name: name,
    dependencies: [
      .product(name: "Benchmark", package: "benchmark"), "CountedHeap", rooms, doors,
    ],
    path: "Benchmarks/\(name)",
    swiftSettings: strict,
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
  )
}

let floor = Target.executableTarget(name: "floor", dependencies: [rooms], swiftSettings: strict)
let parse = Target.executableTarget(
  name: "parse", dependencies: [rooms, doors], swiftSettings: strict)
let heap = Target.target(name: "CountedHeap")
let logveil = Package.Dependency.package(name: "logveil", path: "..")
let benchmark = Package.Dependency.package(
  url: "https://github.com/ordo-one/benchmark",
  from: "1.38.0",
  traits: []
)

let package = Package(
  name: "logveil-benchmarks",
  dependencies: withStages ? [logveil, benchmark] : [logveil],
  targets: withStages ? [floor, parse, heap, stage("StageBenchmarks")] : [floor, parse]
)
