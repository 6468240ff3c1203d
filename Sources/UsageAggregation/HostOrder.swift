internal import ByteBlocks

/// What is known of hosts beyond their names.
package struct HostClasses: Sendable {
  /// An app of the catalog.
  package struct App: Sendable, Equatable {
    package var name: String
    package var id: Int32
    package var category: String

    package init(name: String, id: Int32, category: String) {
      self.name = name
      self.id = id
      self.category = category
    }
  }

  /// One host.
  package struct Host: Sendable, Equatable {
    /// Its app's place in `apps`, from 1; 0: it is not in the catalog.
    package var app: UInt32
    /// Where in its name the registrable domain lies; empty: it has none.
    package var domain: Range<Int>

    package init(app: UInt32, domain: Range<Int>) {
      self.app = app
      self.domain = domain
    }
  }

  /// The apps of the hosts.
  package let apps: [App]
  /// One for each host, by its place.
  package let hosts: [Host]

  package init(apps: [App], hosts: [Host]) {
    self.apps = apps
    self.hosts = hosts
  }
}

/// Hosts sorted by app, those without one first, and then by name, as rows are.
struct HostOrder: Sendable {
  /// What follows from a host, for every place in this order.
  struct Trait: Sendable {
    /// Its values, sorted; value 0 is none.
    let values: ByteStrings
    let ofPlace: [UInt32]
  }

  /// For every rank of a host its place in this order.
  let place: [UInt32]
  /// The hosts' names; the values are sorted by rank.
  let names: Trait
  let apps, categories, domains: Trait
  /// The number in the catalog of each place's app; `nil`: it has none.
  let appIDs: [Int32?]

  /// - Parameter names: sorted; the first one is "none".
  init(_ names: ByteStrings, _ classes: HostClasses, parallel: ParallelFor) {
    precondition(names.count == classes.hosts.count, "Every host needs a class.")
    let apps = RankedNames([""] + classes.apps.map(\.name))
    let categories = RankedNames([""] + classes.apps.map(\.category))
    let domains = Self.domains(of: names, classes, parallel: parallel)
    let appOfRank = classes.hosts.map { apps.ranks[0][Int($0.app)] }
    let ranks = Self.order(appOfRank, appCount: apps.sorted.count)
    var place = [UInt32](repeating: 0, count: ranks.count)
    for (position, rank) in ranks.enumerated() { place[Int(rank)] = UInt32(position) }
    self.place = place
    self.names = Trait(values: names, ofPlace: ranks)
    self.apps = Trait(values: apps.sorted, ofPlace: ranks.map { appOfRank[Int($0)] })
    self.categories = Trait(
      values: categories.sorted,
      ofPlace: ranks.map { categories.ranks[0][Int(classes.hosts[Int($0)].app)] })
    self.domains = Trait(
      values: domains.sorted, ofPlace: ranks.map { domains.ranks[0][Int($0)] })
    let ids = [nil] + classes.apps.map { Int32?($0.id) }
    appIDs = ranks.map { ids[Int(classes.hosts[Int($0)].app)] }
  }

  private static func domains(
    of names: ByteStrings, _ classes: HostClasses, parallel: ParallelFor
  ) -> RankedNames {
    var texts = ByteStrings()
    texts.reserve(strings: names.count, bytes: names.bytes.count)
    for (rank, host) in classes.hosts.enumerated() {
      texts.append(bytes: names.span(rank).extracting(host.domain))
    }
    return RankedNames(
      [texts], isUsed: [classes.hosts.map { !$0.domain.isEmpty }], parallel: parallel)
  }

  /// Ranks of hosts, sorted by app and then by themselves.
  private static func order(_ appOfRank: [UInt32], appCount: Int) -> [UInt32] {
    var next = [Int](repeating: 0, count: appCount + 1)
    for app in appOfRank { next[Int(app) + 1] += 1 }
    for app in 1..<next.count { next[app] += next[app - 1] }
    var order = [UInt32](repeating: 0, count: appOfRank.count)
    for (rank, app) in appOfRank.enumerated() {
      order[next[Int(app)]] = UInt32(rank)
      next[Int(app)] += 1
    }
    return order
  }
}
