package import VeiledRecords

/// A file of people and their groups, as directories export them: CSV, LDIF or SCIM JSON, told by
/// its beginning. Only active people are taken.
package struct PeopleFile: Sendable {
  /// A group and its members: for each the names by which logs may call them.
  package struct Group: Sendable, Equatable {
    package var name: String
    package var members: [[String]]
  }

  /// A person with all names, the one that stands for the person first.
  package struct Person: Sendable, Equatable {
    package var names: [String]
    package var attributes: [PersonAttribute: String] = [:]
  }

  package private(set) var groups: [Group] = []
  package private(set) var people: [Person] = []
  /// People who were passed over, as they are disabled.
  package private(set) var inactive = 0
  /// Members of groups of whom the file has no login, but an identifier or the name of an entry.
  package private(set) var unknown = 0

  package init(_ bytes: [UInt8]) throws(ImportError) {
    guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
      throw .empty
    }
    try ImportError.checkText(bytes)
    var head = bytes.prefix(4096)
    if head.starts(with: [0xEF, 0xBB, 0xBF]) { head = head.dropFirst(3) }
    let text = String(decoding: head, as: UTF8.self).lowercased()
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      try read(scim: JSONText(parsing: bytes))
    } else if lines.first.map({ $0.hasPrefix("dn:") || $0.hasPrefix("version:") }) == true {
      try read(ldif: try LDIFEntries(bytes))
    } else if lines.first.map({ $0.contains(",") || $0.contains(";") }) == true {
      try read(csv: try CSVRows(bytes))
    } else {
      throw .unknownForm
    }
  }

  private var places: [String: Int] = [:]
  private var seen: Set<[String]> = []
  /// By the name of a group, the groups that are members of it.
  private var parts: [String: [String]] = [:]

  private mutating func add(_ names: [String], to group: String) {
    guard seen.insert([group] + names).inserted else { return }
    groups[place(of: group)].members.append(names)
  }

  /// The place of a group, which is there from now on: one that is named, and whose members all are
  /// not active, has none.
  @discardableResult
  private mutating func place(of group: String) -> Int {
    if let place = places[group] { return place }
    places[group] = groups.count
    groups.append(Group(name: group, members: []))
    return groups.count - 1
  }

  /// Whoever is a member of a group's member is one of the group, however deep.
  private mutating func addMembersOfParts() {
    let direct = Dictionary(uniqueKeysWithValues: groups.map { ($0.name, $0.members) })
    for (outer, inner) in parts.sorted(by: { $0.key < $1.key }) {
      var (waiting, known) = (inner, Set([outer]))
      while let part = waiting.popLast() {
        guard known.insert(part).inserted else { continue }
        for names in direct[part] ?? [] { add(names, to: outer) }
        waiting += parts[part] ?? []
      }
    }
  }
}

extension PeopleFile {
  /// Columns of a person's names, the one that stands for the person first.
  private static let nameColumns = [
    "person", "user", "username", "upn", "userprincipalname", "login", "logins", "samaccountname",
    "uid", "mail", "email", "dn", "alias", "aliases",
  ]

  private mutating func read(csv: CSVRows) throws(ImportError) {
    let group = csv.column("group")
    let names = Self.nameColumns.compactMap { name in csv.header.firstIndex(of: name) }
    guard !names.isEmpty else { throw .missingColumns("a column user") }
    let enabled = csv.column("active", "enabled", "accountenabled")
    let disabled = csv.column("disabled", "suspended", "deleted")
    let status = csv.column("status")
    for (line, cells) in csv.rows {
      // Several logins may stand in one cell, with blanks and bars in between.
      let all = names.flatMap { column in
        csv.header[column].hasSuffix("s") && column != names.first
          ? cells[column].split { $0 == "|" || $0 == ";" }.map(String.init) : [cells[column]]
      }.filter { !$0.isEmpty }
      guard !all.isEmpty else { throw .malformed(line: line, "it names nobody") }
      let isActive =
        !(enabled.map { Self.isNo(cells[$0]) } ?? false)
        && !(disabled.map { Self.isYes(cells[$0]) } ?? false)
        && !(status.map { Self.isGone(cells[$0]) } ?? false)
      guard isActive else {
        inactive += 1
        if let group, !cells[group].isEmpty { place(of: cells[group]) }
        continue
      }
      people.append(
        Person(
          names: all,
          attributes: Person.attributes { name in
            csv.header.firstIndex(of: name).map { cells[$0] }
          }))
      guard let group else { continue }
      guard !cells[group].isEmpty else { throw .malformed(line: line, "it names no group") }
      add(all, to: cells[group])
    }
  }

