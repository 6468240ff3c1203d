import ArchiveDecoding
import ClearExits
import Operations
import VeiledRecords

/// What `inspect` says of an archive as a whole.
struct InspectedArchive {
  /// Records that are shown.
  private static let rowsMax = 10
  private let summary: InspectSummary
  private let path: String

  init(_ summary: InspectSummary, path: String) {
    self.summary = summary
    self.path = path
  }

  /// Whether no format fits an archive that has lines.
  var hasNoFormat: Bool { summary.refusal != nil }

  /// The rows, each as the bytes of one line.
  private var rows: [String] {
    summary.rows.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }

  /// One object; the first records are objects in it.
  var json: String {
    var members: [(String, JSONValue)] = [
      ("file", .text(path)), ("codec", .text(summary.codec)),
      ("stored_bytes", .optional(summary.storedBytes.map { Int64(clamping: $0) })),
      ("format", .optional(summary.format)),
      ("confidence", summary.confidence.map { .number($0) } ?? .null),
    ]
    let matches = summary.matches.map { match in
      JSONValue.object([
        ("format", .text(match.format)), ("confidence", .number(match.confidence)),
      ])
    }
    members += [
      ("matches", .array(matches)), ("attributes_found", .texts(summary.found.map(\.word))),
      ("attributes_missing", .texts(summary.missing.map(\.word))),
      ("problem", .optional(summary.refusal)),
      ("records", .array(shownObjects.map { .raw($0) })),
    ]
    return JSONValue.object(members).line
  }

  private var shownObjects: [String] {
    Array(rows.lazy.filter { !$0.contains(#""status":"comment""#) }.prefix(Self.rowsMax))
  }

  /// A page for people.
  var text: String {
    var facts = TextTable(["file", path])
    let size = summary.storedBytes.map { RunWords.size($0) }
    facts.add(["codec", summary.codec + (size.map { ", \($0)" } ?? "")])
    facts.add(["format", format])
    if summary.format != nil {
      facts.add(["found", words(summary.found)])
      facts.add(["missing", words(summary.missing)])
    }
    guard !rows.isEmpty else { return facts.text }
    return facts.text + "\n\n" + firstRecords
  }

  private var format: String {
    guard let name = summary.format else { return summary.refusal ?? "none: there is no text" }
    guard let confidence = summary.confidence else { return "\(name) (as was asked for)" }
    return "\(name) (\(Int((confidence * 100).rounded())) % of the first lines)"
  }

  private func words(_ attributes: [Attribute]) -> String {
    attributes.isEmpty ? "-" : attributes.map(\.word).joined(separator: ", ")
  }

  /// The first lines that are no comments; columns without any value are left out.
  private var firstRecords: String {
    let cells = rows.map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
    .filter { $0.count == summary.columns.count && $0[2] != "comment" }.prefix(Self.rowsMax)
    let used = summary.columns.indices.filter { column in
      column != 1 && cells.contains { $0[column] != "-" }
    }
    var table = TextTable(used.map { summary.columns[$0].rawValue })
    for row in cells { table.add(used.map { Self.short(row[$0]) }) }
    return table.text
  }

  /// Pseudonyms are long; their beginning tells them apart.
  private static func short(_ text: String) -> String {
    text.count > 40 ? text.prefix(16) + "…" : text
  }
}

/// What `inspect --line` says of one line.
struct InspectedLine {
  let explanation: LineExplanation
  let columns: [RowColumn]
  let row: [UInt8]
  let format: String
  let showsSteps: Bool

  private var rowText: String {
    String(decoding: row.last == UInt8(ascii: "\n") ? row.dropLast() : row[...], as: UTF8.self)
  }

  var json: String {
    let fields = explanation.fields.map { field in
      JSONValue.object([
        ("field", .count(field.place)), ("name", .optional(field.name)),
        ("attributes", .texts(field.attributes)), ("start", .count(field.start)),
        ("end", .count(field.end)), ("value", .optional(field.value)),
      ])
    }
    let steps = explanation.nameSteps.map { step in
      JSONValue.object([("step", .text(step.rule)), ("name", .text(step.name))])
    }
    return JSONValue.object([
      ("line", .count(explanation.line)), ("offset", .count(explanation.offset)),
      ("bytes", .count(explanation.byteCount)), ("format", .text(format)),
      ("fields_expected", explanation.fieldCount.map { .count($0) } ?? .null),
      ("reason", .optional(explanation.reason)),
      ("reason_attribute", .optional(explanation.attribute)), ("fields", .array(fields)),
      ("name_steps", showsSteps ? .array(steps) : .null), ("record", .raw(rowText)),
    ]).line
  }

  var text: String {
    var facts = TextTable(["line", String(explanation.line)])
    facts.add(["offset", "\(explanation.offset), \(explanation.byteCount) bytes"])
    facts.add(["format", format])
    if let reason = explanation.reason {
      facts.add(["refused", reason + (explanation.attribute.map { " in \($0)" } ?? "")])
    }
    facts.add([
      "fields",
      "\(explanation.fields.count)"
        + (explanation.fieldCount.map { ", the header names \($0)" } ?? ", no header names any"),
    ])
    var parts = [facts.text]
    if !explanation.fields.isEmpty { parts.append(fieldTable) }
    if showsSteps { parts.append(stepTable) }
    parts.append(record)
    return parts.joined(separator: "\n\n")
  }

  private var fieldTable: String {
    var table = TextTable(["field", "name", "bytes", "read as", "value"], rightAligned: [0])
    for field in explanation.fields {
      table.add([
        String(field.place), field.name ?? "-", "\(field.start)..<\(field.end)",
        field.attributes.isEmpty ? "-" : field.attributes.joined(separator: ", "),
        field.value ?? (field.start == field.end ? "" : "(not shown)"),
      ])
    }
    return table.text
  }

  private var stepTable: String {
    if explanation.nameSteps.isEmpty { return "No name is shown for this line." }
    var table = TextTable(["step", "name"])
    for step in explanation.nameSteps { table.add([step.rule, step.name]) }
    return table.text
  }

  private var record: String {
    var table = TextTable(["becomes", ""])
    let cells = rowText.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    for (column, cell) in zip(columns, cells) { table.add(["  " + column.rawValue, cell]) }
    return table.text
  }
}
