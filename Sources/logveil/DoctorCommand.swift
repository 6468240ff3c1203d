import ArgumentParser
import Operations
import Sealing

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the machine, the libraries and the home; changes nothing.",
    discussion: "Exit code 0: usable, perhaps with warnings. 78: a problem stands in the way.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    // Once more at no cost, to learn what holds.
    let hardening = ProcessHardening.apply()
    let report = DoctorOperation.run(home: try homeOptions.path(), hardening: hardening)
    Terminal.put(json ? object(report).line : text(report))
    for problem in report.problems { Terminal.say("logveil: \(problem)") }
    if !report.isUsable { Terminal.exit(.configuration) }
  }

  private func object(_ report: DoctorReport) -> JSONValue {
    .object([
      ("usable", .boolean(report.isUsable)), ("problems", .texts(report.problems)),
      ("warnings", .texts(report.warnings)), ("version", .text(ToolVersion.number)),
      (
        "cpu",
        .object([
          ("processors", .count(report.processors)), ("features", .texts(report.features)),
          ("kernel_level", .text(report.kernelLevel)),
        ])
      ),
      ("libraries", .object(report.libraries.map { ($0.name, .text($0.version)) })),
      ("suffix_list_date", .optional(report.suffixListDate)),
      ("self_tests", .object(report.selfTests.map { ($0.name, .boolean($0.passed)) })),
      ("memory_bytes", .integer(report.memoryBytes)),
      ("memory_available_bytes", .integer(report.memoryAvailableBytes)),
      (
        "hardening",
        .object([
          ("undumpable", .boolean(report.isUndumpable)),
          ("no_core_files", .boolean(report.isWithoutCoreFiles)),
          ("keys_locked_in_memory", .boolean(report.locksKeys)),
        ])
      ),
      ("home", home(report)),
    ])
  }

  private func home(_ report: DoctorReport) -> JSONValue {
    let tenants = report.tenants.map { tenant in
      JSONValue.object([
        ("tenant", .text(tenant.name)), ("key_file", .text(tenant.keyFile)),
        ("mode", .text(tenant.mode)), ("versions", .count(tenant.versions)),
        ("wrap", .optional(tenant.wrap)),
      ])
    }
    return .object([
      ("path", .text(report.homePath)), ("exists", .boolean(report.homeExists)),
      ("mode", .optional(report.homeMode)), ("free_bytes", .optional(report.freeBytes)),
      ("tenants", .array(tenants)),
    ])
  }

  private func text(_ report: DoctorReport) -> String {
    var table = TextTable(["Logveil", ToolVersion.number])
    table.add(["processors", "\(report.processors), kernels for \(report.kernelLevel)"])
    table.add(["features", report.features.joined(separator: " ")])
    table.add([
      "memory",
      "\(size(report.memoryBytes)), \(size(report.memoryAvailableBytes)) of it available",
    ])
    for library in report.libraries { table.add([library.name, library.version]) }
    table.add(["suffix list", report.suffixListDate ?? "not inside libpsl"])
    for test in report.selfTests {
      table.add(["self test", "\(test.name): \(test.passed ? "right" : "WRONG")"])
    }
    table.add(["core dumps", report.isUndumpable && report.isWithoutCoreFiles ? "off" : "possible"])
    table.add(["home", report.homePath + (report.homeMode.map { ", mode \($0)" } ?? ", not there")])
    if let free = report.freeBytes { table.add(["free there", size(free)]) }
    for tenant in report.tenants {
      let keys = tenant.wrap.map { "\(tenant.versions) key versions, wrap \($0)" } ?? "REFUSED"
      table.add(["tenant", "\(tenant.name): \(keys), mode \(tenant.mode)"])
    }
    for warning in report.warnings { table.add(["warning", warning]) }
    for problem in report.problems { table.add(["PROBLEM", problem]) }
    table.add(["", report.isUsable ? "Usable." : "Not usable before the problems are solved."])
    return table.text
  }

  private func size(_ bytes: Int64) -> String { RunWords.size(UInt64(clamping: bytes)) }
}
