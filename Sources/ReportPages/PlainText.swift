/// Texts from outside as any medium may show them.
enum PlainText {
  /// The text with its control and invisible characters written out, as `\u{202e}`.
  ///
  /// Hosts and names of machines come out of logs, so whoever writes logs chooses them.
  static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var visible = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) {
        visible += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        visible.unicodeScalars.append(scalar)
      }
    }
    return visible
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value >= 0x20, scalar.value < 0x7F { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      return true
    default: return false
    }
  }
}

/// Numbers for people.
package enum FigureText {
  /// `12,345`.
  package static func count(_ number: Int64) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  package static func count(_ number: Int) -> String { count(Int64(number)) }

  /// `1 app`, `12 apps`.
  static func apps(_ count: Int) -> String { count == 1 ? "1 app" : "\(count) apps" }

  /// What numbers of bytes are told in.
  struct ByteUnit {
    let name: String
    let bytes: Int64
    static let all = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].enumerated().map {
      ByteUnit(name: $1, bytes: 1 << (10 * $0))
    }
  }

  /// The unit that a number of bytes is told in.
  static func byteUnit(of number: Int64) -> ByteUnit {
    ByteUnit.all.first { Double(number) / Double($0.bytes) < 1023.95 } ?? ByteUnit.all[6]
  }

  /// `1.4 GiB`.
  package static func bytes(_ number: Int64) -> String { bytes(number, in: byteUnit(of: number)) }

  /// The same in a given unit.
  static func bytes(_ number: Int64, in unit: ByteUnit) -> String {
    unit.bytes == 1
      ? "\(number) B" : "\(decimal(Double(number) / Double(unit.bytes), 1)) \(unit.name)"
  }

  /// With `digits` digits behind the point.
  static func decimal(_ value: Double, _ digits: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((value.magnitude * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let rest = String(scaled % scale)
    let zeros = String(repeating: "0", count: digits - rest.count)
    return "\(sign)\(scaled / scale).\(zeros)\(rest)"
  }

  /// A score in tenths: `7.5`.
  package static func tenths(_ score: Int) -> String { "\(score / 10).\(score % 10)" }

  /// The share of a whole: `12.3 %`; `0 %` of nothing.
  package static func share(_ part: Int64, of whole: Int64) -> String {
    guard whole > 0, part > 0 else { return "0 %" }
    let percent = Double(part) * 100 / Double(whole)
    return percent < 0.1 ? "< 0.1 %" : "\(decimal(percent, 1)) %"
  }

  /// How much more than before: `+12.5 %`; `nil` where there was nothing.
  package static func growth(_ now: Int64, since before: Int64) -> String? {
    guard before > 0 else { return nil }
    let percent = (Double(now) - Double(before)) * 100 / Double(before)
    let text = decimal(percent, percent.magnitude < 1000 ? 1 : 0)
    if text == "0.0" { return "±0 %" }
    return percent < 0 ? "−\(text.drop { $0 == "-" }) %" : "+\(text) %"
  }
}
