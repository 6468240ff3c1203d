package import VeiledRecords

/// Charts as SVG that stands in the page. Colours come from classes, so that they follow the theme.
enum Charts {
  /// One part of the columns of a chart.
  struct Series {
    var name: String
    /// The class that colours it.
    var style: String
    var values: [Int64]
  }

  /// Columns by day, parts stacked; each tells its figures when pointed at.
  static func columns(
    _ title: String, days: [CivilDay], _ series: [Series], text: (Int64) -> String,
    isBinary: Bool
  ) -> String {
    let (width, height, left) = (640.0, 190.0, 58.0)
    let totals = days.indices.map { day in series.reduce(Int64(0)) { $0 + $1.values[day] } }
    let most = totals.max() ?? 0
    let unit = isBinary ? FigureText.byteUnit(of: most / 2) : nil
    let top = unit.map { ceiling(ofBytes: most, in: $0) } ?? ceiling(most)
    let mean = totals.isEmpty ? 0 : totals.reduce(0, +) / Int64(totals.count)
    let words =
      "\(title) from \(days.first?.description ?? "") to \(days.last?.description ?? ""): "
      + "\(text(mean)) a day on average, at most \(text(most))"
    var svg = "<svg class=\"chart\" viewBox=\"0 0 640 222\" role=\"img\" aria-label=\""
    svg += HTMLText.escaped(words) + "\">"
    for line in 0...4 {
      let y = height - Double(line) * (height - 12) / 4
      svg += "<line class=\"\(line == 0 ? "base" : "grid")-line\" x1=\"\(number(left))\" "
      svg += "x2=\"640\" y1=\"\(number(y))\" y2=\"\(number(y))\"/>"
      let value = Int64((Double(top) * Double(line) / 4).rounded())
      svg += "<text x=\"\(number(left - 8))\" y=\"\(number(y + 4))\" text-anchor=\"end\">"
      let label = unit.map { FigureText.bytes(value, in: $0) } ?? text(value)
      svg += HTMLText.escaped(label.replacing(".0 ", with: " ")) + "</text>"
    }
    let step = (width - left) / Double(max(days.count, 1))
    for (index, day) in days.enumerated() {
      let x = left + step * (Double(index) + 0.14)
      let parts = series.map { "\($0.name) \(text($0.values[index]))" }.joined(separator: ", ")
      svg += "<g class=\"day\"><title>\(day): \(HTMLText.escaped(parts))</title>"
      svg += bar(series.map { ($0.style, $0.values[index]) }, x, step * 0.72, height, top)
      svg += "</g>"
    }
    return svg + dayLabels(days, left: left, step: step, y: height + 18) + "</svg>"
  }

  private static func bar(
    _ parts: [(style: String, value: Int64)], _ x: Double, _ width: Double, _ base: Double,
    _ top: Int64
  ) -> String {
    var svg = ""
    var y = base
    for (style, value) in parts where value > 0 {
      let tall = max(Double(value) / Double(max(top, 1)) * (base - 12), 0.8)
      y -= tall
      svg += "<rect class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" "
      svg += "width=\"\(number(width))\" height=\"\(number(tall))\" rx=\"1.5\"/>"
    }
    return svg
  }

  /// At most eight labels, the first and the last day among them.
  private static func dayLabels(
    _ days: [CivilDay], left: Double, step: Double, y: Double
  ) -> String {
    let every = max(1, (days.count + 6) / 7)
    var svg = ""
    for (index, day) in days.enumerated()
    where index % every == 0 && (index + every <= days.count || index == days.count - 1) {
      let x = left + step * (Double(index) + 0.5)
      svg += "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"middle\">"
      svg += "\(DayText.short(day))</text>"
    }
    return svg
  }

  /// A line without axes; decoration, so screen readers pass over it.
  static func spark(_ values: [Int64]) -> String {
    guard values.count > 1, let most = values.max(), most > 0 else { return "" }
    let points = values.enumerated().map { index, value in
      let x = Double(index) * 100 / Double(values.count - 1)
      return "\(number(x)) \(number(28 - Double(value) / Double(most) * 26))"
    }.joined(separator: "L")
    return "<svg viewBox=\"0 0 100 30\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      + "<path class=\"spark-area\" d=\"M\(points)L100 30L0 30Z\"/>"
      + "<path class=\"spark\" d=\"M\(points)\"/></svg>"
  }

