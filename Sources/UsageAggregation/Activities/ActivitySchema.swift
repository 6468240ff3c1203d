package import ColumnTables

/// The tables `activities` and `activities_private`: a row per event.
package enum ActivitySchema {
  package static let table = "activities"
  /// The same columns, of people whose activities are private; every file is encrypted.
  package static let privateTable = "activities_private"
  /// The partition column: the UTC day of the event.
  package static let partition = "date"

  /// All columns.
  package static let schema = Schema([
    Field("date", .date), Field("time", .timestamp), Field("batch", .string),
    Field("archive", .string), Field("line", .int64), Field("source", .string),
    Field("user", .string), Field("src_ip", .string), Field("ip_tag", .string),
    Field("device", .string), Field("app", .string), Field("host", .string),
    Field("action", .string), Field("method", .string), Field("http_status", .int32),
    Field("uploaded_bytes", .int64), Field("downloaded_bytes", .int64),
    Field("total_bytes", .int64), Field("user_agent", .string),
  ])

  /// The columns of a file: all but the partition.
  package static let fileSchema = schema.without([partition])

  /// The order of the rows in a file.
  package static let sortedBy = ["user", "time"]

  /// Rows of a row group: who asks for one person reads the names of one row group in each file,
  /// which with a million rows took three times as long. Files are a tenth larger for it.
  package static let rowGroupRows = 1 << 17

  /// Columns of which the tables' log says nothing.
  package static let silent: Set<String> = ["user", "src_ip", "device", "user_agent"]
}
