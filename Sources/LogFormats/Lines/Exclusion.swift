/// A rule of a layout that says that a line is no traffic.
struct Exclusion: Equatable {
  /// Rules of one layout that can be told apart.
  private static let rulesMax = 64

  /// The place of the layout in its format, and that of the rule in the layout.
  let layout, rule: Int

  init(layout: Int, rule: Int) {
    self.layout = layout
    self.rule = min(rule, Self.rulesMax - 1)
  }

  /// The exclusion of a code; `nil` for 0.
  init?(code: UInt16) {
    guard code > 0 else { return nil }
    (layout, rule) = Int(code - 1).quotientAndRemainder(dividingBy: Self.rulesMax)
  }

  /// How columns hold it; never 0.
  var code: UInt16 { UInt16(truncatingIfNeeded: layout * Self.rulesMax + rule + 1) }
}

extension FormatProfile {
  /// All that its layouts leave out, by name.
  package var exclusionNames: [String] {
    var names: [String] = []
    for shape in shapes {
      guard case .lines(let layouts) = shape else { continue }
      for layout in layouts {
        for rule in layout.traffic.indices { names.append(layout.exclusionName(of: rule)) }
      }
    }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  /// What lines are that a rule has left out: the name of their layout, and, where that has events
  /// too, the field that told.
  package func exclusionName(_ code: UInt16) -> String? {
    guard let exclusion = Exclusion(code: code) else { return nil }
    let layouts: [LineLayout]
    switch shape {
    case .lines(let own): layouts = own
    case .table(let table): layouts = FormatCatalog.layouts(of: table.otherLayouts)
    }
    guard layouts.indices.contains(exclusion.layout) else { return nil }
    return layouts[exclusion.layout].exclusionName(of: exclusion.rule)
  }
}

extension LineLayout {
  fileprivate func exclusionName(of rule: Int) -> String {
    guard traffic.indices.contains(rule), !isNeverTraffic else { return name }
    return "\(name): \(traffic[rule].field)"
  }
}