  /// One bar of several parts, as wide as its share of `most`; what it says stands beside it.
  static func bar(_ parts: [(style: String, value: Int64)], of most: Int64) -> String {
    var svg = "<svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
    var x = 0.0
    for (style, value) in parts where value > 0 {
      let width = Double(value) * 100 / Double(max(most, 1))
      svg += "<rect class=\"\(style)\" x=\"\(number(x))\" width=\"\(number(width))\" height=\"8\"/>"
      x += width
    }
    return svg + "</svg>"
  }

  /// A ring of shares with a text in its middle.
  static func ring(_ parts: [(style: String, value: Int64)], middle: String, label: String)
    -> String
  {
    let total = Double(max(parts.reduce(0) { $0 + $1.value }, 1))
    let around = 2 * 3.141_592_653_589_793 * 52
    var svg = "<svg viewBox=\"0 0 120 120\" role=\"img\" aria-label=\"\(HTMLText.escaped(label))\">"
    var done = 0.0
    for (style, value) in parts where value > 0 {
      let length = Double(value) / total * around
      svg += "<circle class=\"\(style)\" cx=\"60\" cy=\"60\" r=\"52\" "
      svg += "stroke-dasharray=\"\(number(max(length - 1.2, 0.6))) \(number(around))\" "
      svg += "stroke-dashoffset=\"\(number(-done))\" transform=\"rotate(-90 60 60)\"/>"
      done += length
    }
    svg += "<text class=\"total\" x=\"60\" y=\"66\" text-anchor=\"middle\">"
    svg += "\(HTMLText.escaped(middle))</text>"
    return svg + "<text x=\"60\" y=\"82\" text-anchor=\"middle\">apps</text></svg>"
  }

  static func swatch(_ style: String) -> String {
    "<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\">"
      + "<rect class=\"\(style)\" width=\"10\" height=\"10\" rx=\"2.5\"/></svg>"
  }

  /// The smallest round number that is at least `value` and has four round parts.
  private static func ceiling(_ value: Int64) -> Int64 {
    guard value > 4 else { return 4 }
    var scale: Int64 = 1
    while value / scale >= 10 { scale *= 10 }
    for (part, whole): (Int64, Int64) in [(1, 1), (6, 5), (8, 5), (2, 1), (12, 5), (3, 1), (4, 1)] {
      let candidate = scale * part / whole
      if candidate >= value { return candidate }
    }
    for step in [5, 6, 8, 10, 12] as [Int64] where scale * step >= value { return scale * step }
    return value
  }

  /// The same of bytes: a quarter of it is told with at most one digit behind the point.
  private static func ceiling(ofBytes value: Int64, in unit: FigureText.ByteUnit) -> Int64 {
    let quarters: [Int64] = [
      1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 25, 30, 40, 50, 60, 80, 100,
    ]
    guard unit.bytes > 1 else { return ceiling(value) }
    for scale in [1, 10] as [Int64] {
      for half in quarters {
        let candidate = (unit.bytes / 2).multipliedReportingOverflow(by: half * scale * 4)
        if !candidate.overflow, candidate.partialValue >= value { return candidate.partialValue }
      }
    }
    return max(4, value)
  }

  /// With two digits behind the point, without zeros at the end.
  private static func number(_ value: Double) -> String {
    var text = FigureText.decimal(value, 2)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text == "-0" ? "0" : text
  }
}

/// Days for people.
package enum DayText {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]

  /// `3 Nov`.
  static func short(_ day: CivilDay) -> String {
    let (_, month, number) = parts(day)
    return "\(number) \(months[month - 1].prefix(3))"
  }

  /// `3 November 2026`.
  package static func long(_ day: CivilDay) -> String {
    let (year, month, number) = parts(day)
    return "\(number) \(months[month - 1]) \(year)"
  }

  private static func parts(_ day: CivilDay) -> (Int, Int, Int) {
    let parts = day.description.split(separator: "-").compactMap { Int($0) }
    return parts.count == 3 ? (parts[0], parts[1], parts[2]) : (1970, 1, 1)
  }
}
