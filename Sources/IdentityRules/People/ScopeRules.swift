/// What runs leave out, and what alone they take: by user, group, address, device and host.
///
/// A rule that excludes wins over one that includes. Where rules include something of a kind, all
/// else of that kind is left out, and so is an event that has nothing of it. Asked once for each
/// distinct name of a run, by its canonical form.
package struct ScopeRules: Sendable {
  package enum Effect: String, Sendable, CaseIterable { case exclude, include }
  /// What a rule is about.
  package enum Kind: String, Sendable, CaseIterable { case user, group, ip, device, host }
  /// Rules of a tenant, at most.
  package static let rulesMax = 4000

  private struct Part: Sendable {
    var names: [[UInt8]: Int] = [:]
    var groups: [(members: GroupMembers, place: Int)] = []
    var ranges: [(range: AddressRange, place: Int)] = []
    var domains: [[UInt8]: Int] = [:]
    var isEmpty: Bool {
      names.isEmpty && groups.isEmpty && ranges.isEmpty && domains.isEmpty
    }

    func place(_ column: Column, _ name: [UInt8]) -> Int? {
      if let place = names[name] { return place }
      if let group = groups.first(where: { $0.members.contains(name) }) { return group.place }
      if !ranges.isEmpty, let address = CanonicalAddress(name.span) {
        return ranges.first { $0.range.contains(address) }?.place
      }
      if domains.isEmpty { return nil }
      if let place = domains[name] { return place }
      for dot in name.indices where name[dot] == UInt8(ascii: ".") {
        if let place = domains[Array(name[(dot + 1)...])] { return place }
      }
      return nil
    }
  }

  /// What names of a log are, to rules.
  package enum Column: Int, Sendable, CaseIterable { case user, address, device, host }

  private var excluding = Column.allCases.map { _ in Part() }
  private var including = Column.allCases.map { _ in Part() }
  /// How many rules there are.
  package private(set) var count = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  /// Where events are counted that no rule includes: behind all rules.
  package var notIncluded: Int { count }

  /// Adds the next rule, whose place is the number of those before it.
  ///
  /// - Parameters:
  ///   - value: a name, an address or network, or a host.
  ///   - members: of a group.
  ///   - people: the directory, where there is one.
  /// - Returns: `false` where the value cannot be one of its kind.
  package mutating func insert(
    _ effect: Effect, _ kind: Kind, _ value: [UInt8], members: GroupMembers? = nil,
    canonical: CanonicalNames, people: PersonMap? = nil
  ) -> Bool {
    var part = Part()
    var name: [UInt8] = []
    switch kind {
    case .user:
      guard canonical.canonicalise(value.span, into: &name) == .name else { return false }
      part.names[people?.person(of: name) ?? name] = count
    case .device:
      guard canonical.canonicaliseMachine(value.span, into: &name) == .name else { return false }
      part.names[name] = count
    case .group:
      guard let members else { return false }
      part.groups.append((members, count))
    case .ip:
      guard let range = AddressRange(String(decoding: value, as: UTF8.self)) else { return false }
      part.ranges.append((range, count))
    case .host:
      let host = value.drop { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "*") }
      guard !host.isEmpty else { return false }
      part.domains[UnicodeForm.folded(Array(host)) ?? Array(host)] = count
    }
    add(part, to: effect, kind.column)
    count += 1
    return true
  }

  /// Whether a value of a host's rule can ever be one: `*.` may stand in front, and nothing else in
  /// a host is a pattern.
  package static func isHost(_ value: [UInt8]) -> Bool {
    let isPattern = value.starts(with: "*.".utf8)
    let host = value.dropFirst(isPattern ? 2 : 0).drop { $0 == UInt8(ascii: ".") }
    let others = Array("*?/\\@ ".utf8)
    return !host.isEmpty && host.allSatisfy { $0 > 0x1F && $0 != 0x7F && !others.contains($0) }
  }

  private mutating func add(_ part: Part, to effect: Effect, _ column: Column) {
    func join(_ target: inout Part) {
      target.names.merge(part.names) { old, _ in old }
      target.groups += part.groups
      target.ranges += part.ranges
      target.domains.merge(part.domains) { old, _ in old }
    }
    switch effect {
    case .exclude: join(&excluding[column.rawValue])
    case .include: join(&including[column.rawValue])
    }
  }

  /// The place of the rule by which an event with this name is left out; `nil`: it is taken.
  ///
  /// - Parameter name: in its canonical form; empty: there is none.
  package func verdict(_ column: Column, _ name: [UInt8]) -> Int? {
    if !name.isEmpty, let place = excluding[column.rawValue].place(column, name) { return place }
    let wanted = including[column.rawValue]
    if wanted.isEmpty { return nil }
    return !name.isEmpty && wanted.place(column, name) != nil ? nil : notIncluded
  }
}

extension ScopeRules.Kind {
  /// The column that a rule of this kind looks at.
  var column: ScopeRules.Column {
    switch self {
    case .user, .group: .user
    case .ip: .address
    case .device: .device
    case .host: .host
    }
  }
}
