internal import AppMatching
internal import ArchiveDecoding
internal import ByteKernels
internal import Governance
internal import Pseudonymisation
package import Sealing
internal import Storage
internal import VeiledRecords

/// What `logveil doctor` found.
package struct DoctorReport: Sendable {
  package var processors = 0
  /// Processor features that matter here and are there.
  package var features: [String] = []
  package var kernelLevel = ""
  package var libraries: [(name: String, version: String)] = []
  /// The day of the list of public suffixes, `YYYY-MM-DD`; `nil` where the library has none inside.
  package var suffixListDate: String?
  /// What was computed and compared with a known answer.
  package var selfTests: [(name: String, passed: Bool)] = []
  package var memoryBytes: Int64 = 0
  package var memoryAvailableBytes: Int64 = 0
  package var isUndumpable = false
  package var isWithoutCoreFiles = false
  /// Whether keys, and what OpenSSL expands and derives from them, are kept from the swap device.
  package var locksKeys = false
  package var homePath = ""
  package var homeExists = false
  /// Octal, as `chmod` takes it.
  package var homeMode: String?
  package var tenants: [Tenant] = []
  /// Bytes free for this account where the home is, or would be.
  package var freeBytes: Int64?
  /// What must be put right before Logveil can be used.
  package var problems: [String] = []
  /// What works, and could be better.
  package var warnings: [String] = []

  /// A tenant with a key file.
  package struct Tenant: Sendable {
    package let name: String
    package let keyFile: String
    package let mode: String
    package let versions: Int
    /// `nil` where the file was refused.
    package let wrap: String?
  }

  package var isUsable: Bool { problems.isEmpty }
}

/// Looks at the machine, the libraries and the home; changes nothing.
package enum DoctorOperation {
  /// Free bytes below which it warns: one batch of tables and its temporary files.
  private static let freeBytesMin: Int64 = 1 << 30

  /// Looks at everything.
  ///
  /// - Parameter hardening: what the start of the process has reached.
  package static func run(home: String, hardening: ProcessHardening) -> DoctorReport {
    var report = DoctorReport()
    report.homePath = home
    lookAtMachine(&report)
    report.isUndumpable = hardening.isUndumpable
    report.isWithoutCoreFiles = hardening.isWithoutCoreFiles
    report.locksKeys = hardening.isLibraryLocked && (try? KeyHandle.random().isLocked) ?? false
    lookAtLibraries(&report)
    lookAtHome(&report)
    warn(&report)
    return report
  }

  private static func lookAtMachine(_ report: inout DoctorReport) {
    report.processors = MachineFacts.processors
    report.features = MachineFacts.features
    report.kernelLevel = KernelLevel.best.name
    report.memoryBytes = MachineFacts.memoryBytes("MemTotal") ?? 0
    report.memoryAvailableBytes = MachineFacts.memoryBytes("MemAvailable") ?? 0
  }

  private static func lookAtLibraries(_ report: inout DoctorReport) {
    report.libraries = CodecLibraries.versions
    report.libraries.append(("openssl", CipherLibrary.version))
    report.libraries.append(("libpsl", SuffixLibrary.version))
    report.libraries.append(("sqlite", StateLibrary.version))
    report.suffixListDate = SuffixLibrary.listTime.map {
      CivilDay(Int32(clamping: $0 / 86_400)).description
    }
    for test in KnownAnswers.all {
      var passed = true
      do { try test.run() } catch {
        passed = false
        report.problems.append(OperationError(error).description)
      }
      report.selfTests.append((test.name, passed))
    }
  }

  private static func lookAtHome(_ report: inout DoctorReport) {
    report.freeBytes = MachineFacts.freeBytes(at: report.homePath)
    report.homeExists = Home.exists(at: report.homePath)
    guard report.homeExists else {
      report.warnings.append(
        "There is no home at \(report.homePath) yet: `logveil run` makes one, and `logveil init`.")
      return
    }
    report.homeMode = MachineFacts.mode(of: report.homePath)
    do {
      let home = try Home(at: report.homePath)
      try home.checkState()
      try lookAtKeys(of: home, &report)
      guard try home.hasState() else { return }
      try governed { () throws(GovernanceError) in
        _ = try GovernanceState.open(home: home.path).admins()
      }
    } catch { report.problems.append(OperationError(error).description) }
  }

  private static func lookAtKeys(of home: Home, _ report: inout DoctorReport) throws {
    guard try home.storage.status("keys") != nil else { return }
    for file in try home.storage.list("keys") where file.hasSuffix(".json") {
      let tenant = String(file.dropLast(".json".utf8.count))
      let path = "\(home.keysPath)/\(file)"
      var keyring: Keyring?
      var isUnasked = false
      do throws(VeilError) {
        keyring = try Keyring.load(tenant: tenant, folder: home.keysPath)
      } catch {
        if case .keyFile(.noKey(.noTerminal, _), _) = error {
          isUnasked = true
          report.warnings.append("Not looked into, as there is nobody to ask: \(error)")
        } else {
          report.problems.append(error.description)
        }
      }
      let wrap =
        keyring.map { $0.wrapping?.source.description ?? "none" }
        ?? (isUnasked ? KeySource.passphrase.description : nil)
      report.tenants.append(
        DoctorReport.Tenant(
          name: tenant, keyFile: path, mode: MachineFacts.mode(of: path) ?? "",
          versions: keyring?.versions.count ?? 0, wrap: wrap))
    }
  }

  private static func warn(_ report: inout DoctorReport) {
    for tenant in report.tenants where tenant.wrap == "none" {
      report.warnings.append(
        "The keys of tenant \(tenant.name) are plain: whoever reads \(tenant.keyFile), or a "
          + "backup of it, can read all names.")
    }
    if let free = report.freeBytes, free < freeBytesMin {
      report.warnings.append("Only \(free) bytes are free where the home lies.")
    }
    if !report.locksKeys {
      report.warnings.append(
        "Keys cannot be locked in memory and may reach the swap device: raise RLIMIT_MEMLOCK.")
    }
    if !report.isUndumpable || !report.isWithoutCoreFiles {
      report.warnings.append(
        "The kernel refused to turn core dumps off: a crash may write keys to a file.")
    }
    if KernelLevel.best == .scalar {
      report.warnings.append("The processor has no AVX2: everything works, slower.")
    }
    if report.suffixListDate == nil {
      report.warnings.append("libpsl has no list of public suffixes inside; one from disk is used.")
    }
  }
}
