import ArgumentParser
import Operations
import Sealing
import StagedExecution

/// The command line: flags become one operation, its result words and an exit code.
@main
struct Logveil: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logveil",
    abstract: "Reprocesses archived proxy logs into pseudonymised tables.",
    discussion: """
      Archives (zstd, lz4, gzip, xz, bzip2 or plain, in zip or tar) are decompressed, parsed, \
      stripped of clear names and aggregated into Parquet files of a Delta table, which DuckDB, \
      Spark, Polars and others read.
      """,
    version: ToolVersion.number,
    subcommands: [
      InitCommand.self, RunCommand.self, BackfillCommand.self, PlanCommand.self,
      RunTaskCommand.self, CommitCommand.self, ResolveCommand.self, ApproveCommand.self,
      KeyCommand.self, GovernanceCommand.self, AdminCommand.self, SettingsCommand.self,
      SourceCommand.self, TenantCommand.self, TableCommand.self, FormatsCommand.self,
      InspectCommand.self, ReportCommand.self, ConfigCommand.self, GroupCommand.self,
      PrivacyCommand.self, ActivitiesCommand.self, SanitizeCommand.self, ExcludeCommand.self,
      LeakCheckCommand.self, AppsCommand.self, PublishCommand.self, DirectoryCommand.self,
      SnapshotCommand.self, AddressRangeCommand.self,
      DoctorCommand.self,
    ])

  static func main() {
    // First of all: a crash must print no registers and leave no core, they may hold keys.
    _ = ProcessHardening.apply()
    Signals.settle()
    do {
      var command = try parseAsRoot(
        ArchiveArguments.folded(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch let error as OperationError {
      Terminal.say("logveil: \(error.description)")
      Terminal.exit(error.exitCode)
    } catch {
      end(with: error)
    }
  }

  /// Help goes to standard output; what was typed wrongly is shown without its control characters.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code.isSuccess { Terminal.put(text) } else { Terminal.say(text) }
    Terminal.exit(status: code.rawValue)
  }
}
