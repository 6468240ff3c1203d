/// Domains as people write them, in the letters that logs have.
package enum DomainText {
  /// `domain` in ASCII: labels of other letters become `xn--…` (RFC 3492), as in DNS.
  ///
  /// - Parameter domain: in lower case, ordinary width and normalisation form C.
  /// - Returns: `nil` where a label holds what is no letter, mark or digit, or gets too long.
  package static func ascii(_ domain: String) -> String? {
    // U+3002 is the full stop of Chinese and Japanese.
    let labels = domain.split(omittingEmptySubsequences: false) { $0 == "." || $0 == "\u{3002}" }
    var words: [String] = []
    for label in labels {
      if label.utf8.allSatisfy({ $0 < 0x80 }) {
        words.append(String(label))
        continue
      }
      guard label.unicodeScalars.allSatisfy(isOfWords), let code = punycode(label.unicodeScalars),
        code.utf8.count <= 59
      else { return nil }
      words.append("xn--" + code)
    }
    return words.joined(separator: ".")
  }

  private static func isOfWords(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber: true
    case .nonspacingMark, .spacingMark: true
    default: scalar == "-"
    }
  }

  // RFC 3492, section 5.
  private static let (base, tMin, tMax, skew, damp) = (36, 1, 26, 38, 700)

  private static func punycode(_ label: Substring.UnicodeScalarView) -> String? {
    let codes = label.map { Int($0.value) }
    guard codes.count <= 63 else { return nil }
    var output = codes.filter { $0 < 0x80 }.map { UInt8($0) }
    let basicCount = output.count
    if basicCount > 0 { output.append(UInt8(ascii: "-")) }
    var (next, delta, bias, done) = (0x80, 0, 72, basicCount)
    while done < codes.count {
      guard let code = codes.filter({ $0 >= next }).min() else { return nil }
      delta += (code - next) * (done + 1)
      next = code
      for other in codes {
        if other < next { delta += 1 }
        guard other == next else { continue }
        append(delta, bias: bias, to: &output)
        bias = adapted(delta, count: done + 1, isFirst: done == basicCount)
        (delta, done) = (0, done + 1)
      }
      (delta, next) = (delta + 1, next + 1)
    }
    return String(decoding: output, as: UTF8.self)
  }

  private static func append(_ delta: Int, bias: Int, to output: inout [UInt8]) {
    var (rest, step) = (delta, base)
    while true {
      let threshold = min(max(step - bias, tMin), tMax)
      guard rest >= threshold else { break }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      step += base
    }
    output.append(digit(rest))
  }

  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var rest = isFirst ? delta / damp : delta / 2
    rest += rest / count
    var step = 0
    while rest > (base - tMin) * tMax / 2 {
      rest /= base - tMin
      step += base
    }
    return step + (base - tMin + 1) * rest / (rest + skew)
  }

  private static func digit(_ value: Int) -> UInt8 {
    UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26)
  }
}
