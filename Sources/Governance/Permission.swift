/// What an admin may do.
///
/// Whoever has no grant for a permission is denied it.
package enum Permission: String, CaseIterable, Sendable {
  /// Run the main job, and thereby see what chosen names turn into.
  case ingest
  /// Run it without pseudonyms.
  case ingestClear = "ingest_clear"
  case viewReports = "view_reports"
  case viewActivities = "view_activities"
  /// See the activities of members of private groups.
  case viewPrivate = "view_private"
  /// Turn pseudonyms into names.
  case resolve
  /// Turn names into pseudonyms.
  case lookup
  case approve
  case viewGovernance = "view_governance"
  case manageKeys = "manage_keys"
  case manageSettings = "manage_settings"
  case manageTables = "manage_tables"
  case manageAdmins = "manage_admins"
  case publish
}
