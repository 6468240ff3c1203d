package import ReportFigures
internal import VeiledRecords

/// The report as one JSON object on one line.
package enum ReportJSON {
  package static func line(_ report: DiscoveryReport) -> String {
    var json = JSONText()
    json.object { json in
      scope(report, &json)
      json.name("totals")
      totals(report.totals, &json)
      json.name("before")
      if let before = report.before { totals(before, &json) } else { json.raw("null") }
      lists(report, &json)
      people(report, &json)
    }
    return json.text
  }

  private static func scope(_ report: DiscoveryReport, _ json: inout JSONText) {
    let scope = report.scope
    json.member("tenant", scope.tenant)
    json.member("source", scope.source)
    json.member("snapshot", scope.snapshot)
    json.member("group", scope.group)
    json.name("ip_tags_chosen")
    json.array(scope.addressTags) { $0.string($1) }
    json.member("from", scope.first.description)
    json.member("to", scope.last.description)
    json.member("days", scope.dayCount)
    json.member("oldest_day", scope.oldest.description)
    json.member("newest_day", scope.newest.description)
    json.member("table_version", scope.tableVersion)
    json.member("catalog_version", scope.catalogVersion)
    json.member("tool_version", scope.toolVersion)
    json.member("made", scope.made)
    json.name("key_versions")
    json.array(report.keyVersions) { json, version in json.number(Int64(version)) }
    json.member("distinct_counts", report.distinctWord)
    json.name("attributes")
    json.array(report.attributes) { json, attribute in
      json.object { json in
        json.member("column", attribute.column)
        json.member("events", attribute.events)
        json.name("missing_in_sources")
        json.array(attribute.missingIn) { $0.string($1) }
        json.name("empty_widgets")
        json.array(attribute.events == 0 ? attribute.widgets : []) { $0.string($1) }
      }
    }
    json.name("notes")
    json.array(report.notes) { $0.string($1) }
  }

  private static func totals(_ totals: PeriodTotals, _ json: inout JSONText) {
    json.object { json in
      json.member("apps", totals.apps)
      json.member("users", totals.users)
      json.member("source_addresses", totals.addresses)
      json.member("devices", totals.devices)
      json.member("hosts", totals.hosts)
      json.member("uncatalogued_domains", totals.domains)
      json.members(totals.sums)
    }
  }

  private static func lists(_ report: DiscoveryReport, _ json: inout JSONText) {
    json.name("daily")
    json.array(report.days) { json, day in
      json.object { json in
        json.member("date", day.day.description)
        json.member("apps", day.apps)
        json.member("users", day.users)
        json.members(day.sums)
      }
    }
    json.name("categories")
    json.array(report.categories) { json, category in
      json.object { json in
        json.member("category", category.name)
        json.member("apps", category.apps)
        json.member("users", category.users)
        json.members(category.sums)
        json.name("total_bytes_by_tag")
        json.object { json in
          for tag in AppTag.allCases {
            json.member(tag.rawValue, category.byTag[tag]?.total ?? 0)
          }
        }
      }
    }
    groups("risk_levels", "level", report.risks, &json)
    groups("countries", "country", report.countries, &json)
    json.name("sources")
    json.array(report.sources) { json, source in
      json.object { json in
        json.member("source", source.name)
        json.members(source.sums, without: report.missing(in: source))
      }
    }
    json.name("ip_tags")
    json.array(report.addressTags) { json, tag in
      json.object { json in
        json.member("ip_tag", tag.name)
        json.members(tag.sums)
      }
    }
    json.name("apps")
    json.array(report.apps) { app($1, &$0) }
    json.name("uncatalogued")
    json.array(report.domains) { json, domain in
      json.object { json in
        json.member("domain", domain.name)
        json.member("users", domain.users)
        json.member("source_addresses", domain.addresses)
        json.members(domain.sums)
        json.member("first_seen", domain.firstDay.description)
        json.member("last_seen", UTCTime.text(domain.lastSeen))
      }
    }
  }

  private static func groups(
    _ list: String, _ name: String, _ groups: [AppGroupFigures], _ json: inout JSONText
  ) {
    json.name(list)
    json.array(groups) { json, group in
      json.object { json in
        json.member(name, group.name)
        json.member("apps", group.apps)
        json.members(group.sums)
      }
    }
  }

  private static func app(_ app: AppFigures, _ json: inout JSONText) {
    json.object { json in
      json.member("app_id", Int64(app.facts.number))
      json.member("app", app.facts.name)
      json.member("category", app.facts.category)
      json.member("country", app.facts.country)
      json.name("tags")
      json.array(app.facts.tags) { $0.string($1) }
      json.member("risk", app.facts.risk.rawValue)
      json.member("risk_score_tenths", optional: app.facts.score)
      json.member("risk_known_percent", optional: app.facts.knownPercent)
      json.member("risk_set_by_hand", app.facts.scoreNote)
      json.member("users", app.users)
      json.member("source_addresses", app.addresses)
      json.member("devices", app.devices)
      json.members(app.sums)
      json.member("total_bytes_before", optional: app.before.map { Int($0.total) })
      json.member("is_new", app.isNew)
      json.member("first_seen", app.firstDay.description)
      json.member("last_seen", UTCTime.text(app.lastSeen))
      json.name("daily_bytes")
      json.array(app.dailyBytes) { $0.number($1) }
      json.name("daily_events")
      json.array(app.dailyEvents) { $0.number($1) }
      named("top_users", "user", app.topUsers, &json)
      named("top_hosts", "host", app.topHosts, &json)
    }
  }

  private static func people(_ report: DiscoveryReport, _ json: inout JSONText) {
    let lists = [
      ("top_users", "user", report.users), ("top_source_addresses", "src_ip", report.addresses),
      ("top_devices", "device", report.devices),
    ]
    for (list, name, entities) in lists {
      json.name(list)
      json.array(entities) { json, entity in
        json.object { json in
          json.member(name, entity.name)
          json.members(entity.sums)
          json.member("last_seen", UTCTime.text(entity.lastSeen))
          guard name == "user" else { return }
          json.member("apps", entity.apps)
          json.name("daily_bytes")
          json.array(entity.dailyBytes) { $0.number($1) }
          named("top_apps", "app", entity.topApps, &json)
        }
      }
    }
  }

  private static func named(
    _ list: String, _ name: String, _ values: [NamedSums], _ json: inout JSONText
  ) {
    json.name(list)
    json.array(values) { json, value in
      json.object { json in
        json.member(name, value.name)
        json.members(value.sums)
      }
    }
  }
}

extension DiscoveryReport {
  /// How distinct people and machines were counted.
  package var distinctWord: String {
    if isBridged { return "exact_by_bridge" }
    let counts = [totals.users, totals.addresses, totals.devices]
    return counts.allSatisfy(\.isExact) ? "exact" : "upper_bound"
  }
}

/// Moments as text.
package enum UTCTime {
  /// `YYYY-MM-DDTHH:MM:SSZ` of microseconds since 1970.
  package static func text(_ microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000 - (microseconds % 1_000_000 < 0 ? 1 : 0)
    let day = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    let second = seconds - day * 86_400
    let clock = [second / 3600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return "\(CivilDay(Int32(clamping: day)))T\(clock.joined(separator: ":"))Z"
  }
}
