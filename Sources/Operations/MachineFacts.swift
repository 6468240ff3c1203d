internal import Glibc

/// What the kernel tells of the machine.
enum MachineFacts {
  /// Processors that this process may run on.
  static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Features that Logveil or its libraries have faster ways for.
  private static let knownFeatures = [
    "sse4_2", "aes", "pclmulqdq", "avx2", "bmi2", "avx512f", "avx512bw", "avx512vl", "avx512_vbmi2",
    "vaes", "vpclmulqdq", "sha_ni", "asimd", "pmull", "sve",
  ]

  /// Those of them that the processor has.
  static var features: [String] {
    let words = lines(of: "/proc/cpuinfo").first { line in
      line.hasPrefix("flags") || line.hasPrefix("Features")
    }?.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ":" })
    let found = Set(words ?? [])
    return knownFeatures.filter { found.contains(Substring($0)) }
  }

  /// A line of /proc/meminfo, in bytes.
  static func memoryBytes(_ name: String) -> Int64? {
    let line = lines(of: "/proc/meminfo").first { $0.hasPrefix(name + ":") }
    let number = line?.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
    return number.map { $0 * 1024 }
  }

  /// Bytes free for this account at `path`, or at the nearest folder above it that is there.
  static func freeBytes(at path: String) -> Int64? {
    var parts = path.split(separator: "/")
    while true {
      var status = statvfs()
      // SAFETY: the call fills the structure that it is given.
      if unsafe statvfs("/" + parts.joined(separator: "/"), &status) == 0 {
        let (bytes, overflow) = Int64(clamping: status.f_bavail)
          .multipliedReportingOverflow(by: Int64(clamping: status.f_frsize))
        return overflow ? .max : bytes
      }
      guard parts.popLast() != nil else { return nil }
    }
  }

  /// The permission bits of what lies at `path`, in octal digits.
  static func mode(of path: String) -> String? {
    var status = stat()
    // SAFETY: the call fills the structure that it is given.
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return String(status.st_mode & 0o7777, radix: 8)
  }

  /// A small file of the kernel's, which tells no size.
  private static func lines(of path: String) -> [Substring] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < 1 << 16 {
      // SAFETY: the array has the bytes that are read at most.
      let count = unsafe read(file, &chunk, 1 << 14)
      guard count > 0 else { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
  }
}
