package import ColumnTables

/// The table `usage`: additive facts, a row per (date, batch, source, app, host, user, source
/// address, device, action, private).
package enum UsageSchema {
  /// The partition column.
  package static let partition = "date"

  /// All columns.
  package static let schema = Schema([
    Field("date", .date),
    Field("batch", .string),
    Field("source", .string),
    Field("app", .string),
    Field("app_id", .int32),
    Field("category", .string),
    Field("host", .string),
    Field("domain", .string),
    Field("user", .string),
    Field("src_ip", .string),
    Field("ip_tag", .string),
    Field("device", .string),
    Field("action", .string),
    Field("private", .boolean),
    Field("events", .int64),
    Field("uploaded_bytes", .int64),
    Field("downloaded_bytes", .int64),
    Field("total_bytes", .int64),
    Field("first_seen", .timestamp),
    Field("last_seen", .timestamp),
  ])

  /// The columns of a file: all but the partition.
  package static let fileSchema = schema.without([partition])

  /// The order of the rows in a file.
  package static let sortedBy = [
    "batch", "source", "app", "host", "user", "src_ip", "device", "action", "private",
  ]
}
