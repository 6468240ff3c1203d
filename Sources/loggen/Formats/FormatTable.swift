import ArgumentParser

/// All formats with all their layouts; the first one of a format is the usual one.
enum FormatTable {
  static let all: [LogLayout] =
    [
      LogLayout(format: "w3c", name: "proxysg") { _ in W3CLines(hasHeader: true) },
      LogLayout(format: "bluecoat", name: "main") { _ in W3CLines(hasHeader: false) },
      LogLayout(format: "squid", name: "native") { _ in SquidLines() },
    ]
    + Layouts.webServers + makers + kinds

  private static let makers: [LogLayout] =
    Layouts.fortinet + Layouts.fortiWeb + Layouts.zscaler + Layouts.paloAlto
    + Layouts.ciscoFirewalls + Layouts.ciscoProxies + Layouts.ciscoExtraction + Layouts.checkPoint
    + Layouts.juniper + Layouts.unifi

  private static let kinds: [LogLayout] =
    Layouts.firewalls + Layouts.packetFilters + Layouts.webGateways + Layouts.webAppliances
    + Layouts.cloudServices + Layouts.publicClouds + Layouts.commonNames + Layouts.reverseProxies
    + Layouts.balancers + Layouts.sensors + Layouts.generic + Layouts.tables

  /// Names of formats, each once, in the order of the table.
  static var names: [String] {
    all.reduce(into: []) { names, layout in
      if names.last != layout.format { names.append(layout.format) }
    }
  }

  /// The layouts of one format.
  static func layouts(of format: String) -> [LogLayout] { all.filter { $0.format == format } }
}

/// The home of the layouts; each file adds those of a maker or of a kind.
enum Layouts {}

/// A format chosen by one of its names, whatever the case.
struct FormatChoice: ExpressibleByArgument {
  /// One or more.
  let layouts: [LogLayout]

  init?(argument: String) {
    layouts = FormatTable.layouts(of: FormatNames.format(of: argument))
    if layouts.isEmpty { return nil }
  }

  static var allValueStrings: [String] { FormatTable.names }
  var defaultValueDescription: String { layouts[0].format }

  /// The layout with this name, or the usual one; `nil` if there is none.
  func layout(_ name: String?) -> LogLayout? {
    guard let name else { return layouts[0] }
    return layouts.first { $0.name == name }
  }
}
