package import ArchiveDecoding
internal import ByteBlocks
package import ClearExits
internal import Governance
internal import IdentityRules
internal import IngestPipeline
package import LogFormats
internal import Pseudonymisation
internal import StagedExecution
internal import Storage

/// What a person asked `logveil sanitize` to do.
package struct SanitizeRequest: Sendable {
  package var home: String
  package var tenant: String
  package var inputs: [String]
  /// A file for one archive, else a folder that is there.
  package var output: String
  package var source = "default"
  /// `nil`: by the first lines.
  package var profile: FormatProfile?
  package var choices = RunChoices()
  package var threads = 1
  /// Files that are there may be replaced.
  package var replaces = false

  package init(home: String, tenant: String, inputs: [String], output: String) {
    self.home = home
    self.tenant = tenant
    self.inputs = inputs
    self.output = output
  }
}

/// One archive that was written anew.
package struct SanitizedArchive: Sendable {
  package let path: String
  package let output: String
  package let codec: Codec
  package let format: String
  package let counts: Sanitiser.Counts
  package let textBytes: UInt64
}

/// Writes archives anew with pseudonyms in place of users' names: the same format and codec, the
/// same events.
package struct SanitizeOperation {
  private let request: SanitizeRequest
  private let prepared: PreparedHome
  private let run: RunRequest
  private let executor: ThreadCrew

  /// What was made on the way.
  package var notices: [String] { prepared.notices }

  /// Asks whether this may be done, and opens the keys; makes a home where there is none.
  package init(_ request: SanitizeRequest) throws(OperationError) {
    self.request = request
    prepared = try Home.prepare(at: request.home, tenant: request.tenant)
    try prepared.gate.require(.ingest, for: .sanitise)
    var run = RunRequest(home: request.home, inputs: [])
    run.tenant = request.tenant
    run.options.source = request.source
    run.options.profile = request.profile
    run.choices = request.choices
    try run.settle(prepared.gate)
    try run.loadPeople(prepared)
    self.run = run
    executor = ThreadCrew(workers: request.threads)
  }

  /// Writes all archives, one after the other; `done` is told of each.
  package func sanitize(
    _ done: (SanitizedArchive) -> Void
  ) throws(OperationError) {
    for (archive, output) in try outputs() {
      let written = try prepared.gate.audited(.sanitise, target: archive.name) {
        let written = try sanitize(archive, to: output)
        return (
          written, "\(archive.name) lines=\(written.counts.lines) names=\(written.counts.names)"
        )
      }
      done(written)
    }
  }

  /// Which archive goes where.
  private func outputs() throws(OperationError) -> [(ArchiveReference, String)] {
    let archives: [ArchiveReference]
    do { archives = try ArchiveList(request.inputs).archives } catch {
      throw OperationError(.noInput, error.description)
    }
    for archive in archives {
      // What cannot be opened says so in its turn.
      guard (try? archive.isForeign()) == true else { continue }
      throw OperationError(
        .usage,
        "\(archive.path): zip, tar, xz and bzip2 are not written here. Nothing was done; "
          + "unpack it, or pack it as zstd, lz4 or gzip.")
    }
    let output = request.output
    guard output != "-" else {
      throw OperationError(
        .usage, "-o -: a sanitised log is a file, whole or not at all. Nothing was done; name one.")
    }
    var isFolder = output.hasSuffix("/")
    if let storage = try? DiskStorage(root: output) { isFolder = storage.rootPath == output }
    guard isFolder else {
      guard archives.count == 1 else {
        throw OperationError(
          .usage, "-o \(output): several archives go into a folder, which must be there.")
      }
      return [(archives[0], output)]
    }
    let folder = output.hasSuffix("/") ? output : output + "/"
    var names: Set<String> = []
    return try archives.map { (archive) throws(OperationError) in
      guard names.insert(archive.name).inserted else {
        throw OperationError(
          .usage, "Two archives are called \(archive.name). Nothing was done; give them apart.")
      }
      return (archive, folder + archive.name)
    }
  }

  private func sanitize(
    _ archive: ArchiveReference, to output: String
  ) throws -> SanitizedArchive {
    guard !HomeWall.areSame(archive.path, output) else {
      throw OperationError(
        .usage, "\(output) is the archive itself, which stays as it is. Name another file.")
    }
    let file = try OutputFile(output, replaces: request.replaces)
    var text = try SanitizedText(
      archive, format: run.options.profile, slots: request.threads)
    // On a pipe only the opening shows it.
    if let filter = text.filter {
      throw SanitizedText.named(
        ArchiveError.unsupported(offset: 0, filter.format), archive.path)
    }
    // Of no text there is a frame, too.
    let first = try text.next() ?? []
    let (codec, format) = (text.codec, text.profile)
    let boxes = try (0..<request.threads).map { _ in
      try SanitiserBox(
        try format.map { Sanitiser(prepared.keyring, try options($0)) }, codec)
    }
    let done = try SanitizeCrew(boxes, first: first, of: text, to: file).run(executor)
    return SanitizedArchive(
      path: archive.path, output: output, codec: codec,
      format: (format ?? run.options.profile)?.name ?? "-", counts: done.counts,
      textBytes: done.textBytes)
  }

  private func options(_ profile: FormatProfile) throws(OperationError) -> Sanitiser.Options {
    var options = Sanitiser.Options(profile: profile, canonical: try run.canonicalNames())
    options.zone = run.options.zone
    options.privateUsers = run.privateUsers
    options.people = run.directory?.people
    return options
  }
}
