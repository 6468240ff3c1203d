import ArgumentParser

/// A size in bytes as people write it: `1048576`, `64MiB`, `500MB`.
struct ByteSize: ExpressibleByArgument, Equatable {
  let bytes: Int

  private static let units: [(String, Int)] = [
    ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1_000),
    ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("b", 1), ("", 1),
  ]

  /// `nil` when `argument` is no whole number with a unit, or does not fit into 63 bits.
  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && $0.isNumber }
    let unit = argument.dropFirst(digits.count).drop { $0 == " " }.lowercased()
    guard let number = Int(digits), let factor = Self.units.first(where: { $0.0 == unit })?.1
    else { return nil }
    let (bytes, isOver) = number.multipliedReportingOverflow(by: factor)
    if isOver { return nil }
    self.bytes = bytes
  }
}
