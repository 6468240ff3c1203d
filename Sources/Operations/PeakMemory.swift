internal import Glibc

/// The most memory that this process had at once.
enum PeakMemory {
  /// Resident bytes by the kernel's count; `nil` where it does not tell.
  ///
  /// `getrusage` would also count what the program held that started this one.
  static var bytes: Int? {
    let file = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 4096)
    // SAFETY: the call writes at most as many bytes as the array holds.
    let count = unsafe read(file, &text, text.count)
    return count > 0 ? kibibytes(in: text[..<count]).map { $0 * 1024 } : nil
  }

  /// The number in the line `VmHWM:   12345 kB`.
  private static func kibibytes(in text: ArraySlice<UInt8>) -> Int? {
    let lines = text.split(separator: UInt8(ascii: "\n"))
    guard let line = lines.first(where: { $0.starts(with: "VmHWM:".utf8) }) else { return nil }
    return Int(String(decoding: line.filter { (0x30...0x39).contains($0) }, as: UTF8.self))
  }
}
