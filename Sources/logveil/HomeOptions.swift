import ArgumentParser
import Foundation
import Operations

/// Options that every verb has.
struct HomeOptions: ParsableArguments {
  @Option(help: "The home folder (default: $LOGVEIL_HOME, else ~/.local/share/logveil).")
  var home: String?

  @Option(name: .customLong("tenant"), help: "The tenant (default: default).")
  var namedTenant: String?

  @Option(help: "Messages on standard error: text, or json, one object a line (default: text).")
  var logFormat: LogFormat?

  /// The tenant that was named, here or in the defaults of the home.
  var tenant: String {
    if let namedTenant { return namedTenant }
    return (try? defaults())?.tenant ?? "default"
  }

  /// Where the home is. From here on messages have the form that was asked for.
  func path() throws -> String {
    let path = try located()
    Terminal.set(try logFormat ?? Defaults(home: path).logFormat ?? .text)
    return path
  }

  /// What holds where no flag says otherwise.
  func defaults() throws -> Defaults { try Defaults(home: try located()) }

  private func located() throws -> String {
    try Home.locate(home, environment: ProcessInfo.processInfo.environment)
  }
}

/// The form of messages on standard error.
enum LogFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
