import GRDB

extension GovernanceState {
  /// Removes all that is kept of a tenant, but for its records in the governance log.
  ///
  /// Whether somebody may do that is for the caller to ask and to record.
  package func removeTenant(_ tenant: String) throws(GovernanceError) {
    try state.write { database in
      // Every table that says whose its rows are, whichever version of the state made it.
      let tables = try ExactStatement(
        """
        SELECT DISTINCT tables.name
        FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND columns.name = 'tenant' AND tables.name != 'governance'
        ORDER BY tables.name
        """, in: database)
      var names: [String] = []
      while try tables.step() { if let name = tables.value(0).string { names.append(name) } }
      // Releases stay for ever, but for those of a tenant that goes itself.
      let guardName = "releases_no_delete"
      try database.execute(sql: "DROP TRIGGER IF EXISTS \(guardName)")
      for name in names {
        let delete = try ExactStatement("DELETE FROM \"\(name)\" WHERE tenant = ?", in: database)
        try delete.bind(tenant, at: 1)
        try delete.run()
      }
      if let guardText = StateSchema.releaseGuards[guardName] {
        try database.execute(sql: guardText)
      }
    }
  }
}
