import Foundation
import Operations
import Synchronization

/// Standard output and standard error. Data goes to the first, all else to the second.
enum Terminal {
  /// Writes data, with a newline; ends the command where that cannot be done.
  static func put(_ text: String) {
    do throws(OperationError) { try put(Array((text + "\n").utf8)) } catch {
      say("logveil: \(error.description)")
      exit(error.exitCode)
    }
  }

  /// Writes data that ends its own lines.
  static func put(_ bytes: [UInt8]) throws(OperationError) {
    do { try FileHandle.standardOutput.write(contentsOf: Data(bytes)) } catch {
      throw OperationError(
        .inputOutput, "Standard output cannot be written. What was shown is not all.")
    }
  }

  /// Whether a person types what standard input gives.
  static var isAnswered: Bool { isatty(STDIN_FILENO) == 1 }

  /// Asks a question on standard error and reads the line that answers it; `nil` where nobody
  /// looks at standard input.
  static func ask(_ question: String) -> String? {
    guard isAnswered else { return nil }
    write(escape(question), to: FileHandle.standardError)
    return readLine()
  }

  /// Writes a line for people.
  static func say(_ text: String) {
    let line =
      switch format.withLock({ $0 }) {
      case .text: escape(text)
      case .json:
        JSONValue.object([
          ("time", .text(UTCText.milliseconds(Int64(Date.now.timeIntervalSince1970 * 1000)))),
          ("message", .text(text)),
        ]).line
      }
    write(line + "\n", to: FileHandle.standardError)
  }

  private static let format = Mutex(LogFormat.text)

  /// Says in which form `say` writes from now on.
  static func set(_ format: LogFormat) { self.format.withLock { $0 = format } }

  /// Writes over the line that is there; for progress bars.
  static func overwrite(_ text: String) {
    write("\r\u{1b}[K" + escape(text), to: FileHandle.standardError)
  }

  /// Whether standard error is a terminal that a person looks at.
  static var isInteractive: Bool {
    let environment = ProcessInfo.processInfo.environment
    guard format.withLock({ $0 }) == .text else { return false }
    return isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb" && environment["CI"] == nil
  }

  /// Whether there is a person who can answer.
  static var canAsk: Bool { isInteractive && isatty(STDIN_FILENO) == 1 }

  /// Asks a question; anything but a yes is a no.
  static func confirms(_ question: String) -> Bool {
    write(escape(question) + " [y/N] ", to: FileHandle.standardError)
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  static func exit(_ code: ExitCode) -> Never { exit(status: code.rawValue) }

  static func exit(status: Int32) -> Never { Foundation.exit(status) }

  private static func write(_ text: String, to file: FileHandle) {
    // A reader that went away ends us by SIGPIPE; nothing else can be done about an error here.
    try? file.write(contentsOf: Data(text.utf8))
  }

  /// Names of files come from outside: no control character of theirs reaches the terminal.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where scalar != "\n", .format, .lineSeparator, .paragraphSeparator:
        escaped += "\\u{\(String(scalar.value, radix: 16))}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The same for what must stay on one line.
  static func escapeLine(_ text: String) -> String {
    escape(text).replacing("\n", with: "\\u{a}")
  }
}

/// JSON as the command line prints it: one object, keys sorted and in snake_case.
enum JSON {
  static func line(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let data = (try? encoder.encode(value)) ?? Data("{}".utf8)
    return String(decoding: data, as: UTF8.self)
  }
}
