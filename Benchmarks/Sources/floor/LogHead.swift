import Glibc

/// A plain W3C log: its descriptor, its size, and where its fields stand.
struct LogFile: Sendable {
  let descriptor: Int32
  let bytes: Int
  /// Fields of a line.
  let fieldCount: Int
  /// Places of the fields that are wanted, in the order of `Wanted`.
  let wanted: [UInt16]

  /// The fields that the floor reads.
  enum Wanted: String, CaseIterable {
    case date
    case time
    case address = "c-ip"
    case user = "cs-username"
    case host = "cs-host"
    case action = "sc-filter-result"
    case uploaded = "cs-bytes"
    case downloaded = "sc-bytes"
  }

  /// Opens `path` and reads the line that names the fields.
  init(path: String) throws(FloorError) {
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { throw .cannotOpen(path, code: errno) }
    var status = stat()
    unsafe fstat(descriptor, &status)
    bytes = Int(status.st_size)
    let head = Self.head(of: descriptor)
    guard let line = head.split(separator: "\n").first(where: { $0.hasPrefix("#Fields:") }) else {
      throw .noFields
    }
    let names = line.split(separator: " ").dropFirst().map(String.init)
    fieldCount = names.count
    var places: [UInt16] = []
    for field in Wanted.allCases {
      guard let place = names.firstIndex(of: field.rawValue) else { throw .missing(field.rawValue) }
      places.append(UInt16(place))
    }
    wanted = places
  }

  private static func head(of descriptor: Int32) -> String {
    let headBytes = 1 << 16
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: headBytes) { target, count in
      // SAFETY: pread writes at most as many bytes as there is room for.
      count = unsafe max(0, pread(descriptor, target.baseAddress, headBytes, 0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Where the first line starts that starts at or behind `offset`.
  func lineStart(from offset: Int) -> Int {
    guard offset > 0 else { return 0 }
    var place = offset - 1
    var byte: UInt8 = 0
    // SAFETY: one byte is read into one byte.
    while place < bytes, unsafe pread(descriptor, &byte, 1, place) == 1 {
      place += 1
      if byte == UInt8(ascii: "\n") { break }
    }
    return place
  }
}

/// Why there is no answer.
enum FloorError: Error, CustomStringConvertible {
  case usage
  case cannotOpen(String, code: Int32)
  case cannotRead(offset: Int, code: Int32)
  case noFields
  case missing(String)
  case longLine(offset: Int)
  case irregular(offset: Int)
  case overflow

  var description: String {
    switch self {
    case .usage: "usage: floor FILE [--threads 1|2|…]; FILE is a plain W3C log."
    case .cannotOpen(let path, let code): "Cannot open \(path): errno \(code)."
    case .cannotRead(let offset, let code): "Cannot read behind byte \(offset): errno \(code)."
    case .noFields: "The log has no #Fields line in its first 64 KiB."
    case .missing(let field): "The log has no field \(field)."
    case .longLine(let offset): "The line at byte \(offset) is longer than a block."
    case .irregular(let offset): "The block at byte \(offset) has a line of another shape."
    case .overflow: "A sum is too large."
    }
  }
}
