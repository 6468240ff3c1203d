import ArgumentParser

/// All formats, in the order that `--help` shows.
enum FormatTable {
  static let all: [any LogFormat.Type] = [
    W3CLines.self,
    SquidLines.self,
  ]
}

/// A format chosen by its name.
struct FormatChoice: ExpressibleByArgument {
  let type: any LogFormat.Type

  init?(argument: String) {
    guard let type = FormatTable.all.first(where: { $0.name == argument }) else { return nil }
    self.type = type
  }

  static var allValueStrings: [String] { FormatTable.all.map { $0.name } }
  var defaultValueDescription: String { type.name }
}
