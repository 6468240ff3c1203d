/// What was done, or asked for, that the governance log keeps.
///
/// The set is closed: its words stand in the log for ever and in what people filter by. A case is
/// never renamed or reused; new ones are added. A word that this version does not know, written by
/// a newer one, is kept as it is in `GovernanceEntry.action`.
package enum GovernanceAction: String, CaseIterable, Sendable {
  /// A home was made; the target is its first admin.
  case initialise = "init"
  /// An archive was read into the tables; the target is its name.
  case parse
  /// An archive was read into the tables without pseudonyms.
  case parseClear = "parse_clear"
  /// Pseudonyms were turned into names; the target is a pseudonym, never a name.
  case resolve
  /// Names were turned into pseudonyms; the target is a pseudonym, never a name.
  case lookup
  /// A verb without a word of its own was refused; the target is the permission that lacked.
  case denied
  /// Clear names of an archive were shown.
  case inspectClear = "inspect_clear"
  /// An archive was written anew with pseudonyms in place of names.
  case sanitise = "sanitize"
  /// What a run left was searched for clear names.
  case leakCheck = "leak_check"
  /// Activities of members of private groups were shown.
  case viewPrivate = "view_private"
  /// A request waits for a second person.
  case request
  /// A second person agreed to a request.
  case approve
  /// A second person refused a request.
  case refuse
  case keyNew = "key_new"
  /// The keys were wrapped another way.
  case keyWrap = "key_wrap"
  case keyRotate = "key_rotate"
  case keyBridge = "key_bridge"
  case keyExport = "key_export"
  case keyImport = "key_import"
  case keyDestroy = "key_destroy"
  case adminAdd = "admin_add"
  case adminGrant = "admin_grant"
  case adminRevoke = "admin_revoke"
  case adminRemove = "admin_remove"
  case tenantAdd = "tenant_add"
  case tenantRemove = "tenant_remove"
  case sourceAdd = "source_add"
  case sourceChange = "source_change"
  case sourceRemove = "source_remove"
  case settingsChange = "settings_change"
  case groupImport = "group_import"
  case groupRemove = "group_remove"
  case privacyAdd = "privacy_add"
  case privacyRemove = "privacy_remove"
  case directoryImport = "directory_import"
  case exclusionChange = "exclusion_change"
  case addressRangeChange = "ip_range_change"
  /// An app was added to the catalog or changed in it.
  case appChange = "app_change"
  case appTag = "app_tag"
  /// Rows left the house: a report, a query's result, the log itself.
  case export
  /// A report without pseudonyms was published.
  case publish
  case snapshotCreate = "snapshot_create"
  case snapshotRemove = "snapshot_remove"
  case tableDelete = "table_delete"
  case tableVacuum = "table_vacuum"
  /// Rows older than their retention were removed.
  case retention
  /// The head of the log was written to a place outside the home.
  case anchor
  /// An epoch of the log was closed and signed.
  case epochSeal = "epoch_seal"
  /// Records of the log older than their retention were removed; the target says which.
  case purge
}

/// How far an action came.
package enum GovernanceStatus: String, CaseIterable, Sendable {
  /// About to be done; a second record tells the outcome.
  case intent
  case successful
  case failed
  /// Refused, since the initiator lacks the permission or an approval.
  case denied
}
