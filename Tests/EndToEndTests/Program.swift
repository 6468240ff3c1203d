import Foundation

/// What a run of the program gave.
struct Outcome {
  let exitCode: Int32
  let output: String
  let errors: String

  /// The lines of standard output.
  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// One dictionary for each line of standard output.
  func objects() throws -> [[String: Any]] {
    try lines.map { line in
      guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      else { throw CocoaError(.propertyListReadCorrupt) }
      return object
    }
  }
}

/// The real program, with a home of its own in a temporary folder.
final class Program {
  let folder: URL
  var home: URL { folder.appending(path: "home") }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "logveil-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The program that was built beside the tests.
  static let path: String = {
    let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appending(path: "logveil")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside.path }
    return root.appending(path: ".build/debug/logveil").path
  }()

  /// A sample log of the repository.
  static func sample(_ format: String) -> String {
    root.appending(path: "Datasets/samples/\(format)/samples.log").path
  }

  @discardableResult
  func run(_ arguments: [String], input: Data = Data(), home: String? = nil) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(filePath: Self.path)
    process.arguments = arguments
    process.environment = [
      "LOGVEIL_HOME": home ?? self.home.path, "PATH": "/usr/bin:/bin", "CI": "1",
    ]
    let inputFile = folder.appending(path: "input-\(UUID().uuidString)")
    let outputFile = folder.appending(path: "output-\(UUID().uuidString)")
    let errorFile = folder.appending(path: "errors-\(UUID().uuidString)")
    for file in [outputFile, errorFile] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    try input.write(to: inputFile)
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      exitCode: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
  }

  @discardableResult
  func run(_ arguments: String..., input: String = "") throws -> Outcome {
    try run(arguments, input: Data(input.utf8))
  }

  /// Whether any file of the home holds `text`, in any case of ASCII letters.
  func homeHolds(_ text: String) throws -> Bool {
    let files = FileManager.default.enumerator(at: home, includingPropertiesForKeys: nil)
    while let file = files?.nextObject() as? URL {
      guard let data = try? Data(contentsOf: file) else { continue }
      let clear = String(decoding: data, as: UTF8.self).lowercased()
      if clear.contains(text.lowercased()) { return true }
    }
    return false
  }
}