  private static func isYes(_ text: String) -> Bool {
    ["yes", "true", "1", "y"].contains(text.lowercased())
  }
  private static func isNo(_ text: String) -> Bool {
    ["no", "false", "0", "n"].contains(text.lowercased())
  }
  private static func isGone(_ text: String) -> Bool {
    ["disabled", "suspended", "deleted", "inactive", "locked"].contains(text.lowercased())
  }
}

extension PeopleFile {
  private mutating func read(ldif: LDIFEntries) throws(ImportError) {
    try Self.checkEntries(ldif)
    var byDN: [String: (names: [String], isActive: Bool, entry: LDIFEntries.Entry)] = [:]
    var groupNames: [String: String] = [:]
    for entry in ldif.entries {
      let dn = entry.first("dn") ?? ""
      let key = DistinguishedName.key(of: dn)
      let isGroup = entry.all("objectclass").contains { $0.lowercased().contains("group") }
      if isGroup {
        groupNames[key] = entry.first("cn") ?? entry.first("displayname") ?? dn
        continue
      }
      let kinds = ["userprincipalname", "samaccountname", "uid", "userid", "mail"]
      var names = kinds.flatMap { entry.all($0) } + [dn]
      guard names.count > 1 else { continue }  // A folder, not a person.
      names += Self.logins(entry.all("samaccountname"), dn).filter { !names.contains($0) }
      byDN[key] = (names, Self.isActive(entry), entry)
    }
    for (_, person) in byDN.sorted(by: { $0.key < $1.key }) {
      guard person.isActive else {
        inactive += 1
        continue
      }
      people.append(
        Person(names: person.names, attributes: Person.attributes { person.entry.first($0) }))
    }
    func name(of group: String) -> String {
      groupNames[DistinguishedName.key(of: group)] ?? Self.commonName(group)
    }
    for entry in ldif.entries {
      let key = DistinguishedName.key(of: entry.first("dn") ?? "")
      if let group = groupNames[key] {
        place(of: group)
        for member in entry.all("member") + entry.all("uniquemember") {
          let memberKey = DistinguishedName.key(of: member)
          if let inner = groupNames[memberKey] {
            parts[group, default: []].append(inner)
          } else if let person = byDN[memberKey] {
            if person.isActive { add(person.names, to: group) }
          } else {
            add(unknown: member, to: group)
          }
        }
        for member in entry.all("memberuid") { add([member], to: group) }
        for outer in entry.all("memberof") { parts[name(of: outer), default: []].append(group) }
      } else if let person = byDN[key] {
        for group in entry.all("memberof").map(name) {
          if person.isActive { add(person.names, to: group) } else { place(of: group) }
        }
      }
    }
    addMembersOfParts()
  }

  /// Refuses two entries of one name: which of them says who it is, nobody knows.
  private static func checkEntries(_ ldif: LDIFEntries) throws(ImportError) {
    var lines: [String: Int] = [:]
    for entry in ldif.entries {
      let key = DistinguishedName.key(of: entry.first("dn") ?? "")
      if let line = lines.updateValue(entry.line, forKey: key) {
        throw .malformed(line: entry.line, "the entry with this dn began in line \(line) already")
      }
    }
  }

  /// A login as logs write it with its domain, `login@corp.example` and `CORP\login`: the short
  /// name of a domain is, if nobody has chosen another one, its first part.
  private static func logins(_ logins: [String], _ dn: String) -> [String] {
    let domain = DistinguishedName.components(of: dn).filter { $0.type == "dc" }.map(\.value)
    guard let short = domain.first else { return [] }
    return logins.flatMap { ["\($0)@\(domain.joined(separator: "."))", "\(short)\\\($0)"] }
  }

