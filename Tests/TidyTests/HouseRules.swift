/// The rules of the house, as data. A rule that gets in the way is changed here, with its reason,
/// and not gone around.
enum HouseRules {
  static let fileLinesMax = 400
  static let functionLinesMax = 60
  static let columnsMax = 100

  /// Functions that may be longer, with the reason.
  static let longFunctions: [String: String] = [:]

  /// Words that no source may hold, with what takes their place. Each stands for a whole word.
  static let banned: [(word: String, instead: String)] = [
    ("print(", "the report of the command line, or an error"),
    ("debugPrint(", "nothing: take it out"),
    ("NSLog(", "an error"),
    ("try!", "a typed throw"),
    ("as!", "a pattern"),
    ("fatalError(", "a typed throw, or a precondition with a sentence"),
    ("unowned(unsafe)", "an owner"),
    ("@unchecked", "a Mutex; or `// SAFETY:` above it with the reason"),
    ("Thread", "StagedExecution"),
    ("pthread_create", "StagedExecution"),
    ("DispatchQueue", "StagedExecution"),
    ("DispatchSemaphore", "StagedExecution"),
    ("DispatchGroup", "StagedExecution"),
    ("DispatchSource", "StagedExecution"),
    ("NSLock", "a Mutex of Synchronization"),
    ("Date()", "a clock that the caller hands in, or clock_gettime"),
    ("-Ounchecked", "checked code"),
    ("@_spi", "package access"),
  ]

  /// Marks of unfinished work; they may stand in no comment either.
  static let unfinished = ["FIXME", "TODO", "XXX", "HACK"]

  /// Rooms in which a banned word is at home.
  static let exceptions: [String: Set<String>] = [
    "DispatchQueue": ["StagedExecution"], "DispatchSemaphore": ["StagedExecution"],
    "DispatchGroup": ["StagedExecution"], "DispatchSource": ["StagedExecution"],
    "Thread": ["StagedExecution"],
    // Normalisation form C is in the standard library, behind this door only.
    "@_spi": ["IdentityRules"],
  ]

  /// Who alone may import a module, with the reason.
  static let owners: [(module: String, rooms: Set<String>, reason: String)] = [
    ("Dispatch", ["StagedExecution"], "threads are started in one place"),
    ("CKernels", ["ByteKernels"], "the kernels have one Swift face"),
    ("COpenSSL", ["Sealing"], "key bytes stay in one room"),
    ("GRDB", ["Governance"], "the database has one user"),
    ("GRDBSQLite", ["Governance"], "the database has one user"),
    ("Yams", ["Configuration"], "YAML has one reader"),
    ("CPSL", ["AppMatching"], "the Public Suffix List has one reader"),
    ("CArchive", ["ArchiveDecoding"], "containers are for archives"),
    ("CLZ4", ["ArchiveDecoding", "loggen"], "codecs are for archives"),
    ("CISAL", ["ArchiveDecoding", "ParquetFiles", "loggen"], "codecs are for archives and pages"),
    ("CZstd", ["ArchiveDecoding", "ParquetFiles", "loggen"], "codecs are for archives and pages"),
    ("CSnappy", ["ParquetFiles"], "other writers' pages use it"),
    ("CXXHash", ["ArchiveDecoding", "ParquetFiles", "DeltaLake"], "content names and filters"),
    ("CLinux", ["ByteBlocks", "Storage", "Sealing"], "system calls that Glibc's module lacks"),
    ("CEmbedded", ["AppMatching", "LogFormats", "ReportPages"], "what is compiled in"),
    ("ArgumentParser", ["logveil", "loggen"], "flags end at the command line"),
    // The privacy wall: whoever is not in this list cannot name a clear user.
    (
      "ClearRecords",
      [
        "LogFormats", "IdentityRules", "Pseudonymisation", "ClearExits", "IngestPipeline",
        "BenchmarkDoors",  // Measures parsing by itself; no product links it.
      ],
      "clear names end at the veil"
    ),
  ]

  /// Files that may import Foundation, with the reason. It is large, slow to start and allocates
  /// where nobody expects it.
  static let foundation: [String: String] = [
    "Sources/LogFormats/TimeZoneRule.swift": "the time zone database",
    "Sources/logveil/RunCommand.swift": "environment and number of processors",
    "Sources/logveil/Terminal.swift": "standard streams and JSON of the command line",
  ]
}
