import ArgumentParser

/// Archives on a command line, of which a shell makes thousands out of one pattern.
///
/// What parses the command line takes time by the square of the number of its arguments. So where
/// many stand side by side, those behind the first few are handed to it as one, with zero bytes in
/// between, which no argument has.
struct ArchiveArguments: ExpressibleByArgument {
  private static let separator: Character = "\0"
  /// As many stay by themselves in front of the others: names of commands, the value of an option.
  private static let apartMin = 16
  private static let commands: [any ParsableCommand.Type] = [
    RunCommand.self, BackfillCommand.self, PlanCommand.self, SanitizeCommand.self,
    LeakCheckCommand.self,
  ]

  fileprivate let paths: [String]

  init(argument: String) {
    paths = argument.split(separator: Self.separator).map(String.init)
  }

  /// A command line, without the name of the program, as the parser is to see it.
  static func folded(_ arguments: [String]) -> [String] {
    guard let first = arguments.first,
      commands.contains(where: { $0.configuration.commandName == first })
    else { return arguments }
    var folded: [String] = []
    var together: [String] = []
    var apart = 0
    func endStretch() {
      if !together.isEmpty { folded.append(together.joined(separator: String(separator))) }
      together = []
      apart = 0
    }
    for argument in arguments {
      let isPath = !argument.isEmpty && !argument.hasPrefix("-")
      if isPath, apart == apartMin {
        together.append(argument)
      } else {
        if isPath { apart += 1 } else { endStretch() }
        folded.append(argument)
      }
    }
    endStretch()
    return folded
  }
}

extension [ArchiveArguments] {
  /// All archives, as they were typed.
  var paths: [String] { flatMap(\.paths) }
}
