import ArgumentParser
import Operations
import StagedExecution
import VeiledRecords

struct ResolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Turn pseudonyms into names, or names into pseudonyms; every use is recorded.",
    discussion: """
      Names are best given on standard input (-), one a line: arguments can be seen by everybody \
      in the list of processes. A record with the justification is durable in the governance log \
      before a name is shown.

      With --json one object is printed for each name; one that cannot be resolved has a field \
      "error": malformed, unknown (of another tenant, or mistyped) or destroyed (its key version \
      is gone). Names of private people have pseudonyms of another kind as well, which are told \
      with the permission view_private. Without --json, results stand on one line each, empty \
      where there is none, and the exit code is 65 when no name was resolved.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Option(
    name: [.customLong("from-anonymised"), .customLong("from-anonymized")],
    parsing: .upToNextOption,
    help: ArgumentHelp("Pseudonyms whose names are wanted; - reads them.", valueName: "pseudonym"))
  var fromAnonymised: [String] = []

  @Option(
    name: [.customLong("to-anonymised"), .customLong("to-anonymized")],
    parsing: .upToNextOption,
    help: ArgumentHelp("Names whose pseudonyms are wanted; - reads them.", valueName: "name"))
  var toAnonymised: [String] = []

  @Option(
    help: """
      What names stand for: user, machine, ip, or private for users of private groups, which \
      needs view_private too.
      """)
  var kind = NameKind.user

  @Option(help: "The data source by whose rules a name is read.")
  var source: String?

  @Option(help: "Why: kept in the governance log for ever.")
  var justification: String

  @Flag(help: "Print one JSON object for each name.")
  var json = false

  enum NameKind: String, ExpressibleByArgument, CaseIterable {
    case user, machine, ip
    case privateUser = "private"

    var identity: IdentityKind {
      switch self {
      case .user: .user
      case .privateUser: .privateUser
      case .machine: .machine
      case .ip: .ip
      }
    }
  }

  func validate() throws {
    guard fromAnonymised.isEmpty != toAnonymised.isEmpty else {
      throw ValidationError("Give either --from-anonymised or --to-anonymised.")
    }
    if let source, source.isEmpty || source.utf8.count > 200 {
      throw ValidationError("--source is a name of 1 to 200 bytes.")
    }
    let inputs = fromAnonymised + toAnonymised
    if inputs.contains("-"), inputs.count > 1 {
      throw ValidationError("- stands for all of standard input, and alone.")
    }
  }

  func run() throws {
    let isReveal = toAnonymised.isEmpty
    // A reader that goes away must not end us before that is recorded.
    Signals.passBrokenPipes()
    let operation = try ResolveOperation(
      ResolveRequest(
        home: try homeOptions.path(), tenant: homeOptions.tenant,
        direction: isReveal ? .toNames : .toPseudonyms, kind: kind.identity,
        source: source, justification: justification))
    var (asked, resolved) = (0, 0)
    let answer = { (names: [[UInt8]]) throws(OperationError) in
      try operation.answer(names) { (answers) throws(OperationError) in
        try show(answers, after: asked)
        asked += answers.count
        resolved += answers.count { $0.error == nil }
      }
    }
    let inputs = isReveal ? fromAnonymised : toAnonymised
    if inputs == ["-"] {
      if Terminal.isAnswered { Terminal.say("One a line; Control-D ends.") }
      if try operation.asksSecondAdmin() {
        // All together are one request, however they arrive.
        var names: [[UInt8]] = []
        try StandardInput.forEachLines { (lines) throws(OperationError) in names += lines }
        try answer(names)
      } else {
        try StandardInput.forEachLines(answer)
      }
    } else {
      if !isReveal {
        Terminal.say(
          "Names in arguments can be seen by everybody in the list of processes, and stay in the "
            + "shell's history: better give them on standard input, with --to-anonymised -.")
      }
      try answer(inputs.map { Array($0.utf8) })
    }
    if asked == 0 { throw OperationError(.noInput, "There was no name on standard input.") }
    if resolved == 0, !json { Terminal.exit(.badData) }
  }

  private func show(_ answers: [ResolveAnswer], after: Int) throws(OperationError) {
    if json {
      return try Terminal.put(Array(answers.map { object($0).line + "\n" }.joined().utf8))
    }
    for (place, answer) in answers.enumerated() {
      let line = Terminal.escape(answer.result ?? "").replacing("\n", with: "\\n")
      try Terminal.put(Array((line + "\n").utf8))
      if let error = answer.error {
        Terminal.say("Name \(after + place + 1): \(Self.words[error] ?? error)")
      }
    }
  }

  private static let words = [
    "malformed": "this is no pseudonym, or no name.",
    "unknown": "no key of this tenant made this pseudonym: of another tenant, or mistyped.",
    "destroyed": "its key version was destroyed; it can never be read again.",
  ]

  private func object(_ answer: ResolveAnswer) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("input", .optional(answer.input)), ("kind", .optional(answer.kind)),
      ("result", .optional(answer.result)),
    ]
    if let results = answer.results { members.append(("results", .texts(results))) }
    if let error = answer.error { members.append(("error", .text(error))) }
    return .object(members)
  }
}
