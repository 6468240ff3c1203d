import ArgumentParser
import Operations

struct PrivacyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "privacy", abstract: "Groups whose activities are private.",
    discussion: """
      From then on everything that runs read of their members is stamped private: hidden in \
      queries, exports and feeds, in the table usage under pseudonyms of another key (p1-…), its \
      activities in encrypted files. What was read before stays as it is, unless `apply \
      --retroactive` changes it. All verbs need the permission manage_settings.
      """,
    subcommands: [
      PrivacyAddCommand.self, PrivacyRemoveCommand.self, PrivacyListCommand.self,
      PrivacyApplyCommand.self,
    ])
}

struct PrivacyAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Make the activities of a group's members private from now on.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The group.")
  var group: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    let operation = try GroupOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
    let isNew = try operation.setPrivate(group, true, justification: justification)
    Terminal.say(
      isNew ? "From now on the activities of \(group) are private." : "\(group) is private already."
    )
    if try operation.group(group).name == "External users", try operation.lacksManagedDomains() {
      Terminal.say(
        "No managed domain is set, so everyone with a realm is external: see `logveil settings set "
          + "managed_domains`.")
    }
  }
}

struct PrivacyRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Let new activities of a group's members be seen again.",
    discussion: "What was stamped private stays private.")

  @OptionGroup var homeOptions: HomeOptions

  @Argument(help: "The group.")
  var group: String

  @Option(help: "Why: kept in the governance log.")
  var justification: String?

  func run() throws {
    let isChanged = try GroupOperation(
      home: try homeOptions.path(), tenant: homeOptions.tenant
    ).setPrivate(group, false, justification: justification)
    Terminal.say(isChanged ? "\(group) is private no longer." : "\(group) is not private.")
  }
}

struct PrivacyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the groups whose activities are private.")

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Print one JSON object for each group.")
  var json = false

  func run() throws {
    let groups = try GroupOperation(home: try homeOptions.path(), tenant: homeOptions.tenant)
      .list().filter { $0.privateSince != nil }
    if json {
      for group in groups { Terminal.put(group.object.line) }
      return
    }
    var table = TextTable(["group", "members", "private since"], rightAligned: [1])
    for group in groups {
      table.add([group.name, String(group.members), group.privateSince ?? "-"])
    }
    Terminal.put(table.text)
  }
}

struct PrivacyApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Make private what was read of members before.",
    discussion: """
      Rows of usage get the other pseudonyms, activities go to the encrypted table, in one commit \
      for each table; the files that showed them are erased at once. Addresses and devices in \
      them become pseudonyms. Recorded before and after. Needs manage_tables, too; how many rows \
      there were is told with view_private.
      """)

  @OptionGroup var homeOptions: HomeOptions

  @Flag(help: "Say that this is meant: rows are rewritten.")
  var retroactive = false

  @Option(help: "Why: kept in the governance log.")
  var justification: String

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard retroactive else {
      throw ValidationError("What is read from now on is private anyway; --retroactive does more.")
    }
  }

  func run() throws {
    let done = try PrivacyApply(
      home: try homeOptions.path(), tenant: homeOptions.tenant, justification: justification
    ).run()
    if json {
      Terminal.put(
        JSONValue.object([
          ("usage_rows", .optional(done.usageRows)),
          ("activity_rows", .optional(done.activityRows)),
          ("erased_files", .count(done.erasedFiles)), ("left_files", .count(done.leftFiles)),
        ]).line)
      return
    }
    if let usageRows = done.usageRows, let activityRows = done.activityRows {
      Terminal.say(
        "\(usageRows) rows of usage and \(activityRows) activities are private now; "
          + "\(done.erasedFiles) files were erased.")
    } else {
      Terminal.say(
        "What was read of the members is private now; \(done.erasedFiles) files were erased.")
    }
    if done.leftFiles > 0 {
      Terminal.say(
        "\(done.leftFiles) files stay as long as a run lives; `logveil table vacuum` removes them.")
    }
  }
}
