/// One way in which a product lays out its lines, under the names that the command line takes.
struct LogLayout: Sendable {
  /// What `--format` calls it.
  var format: String
  /// What `--layout` calls it.
  var name: String
  /// The lines before the first event.
  var header = ""
  /// What stands before each line, unless `--syslog` says otherwise.
  var prefix: LineTemplate = ""
  /// The line of an event.
  var line: LineTemplate = ""
  /// Messages that are no traffic; every fourth line is one of them.
  var others: [LineTemplate] = []
  /// A backslash stands for itself only if there are two.
  var doublesBackslashes = false
  /// Nobody says which count of bytes is which direction: a reader adds them up.
  var countsTogether = false
  /// What writes the lines, where no template can.
  var makeLines: @Sendable (LogLayout) -> any LogFormat = { TemplateLines($0) }

  /// What the template says.
  var tells: Told {
    let parts: [(Told, Set<LineField>)] = [
      (.host, LineField.hostNames), (.server, [.server]), (.user, [.user]),
      (.uploaded, [.uploaded]), (.downloaded, [.downloaded]), (.total, [.total]),
    ]
    let told = Told(parts.filter { line.holds($0.1) }.map(\.0))
    return countsTogether ? told.subtracting([.uploaded, .downloaded]).union(.total) : told
  }
}
