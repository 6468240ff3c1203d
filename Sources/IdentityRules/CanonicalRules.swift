/// What a host's settings say about names.
package struct CanonicalRules: Equatable, Sendable {
  /// Realms that are the same, each with the one that stands for it: the NetBIOS name of a domain
  /// with its DNS name, `CORP` with `corp.example`.
  ///
  /// Case does not matter.
  package var realms: [String: String]

  /// Rules with a realm map, none by default.
  package init(realms: [String: String] = [:]) {
    self.realms = realms
  }
}

/// Which realms are the same, and the three notations of a realm.
struct RealmMap: Sendable {
  // Keys and values in canonical form; no value is a key, but for one that stands for itself.
  private let targets: [[UInt8]: [UInt8]]

  init(_ realms: [String: String]) throws(IdentityError) {
    var direct: [[UInt8]: [UInt8]] = [:]
    for (realm, target) in realms.sorted(by: { $0.key < $1.key }) {
      direct[try RealmMap.canonical(realm)] = try RealmMap.canonical(target)
    }
    var targets: [[UInt8]: [UInt8]] = [:]
    for (realm, target) in direct {
      var last = target
      var steps = 0
      while let next = direct[last], next != last {
        last = next
        steps += 1
        if steps > 8 { throw .circularRealm(String(decoding: realm, as: UTF8.self)) }
      }
      targets[realm] = last
    }
    self.targets = targets
  }

  /// The realm that stands for `realm`, or `nil` where the map does not know it.
  func target(of realm: some Collection<UInt8>) -> [UInt8]? {
    targets.isEmpty ? nil : targets[Array(realm)]
  }

  /// Makes `user@target` of a name whose realm is known; others keep their notation.
  ///
  /// A realm without a user names nobody.
  func apply(_ name: inout [UInt8]) {
    if let split = name.lastIndex(of: UInt8(ascii: "\\")) {
      apply(&name, realm: 0..<split, user: split + 1..<name.count)
    } else if let split = name.lastIndex(of: UInt8(ascii: "@")) {
      apply(&name, realm: split + 1..<name.count, user: 0..<split)
    } else if !targets.isEmpty, let split = name.firstIndex(of: UInt8(ascii: "/")) {
      if target(of: name[..<split]) == nil { return }
      apply(&name, realm: 0..<split, user: split + 1..<name.count)
    }
  }

  private func apply(_ name: inout [UInt8], realm: Range<Int>, user: Range<Int>) {
    guard let target = target(of: name[realm]) else {
      let bare = name[Spelling.trimmed(user, of: name)]
      if Nobodies.includesInRealm(bare) { name.removeAll(keepingCapacity: true) }
      return
    }
    var bare = Array(name[user])
    Spelling.trim(&bare)
    // `CORP\anna@corp.example` says its realm twice.
    while let split = bare.lastIndex(of: UInt8(ascii: "@")),
      self.target(of: bare[(split + 1)...]) ?? Array(bare[(split + 1)...]) == target
    {
      bare.removeSubrange(split...)
      Spelling.trim(&bare)
    }
    if Nobodies.includesInRealm(bare) {
      name.removeAll(keepingCapacity: true)
    } else {
      name = bare + [UInt8(ascii: "@")] + target
    }
  }

  private static func canonical(_ realm: String) throws(IdentityError) -> [UInt8] {
    let bytes = UnicodeForm.folded(Array(realm.utf8)) ?? []
    let isBad = bytes.contains { $0 < 0x20 || $0 == 0x7f || "\\/@=%\"".utf8.contains($0) }
    if bytes.isEmpty || isBad || bytes.first == 0x20 || bytes.last == 0x20 {
      throw .badRealm(realm)
    }
    return bytes
  }
}
