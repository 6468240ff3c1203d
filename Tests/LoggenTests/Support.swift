import Foundation
import Testing

/// What a program left behind.
struct Outcome {
  var status: Int32
  var output: Data
  var errors: String
}

/// Runs a program and waits for it; `input` goes to its standard input.
func run(_ program: String, _ arguments: [String]) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.standardInput = FileHandle.nullDevice
  let folder = try TemporaryFolder()
  let (output, errors) = (folder.path("out"), folder.path("err"))
  for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
  process.standardOutput = FileHandle(forWritingAtPath: output)
  process.standardError = FileHandle(forWritingAtPath: errors)
  try process.run()
  process.waitUntilExit()
  return Outcome(
    status: process.terminationStatus,
    output: try Data(contentsOf: URL(filePath: output)),
    errors: String(decoding: try Data(contentsOf: URL(filePath: errors)), as: UTF8.self)
  )
}

/// Runs a tool from the search path and returns what it prints.
func tool(_ arguments: String...) throws -> Data {
  let outcome = try run("/usr/bin/env", arguments)
  try #require(outcome.status == 0, "\(arguments): \(outcome.errors)")
  return outcome.output
}

/// Runs the loggen that was built beside these tests.
func loggenWith(_ arguments: [String]) throws -> Outcome {
  let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  let folder = URL(filePath: tests).deletingLastPathComponent()
  return try run(folder.appending(path: "loggen").path, arguments)
}

/// A folder that vanishes with the value.
final class TemporaryFolder {
  private let url: URL
  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "loggen-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(at: url) }
  func path(_ name: String) -> String { url.appending(path: name).path }
}

/// The lines of `text`, without their newlines.
func lines(_ text: Data) -> [[UInt8]] {
  var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines.map(Array.init)
}

/// A reader of W3C and Squid lines as simple as can be; `nil` when the line is broken.
func fields(_ line: [UInt8], format: String) -> [String]? {
  guard !line.contains(0) else { return nil }
  var fields: [String] = []
  var field: [UInt8] = []
  var isQuoted = false
  for byte in line + [UInt8(ascii: " ")] {
    if byte == UInt8(ascii: "\""), format == "w3c" {
      isQuoted.toggle()
    } else if byte == UInt8(ascii: " "), !isQuoted {
      if format == "w3c" || !field.isEmpty { fields.append(String(decoding: field, as: UTF8.self)) }
      field = []
    } else {
      field.append(byte)
    }
  }
  if isQuoted { return nil }
  return format == "w3c" ? checkedW3C(fields) : checkedSquid(fields)
}

private func checkedW3C(_ fields: [String]) -> [String]? {
  guard fields.count == 25, Int64(fields[22]) ?? -1 >= 0, Int64(fields[23]) ?? -1 >= 0 else {
    return nil
  }
  let time = fields[1].split(separator: ":").compactMap { Int($0) }
  guard fields[1].utf8.count == 8, time.count == 3, time[0] < 24, time[1] < 60, time[2] < 60 else {
    return nil
  }
  return fields
}

private func checkedSquid(_ fields: [String]) -> [String]? {
  guard fields.count == 10, Double(fields[0]) != nil, Int64(fields[4]) ?? -1 >= 0 else {
    return nil
  }
  return fields
}
