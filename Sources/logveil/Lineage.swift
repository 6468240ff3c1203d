import ArchiveDecoding
import Foundation
import IngestPipeline
import Operations
import StagedExecution
import VeiledRecords

/// Events of OpenLineage (2-0-2), one JSON object a line, appended to a file: what a run read and
/// what it wrote. Archives are named by their base names, as in the table `ingests`.
struct Lineage {
  private let path: String
  private let run = UUID().uuidString.lowercased()
  private let job: String
  private static let schema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/definitions/"
  private static let producer = "urn:logveil:\(ToolVersion.number)"

  /// - Parameter job: what the run does, as `run.default`.
  init(path: String, job: String) {
    self.path = path
    self.job = job
  }

  /// A run that begins.
  func start() throws(OperationError) {
    do throws(OperationError) { try append("START", inputs: [], outputs: []) } catch {
      throw OperationError(
        .cannotCreate, "\(path): the lineage event cannot be written. Nothing was read.")
    }
  }

  /// A run that ended well, also with archives left out.
  func complete(_ summary: RunSummary) throws {
    let inputs = summary.result.reports.filter(\.isJoined).map { report in
      JSONValue.object([
        ("namespace", .text("file")), ("name", .text(report.reference.name)),
        (
          "inputFacets",
          .object([
            (
              "inputStatistics",
              facet(
                "InputStatisticsInputDatasetFacet",
                [
                  ("rowCount", .count(report.counts.lines)),
                  ("size", .integer(Int64(clamping: report.storedBytes))),
                ])
            )
          ])
        ),
      ])
    }
    try append("COMPLETE", inputs: inputs, outputs: [output(summary)])
  }

  /// A run that committed nothing.
  func fail(_ error: OperationError) throws {
    let message = facet(
      "ErrorMessageRunFacet",
      [("message", .text(error.description)), ("programmingLanguage", .text("Swift"))])
    try append("FAIL", inputs: [], outputs: [], runFacets: [("errorMessage", message)])
  }

  private func output(_ summary: RunSummary) -> JSONValue {
    let masked = summary.maskedColumns.map { column in
      (
        column,
        JSONValue.object([
          ("inputFields", .array([])), ("transformationDescription", .text("AES-SIV pseudonym")),
          ("transformationType", .text("MASKED")),
        ])
      )
    }
    return .object([
      ("namespace", .text("file")), ("name", .text(summary.tablesPath + "/usage")),
      (
        "facets",
        .object([
          ("columnLineage", facet("ColumnLineageDatasetFacet", [("fields", .object(masked))])),
          (
            "version",
            facet(
              "DatasetVersionDatasetFacet",
              [("datasetVersion", .text(summary.version.map { String($0) } ?? "unchanged"))])
          ),
        ])
      ),
      (
        "outputFacets",
        .object([
          (
            "outputStatistics",
            facet(
              "OutputStatisticsOutputDatasetFacet", [("rowCount", .count(summary.result.rows))])
          )
        ])
      ),
    ])
  }

  private func facet(_ name: String, _ members: [(String, JSONValue)]) -> JSONValue {
    .object(
      [
        ("_producer", .text(Self.producer)),
        ("_schemaURL", .text("https://openlineage.io/spec/facets/1-0-0/\(name).json")),
      ] + members)
  }

  private func append(
    _ type: String, inputs: [JSONValue], outputs: [JSONValue],
    runFacets: [(String, JSONValue)] = []
  ) throws(OperationError) {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    let time = Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    let event = JSONValue.object([
      ("eventType", .text(type)), ("eventTime", .text(UTCText.milliseconds(time))),
      ("run", .object([("runId", .text(run)), ("facets", .object(runFacets))])),
      ("job", .object([("namespace", .text("logveil")), ("name", .text(job))])),
      ("inputs", .array(inputs)), ("outputs", .array(outputs)),
      ("producer", .text(Self.producer)), ("schemaURL", .text(Self.schema + "RunEvent")),
    ])
    guard try OutputFile.append(line: Array((event.line + "\n").utf8), to: path) else {
      throw failure
    }
  }

  private var failure: OperationError {
    OperationError(
      .cannotCreate, "\(path): the lineage event cannot be written. What the run came to stands.")
  }
}
