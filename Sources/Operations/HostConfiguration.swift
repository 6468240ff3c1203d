internal import Configuration
internal import Glibc
internal import Pseudonymisation

/// Defaults of a home, out of its `logveil.yaml`: what flags and the environment do not say.
///
/// Nothing that touches privacy stands here: that is a setting, which is changed under record.
package struct HostConfiguration: Sendable, Equatable {
  package var tenant: String?
  package var threads: Int?
  /// As it is written, with its unit.
  package var memory: String?
  package var progress: String?
  package var logFormat: String?

  package init() {}

  /// The file's keys, in the order of `print`.
  package static let keys = ["tenant", "threads", "memory", "progress", "log_format"]

  /// The name of the file in a home.
  package static let fileName = "logveil.yaml"

  /// The configuration of the home at `path`; everything is unset where there is no file.
  ///
  /// - Throws: with line and key, exit code 78.
  package static func load(home path: String) throws(OperationError) -> HostConfiguration {
    let file = path + "/" + fileName
    guard let text = try text(of: file) else { return HostConfiguration() }
    if text.split(whereSeparator: \.isNewline).allSatisfy({ isBlank($0) }) {
      return HostConfiguration()
    }
    do throws(ConfigurationError) { return try HostConfiguration(parsing: text) } catch {
      throw OperationError(.configuration, "\(file): \(error.description)")
    }
  }

  private static func isBlank(_ line: Substring) -> Bool {
    let first = line.first { !$0.isWhitespace }
    return first == nil || first == "#"
  }

  init(parsing text: String) throws(ConfigurationError) {
    let top = try ConfigurationNode(parsing: text)
    try top.allow(Self.keys)
    tenant = try top.text("tenant")
    threads = try top.number("threads")
    if let threads, !(1...512).contains(threads) {
      throw Self.refusal("threads", "This must be 1 to 512.", top)
    }
    if let tenant, !Keyring.isTenantName(tenant) {
      throw Self.refusal("tenant", "This can be no tenant's name.", top)
    }
    memory = try top.text("memory")
    if let memory, Self.byteCount(memory) == nil {
      throw Self.refusal("memory", "This must be a number of bytes, as 512MiB.", top)
    }
    progress = try Self.word("progress", ["auto", "on", "off"], top)
    logFormat = try Self.word("log_format", ["text", "json"], top)
  }

  private static func refusal(
    _ key: String, _ reason: String, _ top: ConfigurationNode
  ) -> ConfigurationError {
    top.child(key)?.error(reason) ?? ConfigurationError(key: key, reason)
  }

  /// A number of bytes with or without a unit: 64MiB, 1GB, 4096.
  package static func byteCount(_ text: String) -> Int? {
    let units: [(String, Int)] = [
      ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1000),
      ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ]
    let unit = units.first { text.lowercased().hasSuffix($0.0.lowercased()) } ?? ("", 1)
    guard let number = Int(text.dropLast(unit.0.count)), number >= 0 else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.1)
    return overflow ? nil : bytes
  }

  private static func word(
    _ key: String, _ known: [String], _ top: ConfigurationNode
  ) throws(ConfigurationError) -> String? {
    guard let child = top.child(key) else { return nil }
    // YAML reads a bare on and off as truth values in other programs; here they are words.
    let word = try child.text()
    guard known.contains(word) else {
      throw child.error("This must be one of \(known.joined(separator: ", ")).")
    }
    return word
  }

  /// The text of a small file; `nil` when there is none.
  private static func text(of path: String) throws(OperationError) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    if file < 0, errno == ENOENT || errno == ENOTDIR { return nil }
    guard file >= 0 else {
      throw OperationError(.configuration, "\(path): it cannot be read (error \(errno)).")
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    // SAFETY: the array has the bytes that are read at most.
    let count = unsafe read(file, &bytes, bytes.count)
    guard count >= 0, count < bytes.count else {
      throw OperationError(.configuration, "\(path): it cannot be read, or is larger than 64 KiB.")
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
