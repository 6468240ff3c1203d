import ArgumentParser
import Glibc

/// The command line: writes logs that look real, from a seed.
@main struct Loggen: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loggen",
    abstract: "Writes logs of proxies and firewalls from a seed.",
    subcommands: [Write.self, Formats.self],
    defaultSubcommand: Write.self
  )
}

/// Lists what can be written.
struct Formats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the formats and their layouts, the usual one of each format first."
  )

  func run() throws {
    try reporting { () throws(LoggenError) in
      let lines = FormatTable.all.map { "\($0.format)\t\($0.name)\n" }.joined()
      var output = try OutputFile(path: "-")
      try output.write(Array(lines.utf8).span)
    }
  }
}

/// Does `work`; says on standard error why it failed, and ends the program then.
private func reporting(_ work: () throws(LoggenError) -> Void) throws(ExitCode) {
  do throws(LoggenError) {
    try work()
  } catch {
    let line = Array("loggen: \(error.description)\n".utf8)
    // SAFETY: the bytes live for this call, which reads as many as there are.
    _ = unsafe line.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    throw ExitCode(error.exitCode)
  }
}

/// Writes one log.
struct Write: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a log: the same arguments give the same bytes.",
    discussion: """
      People, companies and most hosts in the logs are invented. Sizes take B, kB, MB, GB, TB, \
      KiB, MiB, GiB and TiB.
      """
  )

  @Option(help: "The log format, by any of the names that logveil has for it.")
  var format: FormatChoice
  @Option(help: "One of the format's layouts; `loggen formats` lists them.")
  var layout: String?
  @Option(help: "What a relay puts before each line.")
  var syslog: SyslogHeader?
  @Option(help: "Size of the text; it ends at the last line end within.")
  var bytes: ByteSize
  @Option(name: .shortAndLong, help: "The file to write; - is standard output.")
  var output: String
  @Option(help: "A file for the sums that a reader of the log must find, as JSON.")
  var totals: String?
  @Option(help: "How the text is packed.")
  var codec = Codec.none
  @Option(help: "Frames of zstd and lz4, members of gzip; of about equal text.")
  var frames = 1
  @Option(help: "Blocks of lz4 frames: independent ones of 4 MiB, or dependent ones of 64 KiB.")
  var lz4Blocks = LZ4Blocks.independent
  @Option(help: "Start of all chance.")
  var seed: UInt64 = 1
  @Option(help: "Number of people; few of them cause most lines.")
  var users = 50_000
  @Option(help: "Number of hosts; few of them get most lines.")
  var hosts = 20_000
  @Option(help: "Days that the log covers.")
  var days = 1
  @Option(help: "First day, in UTC, as 2026-11-01.")
  var from = "2026-11-01"
  @Option(help: "Share of the lines, 0 to 1, that continue a session of one user with one host.")
  var locality = 0.94
  @Option(help: "Share of the lines, 0 to 1, that are broken on purpose.")
  var badLines = 0.0

  func validate() throws {
    try demand((1...1_000_000).contains(frames), "--frames must be from 1 to 1000000.")
    try demand(frames == 1 || codec != .none, "--frames needs a --codec: plain text has none.")
    try demand((1...16_000_000).contains(users), "--users must be from 1 to 16000000.")
    try demand((1...4_000_000).contains(hosts), "--hosts must be from 1 to 4000000.")
    try demand((1...3660).contains(days), "--days must be from 1 to 3660.")
    try demand((0...1).contains(locality), "--locality must be from 0 to 1.")
    try demand((0...1).contains(badLines), "--bad-lines must be from 0 to 1.")
    try demand(
      format.layout(layout) != nil,
      "--layout must be one of this format's: "
        + format.layouts.map(\.name).joined(separator: ", ") + "."
    )
    try demand(
      CalendarDay(from) != nil,
      "--from must be a day from 1970 to 2200, written 2026-11-01."
    )
  }

  func run() throws { try reporting(generate) }

  private func generate() throws(LoggenError) {
    guard let layout = format.layout(layout) else { return }
    var settings = Settings(textBytesMax: bytes.bytes, firstDay: CalendarDay(from)?.number ?? 0)
    settings.seed = seed
    settings.users = users
    settings.hosts = hosts
    settings.days = days
    settings.locality = locality
    settings.badLineRatio = badLines
    settings.doublesBackslashes = layout.doublesBackslashes
    let prefix = syslog.map { LinePrefix($0.template, isCounted: $0 == .octet) }
    let generation = Generation(
      settings: settings,
      layout: layout,
      prefix: prefix ?? LinePrefix(layout.prefix),
      frames: frames
    )
    var file = try OutputFile(path: output)
    let written = try generation.run(makeWriter(), to: &file)
    try file.finish()
    guard let totals else { return }
    var sums = try OutputFile(path: totals)
    try sums.write(Array(written.json.utf8).span)
    try sums.finish()
  }

  private func makeWriter() throws(LoggenError) -> any FrameWriter {
    switch codec {
    case .none: PlainText()
    case .zstd: try ZstdFrames()
    case .lz4: try LZ4Frames(lz4Blocks)
    case .gzip: GzipMembers()
    }
  }

  private func demand(_ holds: Bool, _ otherwise: String) throws {
    if !holds { throw ValidationError(otherwise) }
  }
}
