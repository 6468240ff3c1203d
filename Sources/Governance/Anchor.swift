import Glibc

/// The head of the governance log at a moment, to be kept where the owner of the home cannot
/// change it.
package struct GovernanceAnchor: Equatable, Hashable, Sendable {
  /// The last record, and its hash in hexadecimal digits.
  package let sequence: Int64
  package let hash: String
  /// The time of that record.
  package let time: String

  package init(sequence: Int64, hash: String, time: String) {
    self.sequence = sequence
    self.hash = hash
    self.time = time
  }

  private static let mark = "logveil-anchor/1"

  /// `logveil-anchor/1 sequence=57 hash=… time=…`: one line of ASCII.
  package var text: String { "\(Self.mark) sequence=\(sequence) hash=\(hash) time=\(time)" }

  /// The anchor in a line, which may hold other text in front of it; `nil` where there is none.
  package init?(in line: String) {
    guard let start = line.range(of: Self.mark) else { return nil }
    var fields: [Substring: Substring] = [:]
    for word in line[start].split(whereSeparator: { " \"\\".contains($0) }) {
      guard let equals = word.firstIndex(of: "=") else { continue }
      fields[word[..<equals]] = word[word.index(after: equals)...]
    }
    guard let number = fields["sequence"].flatMap({ Int64($0) }), number > 0,
      let hash = fields["hash"], RecordHash.bytes(Array(hash.utf8)) != nil
    else { return nil }
    self.init(sequence: number, hash: String(hash), time: String(fields["time"] ?? ""))
  }
}

extension String {
  /// From the first place of `text` to the end; `nil` where it does not stand there.
  fileprivate func range(of text: String) -> Range<String.Index>? {
    var place = startIndex
    while place < endIndex {
      if self[place...].hasPrefix(text) { return place..<endIndex }
      place = index(after: place)
    }
    return nil
  }
}

/// A place outside the home that is told of every new head at once.
package enum AnchorPlace: Equatable, Sendable {
  /// The journal of systemd.
  case journal
  /// A file that is there already and takes lines at its end, best of another owner and with the
  /// attribute `a` of chattr.
  case file(String)
  /// Standard output, where whoever runs the program keeps what it prints, as with containers.
  case standardOutput

  /// `journal`, `stdout` or `file:/PATH`; `nil` for anything else.
  package init?(_ text: String) {
    if text == "journal" {
      self = .journal
    } else if text == "stdout" {
      self = .standardOutput
    } else if text.hasPrefix("file:/") {
      self = .file(String(text.dropFirst("file:".count)))
    } else {
      return nil
    }
  }

  /// Writes an anchor; what is in a file is durable when this returns.
  package func write(_ anchor: GovernanceAnchor) throws(GovernanceError) {
    switch self {
    case .journal: try writeToJournal(anchor)
    case .file(let path): try append(anchor, to: path)
    case .standardOutput: try write(anchor, to: STDOUT_FILENO, of: "standard output")
    }
  }

  private func append(
    _ anchor: GovernanceAnchor, to path: String
  ) throws(GovernanceError) {
    let file = unsafe open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { throw .anchorRefused(place: path, errorNumber: errno) }
    defer { close(file) }
    try write(anchor, to: file, of: path)
    guard fsync(file) == 0 else { throw .anchorRefused(place: path, errorNumber: errno) }
  }

  /// Writes a whole line at once, so that it is not torn where several processes write.
  private func write(
    _ anchor: GovernanceAnchor, to file: Int32, of place: String
  ) throws(GovernanceError) {
    let bytes = Array((anchor.text + "\n").utf8)
    // SAFETY: the array lives for this call, which reads as many bytes as it has.
    guard unsafe Glibc.write(file, bytes, bytes.count) == bytes.count else {
      throw .anchorRefused(place: place, errorNumber: errno)
    }
  }

  /// The journal takes one datagram of lines `FIELD=value`.
  private func writeToJournal(_ anchor: GovernanceAnchor) throws(GovernanceError) {
    let path = "/run/systemd/journal/socket"
    let text = """
      MESSAGE=\(anchor.text)
      PRIORITY=5
      SYSLOG_IDENTIFIER=logveil
      LOGVEIL_SEQUENCE=\(anchor.sequence)
      LOGVEIL_HASH=\(anchor.hash)

      """
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(O_CLOEXEC), 0)
    guard socket >= 0 else { throw .anchorRefused(place: path, errorNumber: errno) }
    defer { close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      for (place, byte) in path.utf8.enumerated() { unsafe target[place] = byte }
    }
    let bytes = Array(text.utf8)
    // SAFETY: address and text live for this call.
    let sent = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe sendto(
          socket, bytes, bytes.count, 0, address, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard sent == bytes.count else { throw .anchorRefused(place: path, errorNumber: errno) }
  }
}