  /// A member that has no entry: of some the name of the entry is what they log in with.
  private mutating func add(unknown member: String, to group: String) {
    let first = DistinguishedName.components(of: member).first
    if let first, first.isAccount {
      add([first.value, member], to: group)
    } else {
      add([member], to: group)
      unknown += 1
    }
  }

  private static func isActive(_ entry: LDIFEntries.Entry) -> Bool {
    // Bit 1 of Active Directory's flags: ACCOUNTDISABLE.
    if let flags = entry.first("useraccountcontrol").flatMap({ Int($0) }), flags & 2 != 0 {
      return false
    }
    let locks = ["nsaccountlock", "logindisabled"]
    return !locks.contains { entry.first($0).map(isYes) ?? false }
  }

  /// `board` of `CN=board,OU=groups,DC=corp`.
  private static func commonName(_ dn: String) -> String {
    DistinguishedName.components(of: dn).first?.value ?? dn
  }
}

extension PeopleFile {
  private mutating func read(scim: JSONText) throws(ImportError) {
    let resources: [JSONText]
    if case .array(let list) = scim {
      resources = list
    } else if let list = scim["Resources"] {
      resources = list.elements
    } else if scim["Users"] != nil || scim["Groups"] != nil {
      resources = (scim["Users"]?.elements ?? []) + (scim["Groups"]?.elements ?? [])
    } else {
      resources = [scim]
    }
    var byID: [String: (names: [String], isActive: Bool)] = [:]
    for user in resources {
      guard let name = user["userName"]?.text else { continue }
      let mails = (user["emails"]?.elements ?? []).compactMap { $0["value"]?.text }
      let names = [name] + mails.filter { $0 != name }
      let isActive = user["active"]?.isFalse != true
      let id = user["id"]?.text ?? name
      guard byID[id] == nil else { throw .malformedEntry("two users have one id") }
      byID[id] = (names, isActive)
      if isActive {
        people.append(Person(names: names, attributes: Person.attributes(scim: user)))
      } else {
        inactive += 1
      }
      for group in user["groups"]?.elements ?? [] {
        guard let group = group["display"]?.text ?? group["value"]?.text else { continue }
        if isActive { add(names, to: group) } else { place(of: group) }
      }
    }
    let sets = resources.filter { $0["userName"] == nil && $0["displayName"]?.text != nil }
    var groupNames: [String: String] = [:]
    for group in sets {
      if let id = group["id"]?.text { groupNames[id] = group["displayName"]?.text }
    }
    for group in sets {
      guard let name = group["displayName"]?.text else { continue }
      place(of: name)
      for member in try Self.members(of: group, name) {
        let (id, shown) = (member["value"]?.text, member["display"]?.text)
        if let person = id.flatMap({ byID[$0] }) {
          if person.isActive { add(person.names, to: name) }
        } else if let part = id.flatMap({ groupNames[$0] }) {
          parts[name, default: []].append(part)
        } else if member["type"]?.text?.lowercased() == "group" {
          if let shown { parts[name, default: []].append(shown) }
          unknown += 1
        } else if let text = shown ?? id, !text.isEmpty {
          add([text], to: name)
          unknown += 1
        }
      }
    }
    addMembersOfParts()
    if people.isEmpty, groups.isEmpty { throw .nothingFound("users and groups") }
  }

  /// The members of a group: objects that say who they are. A person who is not read as one would
  /// not be private.
  private static func members(
    of group: JSONText, _ name: String
  ) throws(ImportError) -> [JSONText] {
    guard let members = group["members"], members != .null else { return [] }
    guard case .array(let list) = members,
      list.allSatisfy({ ($0["value"]?.text ?? $0["display"]?.text)?.isEmpty == false })
    else {
      throw .malformedEntry(
        "the members of \(name) are no array of objects with a value or a display")
    }
    return list
  }
}
