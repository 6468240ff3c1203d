internal import ArchiveDecoding
internal import Governance
internal import IdentityRules
internal import Pseudonymisation

/// Files with clear names that somebody hands in, and the same names kept sealed.
enum PeopleInput {
  /// Bytes of a file of people, at most.
  private static let bytesMax = 1 << 29

  /// A whole file, or standard input for `-`.
  static func read(_ path: String) throws(OperationError) -> [UInt8] {
    do throws(ArchiveError) {
      let file = try ArchiveReference(path: path).open()
      var bytes: [UInt8] = []
      var part = [UInt8](repeating: 0, count: 1 << 16)
      while bytes.count <= bytesMax {
        var span = part.mutableSpan
        let count = try file.read(at: UInt64(bytes.count), into: &span)
        if count == 0 { return bytes }
        bytes += part[..<count]
      }
    } catch { throw OperationError(.noInput, error.description) }
    throw OperationError(.badData, "\(path): the file is larger than 512 MiB. Nothing was read.")
  }

  /// The people of a file.
  static func people(in path: String) throws(OperationError) -> PeopleFile {
    try people(of: try read(path), path)
  }

  /// The same of what was read from `path`.
  static func people(of bytes: [UInt8], _ path: String) throws(OperationError) -> PeopleFile {
    let file: PeopleFile
    do throws(ImportError) { file = try PeopleFile(bytes) } catch {
      throw OperationError(.badData, "\(path): \(error.description)")
    }
    let all = [file.people.map(\.names)] + file.groups.map(\.members)
    guard !all.joined().joined().contains(where: isPseudonym) else {
      throw OperationError(
        .badData,
        "\(path): it holds pseudonyms, and lists are of names as logs have them. "
          + "Nothing was imported.")
    }
    return file
  }

  /// Whether a text would be taken for a pseudonym in a log, and so for nobody's name.
  private static func isPseudonym(_ text: String) -> Bool {
    PseudonymText.looksLikeOne(Array(text.utf8).span)
  }
}

extension SealedList.Kind {
  /// What its key is for.
  var purpose: String {
    switch self {
    case .group: "members"
    case .directory, .addresses: "directory"
    case .ranges: "ranges"
    }
  }
}

extension Keyring {
  /// People as they are kept.
  func seal(
    _ list: PeopleList, _ kind: SealedList.Kind, _ name: String
  ) throws(OperationError) -> [UInt8] {
    do throws(VeilError) {
      return try seal(list.bytes.span, purpose: kind.purpose, label: "\(kind.rawValue)/\(name)")
    } catch { throw OperationError(error) }
  }

  /// The people of a list.
  func open(_ list: SealedList) throws(OperationError) -> PeopleList {
    let bytes: [UInt8]
    do throws(VeilError) {
      bytes = try open(
        list.sealed.span, purpose: list.kind.purpose, label: "\(list.kind.rawValue)/\(list.name)")
    } catch {
      throw OperationError(
        .configuration,
        "What is kept of \(list.kind.rawValue) \(list.name) cannot be opened. "
          + "\(error.description) Import it again.")
    }
    guard let people = PeopleList(bytes: bytes) else {
      throw OperationError(VeilError.brokenSeal(list.kind.purpose))
    }
    return people
  }
}

extension Gate {
  /// The members of all groups whose activities are private, made afresh; `nil` where there can be
  /// none.
  func privatePeople(
    _ keyring: Keyring, _ canonical: CanonicalNames
  ) throws(OperationError) -> GroupMembers? {
    let groups = try governed { () throws(GovernanceError) in
      try state.privateGroups(tenant: tenant).map(\.name)
    }
    return groups.isEmpty ? nil : try members(of: groups, usedBy: .privacy, keyring, canonical)
  }

  /// The members of groups, by the rules under which logs are read.
  ///
  /// - Parameter user: what needs them, for an error about a group that is gone.
  func members(
    of groups: [String], usedBy user: GroupUser, _ keyring: Keyring, _ canonical: CanonicalNames
  ) throws(OperationError) -> GroupMembers {
    let (lists, domains) = try governed { () throws(GovernanceError) in
      (
        try state.lists(.group, tenant: tenant),
        try state.value(of: .managedDomains, tenant: tenant)
      )
    }
    var members = GroupMembers(
      managedDomains: domains.split(separator: ",").map { $0.trimmed }, canonical: canonical,
      people: try people(keyring, canonical))
    for group in groups {
      let builtIn = BuiltInGroup(named: group)
      let name = builtIn?.rawValue ?? group
      if let builtIn { members.insert(builtIn) }
      if let list = lists.first(where: { $0.name == name }) {
        members.insert(try keyring.open(list))
      } else if builtIn == nil {
        throw OperationError(
          .configuration,
          "The members of the group \(name) are gone, \(user.reason). Nothing was read; import it "
            + "again\(user.remedy.map { ", or `\($0)`" } ?? "").")
      }
    }
    return members
  }
}

/// What needs the members of a group.
enum GroupUser {
  /// Their activities are private.
  case privacy
  /// A rule on what runs leave out; `nil`: it is about to be added.
  case rule(Int64?)
  /// Somebody asks for their rows.
  case question

  fileprivate var reason: String {
    switch self {
    case .privacy: "and their activities are private"
    case .rule(let id?): "and rule #\(id) is about them"
    case .rule(nil), .question: "and are asked for"
    }
  }

  /// The command by which they are needed no longer, behind the group's name where it takes one.
  fileprivate var remedy: String? {
    switch self {
    case .privacy: "logveil privacy remove"
    case .rule(let id?): "logveil exclude remove \(id)"
    case .rule(nil), .question: nil
    }
  }
}

extension Substring {
  /// The text without blanks around it.
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
