internal import ByteBlocks
internal import ReportFigures
internal import VeiledRecords

extension FigureMaker {
  func domains() -> [DomainFigures] {
    var domains: [DomainFigures] = []
    for (place, target) in period.targets.enumerated() where target.sums.events > 0 {
      guard case .domain(let name) = targets[place].kind else { continue }
      let firstDay = history.day(of: place) ?? target.firstDay
      var domain = DomainFigures(name: name, firstDay: CivilDay(firstDay))
      domain.users = users.count(target.users)
      domain.addresses = addresses.count(target.addresses)
      domain.sums = target.sums
      domain.lastSeen = target.lastSeen
      domains.append(domain)
    }
    return domains.sorted {
      let (one, other) = ($0.users.pseudonyms, $1.users.pseudonyms)
      if one != other { return one > other }
      if $0.sums.uploaded != $1.sums.uploaded { return $0.sums.uploaded > $1.sums.uploaded }
      return Self.isBefore($0.sums.uses, $0.name, $1.sums.uses, $1.name)
    }
  }

  func categories(_ apps: [AppFigures]) -> [CategoryFigures] {
    var usersOf: [String: BitSet] = [:]
    for (place, target) in period.targets.enumerated() where target.sums.events > 0 {
      guard let category = facts(of: place)?.category else { continue }
      target.users.union(into: &usersOf[category, default: BitSet()])
    }
    let groups = Dictionary(grouping: apps) { $0.facts.category }
    return groups.map { name, apps in
      var category = CategoryFigures(name: name)
      category.apps = apps.count
      category.users = users.count(usersOf[name]?.numbers ?? [])
      for app in apps {
        category.sums += app.sums
        category.byTag[app.facts.tagClass, default: Sums()] += app.sums
      }
      return category
    }.sorted { Self.isBefore($0.sums.uses, $0.name, $1.sums.uses, $1.name) }
  }

  func countries(_ apps: [AppFigures]) -> [AppGroupFigures] {
    Dictionary(grouping: apps) { $0.facts.country }.compactMap { group($0, $1) }
      .sorted { Self.isBefore($0.sums.uses, $0.name ?? "", $1.sums.uses, $1.name ?? "") }
  }

  /// Apps together; `nil` where there are none.
  func group(_ name: String?, _ apps: [AppFigures]) -> AppGroupFigures? {
    guard !apps.isEmpty else { return nil }
    var group = AppGroupFigures(name: name)
    group.apps = apps.count
    for app in apps { group.sums += app.sums }
    return group
  }

  /// The largest users, with their apps and days.
  func userFigures(_ apps: [AppFigures]) -> [EntityFigures] {
    var appsOf = [[NamedSums]](repeating: [], count: topUsers.count)
    for (place, target) in period.targets.enumerated() where target.sums.events > 0 {
      guard let app = facts(of: place) else { continue }
      for (index, user) in topUsers.enumerated() {
        guard let sums = target.uses.sums(of: user) else { continue }
        appsOf[index].append(NamedSums(name: app.name, sums: sums))
      }
    }
    return topUsers.enumerated().map { index, user in
      var figures = entity(user, users, period.names.users)
      figures.apps = appsOf[index].count
      figures.topApps = Self.largest(appsOf[index], max: query.detailsMax)
      if index < dailyOfUsers.count { figures.dailyBytes = dailyOfUsers[index] }
      return figures
    }
  }

  /// The largest of a column's names.
  func entities(_ names: Names, _ sums: EntitySums) -> [EntityFigures] {
    names.largest(sums, max: query.entitiesMax).map { entity($0, names, sums) }
  }

  private func entity(_ number: UInt32, _ names: Names, _ sums: EntitySums) -> EntityFigures {
    var figures = EntityFigures(name: names.text(number))
    figures.sums = sums[number].sums
    figures.lastSeen = sums[number].lastSeen
    return figures
  }

  /// Sums by name, the largest first.
  func figures(_ names: ByteStrings, _ sums: [Sums]) -> [SourceFigures] {
    var figures: [SourceFigures] = []
    for (number, sums) in sums.enumerated() where number > 0 && sums.events > 0 {
      var source = SourceFigures(name: names.string(number - 1))
      source.sums = sums
      figures.append(source)
    }
    return figures.sorted { Self.isBefore($0.sums.uses, $0.name, $1.sums.uses, $1.name) }
  }

  /// Attributes that logs may lack, and whose logs do.
  func attributes() -> [AttributeFigures] {
    AttributeColumns.all.enumerated().map { place, attribute in
      var figures = AttributeFigures(column: attribute.column, widgets: attribute.widgets)
      for (source, events) in period.names.attributeEvents.enumerated() {
        figures.events += events[place]
        if source > 0, events[place] == 0, period.names.sources[source].events > 0 {
          figures.missingIn.append(sources.string(source - 1))
        }
      }
      figures.missingIn.sort()
      return figures
    }
  }

  func keyVersions() -> [Int] {
    users.versions(of: period.names.users.numbers)
      .union(addresses.versions(of: period.names.addressNumbers))
      .union(devices.versions(of: period.names.deviceNumbers)).sorted()
  }

  /// The order of all lists: more bytes first, then more events, then by name.
  static func isBefore(_ a: UseSums, _ name: String, _ b: UseSums, _ other: String) -> Bool {
    if a.total != b.total { return a.total > b.total }
    if a.events != b.events { return a.events > b.events }
    return name.utf8.lexicographicallyPrecedes(other.utf8)
  }

  static func largest(_ named: [NamedSums], max: Int) -> [NamedSums] {
    Array(named.sorted { isBefore($0.sums, $0.name, $1.sums, $1.name) }.prefix(max))
  }
}
