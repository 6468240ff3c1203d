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
/// Swift's libraries inside the program: it starts in half the time, and runs where no Swift is.
let staticLibraries = [
  "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
  "-l_FoundationCollections", "-lFoundationInternationalization", "-lswiftSynchronization",
  "-lstdc++",
]
func program(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, swiftSettings: strict,
    linkerSettings: [.unsafeFlags(staticLibraries, .when(configuration: .release))])
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

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")

let ground: [Target] = [
  library("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev"),
  library("CLZ4", pkgConfig: "liblz4", apt: "liblz4-dev"),
  library("CISAL", pkgConfig: "libisal", apt: "libisal-dev"),
  library("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev"),
  library("CPSL", pkgConfig: "libpsl", apt: "libpsl-dev"),
  library("CXXHash", pkgConfig: "libxxhash", apt: "libxxhash-dev"),
  library("CSnappy", pkgConfig: "snappy", apt: "libsnappy-dev"),
  .target(name: "CLinux"),
  .target(name: "CArchive"),
  .target(name: "CEmbedded"),
  .target(name: "CKernels"),
  room("ByteBlocks", uses: ["CLinux"]),
  room("ByteKernels", uses: ["CKernels", "ByteBlocks"]),
  room("StagedExecution"),
  room("Storage", uses: ["CLinux"]),
  room("ByteDictionaries", uses: ["ByteBlocks", "ByteKernels"]),
  room("Configuration", uses: [yams]),
]
let words: [Target] = [
  room("VeiledRecords", uses: ["ByteBlocks", "ByteKernels"]),
  room("ClearRecords", uses: ["ByteBlocks", "ByteKernels", "VeiledRecords"]),
  room("ColumnTables", uses: ["ByteBlocks"]),
  room("ReportFigures", uses: ["VeiledRecords"]),
]
let stages: [Target] = [
  room(
    "ArchiveDecoding",
    uses: [
      "ByteBlocks", "ByteKernels", "CArchive", "CZstd", "CLZ4", "CISAL", "CXXHash",
    ]),
  room(
    "LogFormats",
    uses: [
      "ClearRecords", "VeiledRecords", "ByteBlocks", "ByteKernels", "Configuration", "CEmbedded",
      "StagedExecution",
    ]),
  room("AppMatching", uses: ["ByteBlocks", "CEmbedded", "CPSL", "VeiledRecords"]),
  room("Sealing", uses: ["COpenSSL", "CLinux"]),
  room("IdentityRules", uses: ["VeiledRecords", "ByteBlocks", "ByteKernels"]),
  room(
    "Pseudonymisation",
    uses: [
      "ClearRecords", "VeiledRecords", "ByteBlocks", "ByteKernels", "IdentityRules", "Sealing",
    ]),
  room(
    "ClearExits",
    uses: [
      "Pseudonymisation", "LogFormats", "IdentityRules", "ClearRecords", "VeiledRecords",
      "ByteBlocks", "ByteKernels",
    ]),
  room("UsageAggregation", uses: ["VeiledRecords", "ColumnTables", "ByteBlocks", "ByteKernels"]),
  room(
    "ParquetFiles",
    uses: ["ColumnTables", "ByteBlocks", "CZstd", "CSnappy", "CISAL", "CXXHash", "Sealing"]),
  room("DeltaLake", uses: ["Storage", "ColumnTables", "ParquetFiles", "CXXHash"]),
  room(
    "TableCare", uses: ["ByteBlocks", "ColumnTables", "DeltaLake", "ParquetFiles", "Storage"]),
  room(
    "TableQueries",
    uses: [
      "ByteBlocks", "ByteDictionaries", "ColumnTables", "DeltaLake", "ParquetFiles", "Storage",
    ]),
  room(
    "UsageReports",
    uses: [
      "ByteBlocks", "ByteKernels", "ColumnTables", "DeltaLake", "ReportFigures",
      "StagedExecution", "TableQueries", "VeiledRecords",
    ]),
  room("ReleaseRules", uses: ["ReportFigures"]),
  room(
    "ReportPages",
    uses: [
      "ByteBlocks", "CEmbedded", "ColumnTables", "ReportFigures", "Sealing", "VeiledRecords",
    ]),
  room("Governance", uses: ["Sealing", grdb, grdbSQLite]),
]
let top: [Target] = [
  room(
    "IngestPipeline",
    uses: [
      "ArchiveDecoding", "LogFormats", "Pseudonymisation", "AppMatching", "UsageAggregation",
      "ParquetFiles", "Sealing", "StagedExecution", "ByteBlocks", "ByteKernels", "ByteDictionaries",
      "ClearRecords", "VeiledRecords", "ColumnTables",
    ]),
  room(
    "Operations",
    uses: [
      "IngestPipeline", "ArchiveDecoding", "AppMatching", "LogFormats", "IdentityRules",
      "Pseudonymisation", "UsageAggregation", "ParquetFiles", "DeltaLake", "Storage",
      "StagedExecution", "Governance", "ByteBlocks", "ByteKernels", "ColumnTables", "VeiledRecords",
      "ClearExits", "Sealing", "Configuration", "TableCare", "TableQueries", "ReportFigures",
      "ReportPages", "ReleaseRules",
      "UsageReports",
    ]),
  program(
    "logveil",
    uses: [
      "Operations", "AppMatching", "IngestPipeline", "ArchiveDecoding", "ClearExits", "DeltaLake",
      "Governance",
      "LogFormats", "Pseudonymisation", "ReportFigures", "ReportPages", "Sealing",
      "StagedExecution", "TableCare", "UsageReports", "VeiledRecords", argumentParser,
    ]),
  program("loggen", uses: ["CISAL", "CLZ4", "CZstd", argumentParser]),
  room(
    "BenchmarkDoors",
    uses: [
      "LogFormats", "ClearRecords", "VeiledRecords", "Pseudonymisation", "Sealing", "ParquetFiles",
      "ColumnTables", "ByteBlocks",
    ]),
]
let checks: [Target] = [
  support("SimulatedStorage", uses: ["Storage"]),
  support("TestSupport", uses: ["ByteBlocks", "ByteKernels"]),
  support(
    "LakeSimulation",
    uses: [
      "SimulatedStorage", "DeltaLake", "TableCare", "ParquetFiles", "Storage", "ColumnTables",
      "ByteBlocks",
    ]),
  probe("lake-simulator", uses: ["LakeSimulation", "SimulatedStorage", "Storage"]),
  probe("delta-probe", uses: ["DeltaLake", "Storage", "ColumnTables"]),
  tests(of: "ArchiveDecoding", uses: ["ByteBlocks", "CXXHash", "CLZ4", "CZstd"]),
  tests(of: "Sealing"),
  tests(of: "IdentityRules", uses: ["VeiledRecords"]),
  tests(of: "Pseudonymisation", uses: ["COpenSSL", "Sealing", "VeiledRecords", "ByteBlocks"]),
  probe("siv-probe", uses: ["Pseudonymisation", "Sealing"]),
  tests(of: "AppMatching", uses: ["ByteBlocks", "CPSL", "VeiledRecords"]),
  tests(of: "ByteBlocks", uses: ["TestSupport"]),
  tests(of: "Governance", uses: [grdb]),
  tests(
    of: "ClearExits",
    uses: ["TestSupport", "ByteBlocks", "IdentityRules", "LogFormats", "Pseudonymisation"]),
  tests(of: "Operations", uses: ["Governance", "Pseudonymisation", "VeiledRecords"]),
  .testTarget(
    name: "EndToEndTests", dependencies: ["logveil", "Governance", grdb], swiftSettings: strict),
  tests(of: "ByteDictionaries", uses: ["ByteBlocks", "TestSupport"]),
  tests(of: "ByteKernels", uses: ["ByteBlocks", "TestSupport"]),
  tests(
    of: "DeltaLake",
    uses: ["SimulatedStorage", "LakeSimulation", "Storage", "ColumnTables", "ParquetFiles"],
    except: ["Golden"]),
  tests(
    of: "TableCare",
    uses: [
      "ByteBlocks", "ColumnTables", "DeltaLake", "ParquetFiles", "SimulatedStorage", "Storage",
    ]),
  tests(
    of: "LogFormats",
    uses: [
      "ByteBlocks", "ByteKernels", "ClearRecords", "Configuration", "TestSupport", "VeiledRecords",
    ]),
  tests(
    of: "IngestPipeline",
    uses: ["ByteBlocks", "ByteKernels", "UsageAggregation", "VeiledRecords"]),
  .testTarget(name: "LoggenTests", dependencies: ["loggen"], swiftSettings: strict),
  support("ParquetSamples", uses: ["ParquetFiles", "ColumnTables", "ByteBlocks"]),
  .executableTarget(
    name: "parquet-probe",
    dependencies: ["ParquetFiles", "ColumnTables", "ByteBlocks", "ParquetSamples"],
    path: "Tests/Support/ParquetProbe", swiftSettings: strict),
  tests(of: "ParquetFiles", uses: ["ColumnTables", "ByteBlocks", "ParquetSamples", "Sealing"]),
  tests(of: "Storage", uses: ["SimulatedStorage"]),
  tests(
    of: "TableQueries",
    uses: [
      "ByteBlocks", "ColumnTables", "DeltaLake", "ParquetFiles", "SimulatedStorage", "Storage",
      "TestSupport",
    ]),
  tests(of: "StagedExecution", uses: ["TestSupport"]),
  tests(
    of: "UsageAggregation",
    uses: ["ByteBlocks", "ByteKernels", "ColumnTables", "TestSupport", "VeiledRecords"]),
  tests(
    of: "UsageReports",
    uses: [
      "ByteBlocks", "ColumnTables", "DeltaLake", "ParquetFiles", "ReportFigures",
      "SimulatedStorage", "StagedExecution", "Storage", "TestSupport", "VeiledRecords",
    ]),
  support("ReportSamples", uses: ["ReportFigures", "TestSupport", "VeiledRecords"]),
  probe("report-probe", uses: ["ReportPages", "ReportSamples"]),
  tests(of: "ReleaseRules", uses: ["ReportFigures", "TestSupport"]),
  tests(
    of: "ReportPages",
    uses: ["ByteBlocks", "ColumnTables", "ReportFigures", "ReportSamples", "VeiledRecords"]),
  tests(of: "VeiledRecords", uses: ["ByteBlocks", "TestSupport"]),
  .testTarget(name: "TidyTests", swiftSettings: strict),
]

let package = Package(
  name: "logveil",
  products: [
    // For the benchmarks, which are a package of their own: what is public, and doors to what is
    // not. Apart, so that the floor builds without the rooms behind the doors.
    .library(name: "LogveilRooms", targets: ["ByteBlocks", "ByteKernels"]),
    .library(name: "LogveilDoors", targets: ["BenchmarkDoors"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: ground + words + stages + top + checks,
  cLanguageStandard: .c2x)
