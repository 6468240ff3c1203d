// swift-tools-version: 6.3
import PackageDescription

/// Every Swift room compiles under the same strict rules.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableExperimentalFeature("Lifetimes"),
]

func library(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}
func room(_ name: String, uses dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}
func tests(
  of name: String, uses more: [Target.Dependency] = [], except: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + more, exclude: except,
    swiftSettings: strict)
}
/// What several test targets share; lies in Tests/Support.
func support(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Tests/Support/\(name)", swiftSettings: strict)
}
/// A small program by which tests in other languages reach a room; lies in Tests/Support.
func probe(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: "Tests/Support/\(name)", swiftSettings: strict)
}

let ground: [Target] = [
  library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
  library("CLZ4", pkgConfig: "liblz4", apt: "liblz4-dev"),
  library("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
  library("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
  library("CPSL", pkgConfig: "libpsl", apt: "libpsl-dev"),
  library("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev"),
  library("CSnappy", pkgConfig: "snappy", apt: "libsnappy-dev"),
  .target(name: "CLinux"),
  room("ByteBlocks"),
  room("Storage", uses: ["CLinux"]),
]
let words: [Target] = [
  room("VeiledRecords"),
  room("ColumnTables", uses: ["ByteBlocks"]),
]
let stages: [Target] = [
  room("DeltaLake", uses: ["Storage", "ColumnTables", "CXXHash"])
]
let top: [Target] = []

let package = Package(
  name: "logveil",
  dependencies: [],
  targets: ground + words + stages + top + [
    tests(of: "ByteBlocks"),
    support("SimulatedStorage", uses: ["Storage"]),
    tests(of: "Storage", uses: ["SimulatedStorage"]),
    tests(of: "DeltaLake", uses: ["SimulatedStorage", "Storage", "ColumnTables"], except: ["Golden"]),
    probe("delta-probe", uses: ["DeltaLake", "Storage", "ColumnTables"]),
    .testTarget(name: "TidyTests", swiftSettings: strict),
  ],
  cLanguageStandard: .c2x)
