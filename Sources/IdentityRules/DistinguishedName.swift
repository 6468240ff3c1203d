/// Names of LDAP directories (RFC 4514), `CN=Anna Schmidt,OU=Sales,DC=corp,DC=example`.
enum DistinguishedName {
  /// Attributes that name an account, before `cn`, which names a person.
  private static let accountTypes: Set<[UInt8]> = Set(
    ["uid", "userid", "samaccountname"].map { Array($0.utf8) }
  )
  private static let commonName = Array("cn".utf8)
  private static let domainComponent = Array("dc".utf8)
  // Parts of a real name: a dozen. More is no name, and not worth the work.
  private static let partsMax = 64

  private struct Part {
    let type: [UInt8]
    let value: [UInt8]
  }

  /// One `type=value` of a name as a directory shows it, without escapes and quotes.
  struct Component: Equatable {
    let type, value: String
    /// Whether the value is what an account is called, not a person.
    var isAccount: Bool { accountTypes.contains(Array(type.utf8)) }
  }

  /// The components of a name as people write it; types are in lower case.
  static func components(of name: String) -> [Component] {
    var components: [Component] = []
    var (type, text, isQuoted): ([UInt8], [UInt8], Bool) = ([], [], false)
    func end() {
      Spelling.trim(&text)
      if !type.isEmpty || !text.isEmpty {
        let type = String(decoding: type, as: UTF8.self).lowercased()
        components.append(Component(type: type, value: String(decoding: text, as: UTF8.self)))
      }
      (type, text) = ([], [])
    }
    let bytes = Array(name.utf8)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\\"), index < bytes.count {
        let pair = bytes[index..<min(index + 2, bytes.count)].map(Spelling.hexadecimalValue)
        if pair.count == 2, let high = pair[0], let low = pair[1] {
          text.append(high << 4 | low)
          index += 2
        } else {
          text.append(bytes[index])
          index += 1
        }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, ",;+".utf8.contains(byte) {
        end()
      } else if !isQuoted, byte == UInt8(ascii: "="), type.isEmpty {
        type = text
        Spelling.trim(&type)
        text = []
      } else {
        text.append(byte)
      }
    }
    end()
    return components
  }

  /// The same text for all spellings of one name: blanks, escapes and case do not count.
  static func key(of name: String) -> String {
    components(of: name).map { component in
      let words = component.value.lowercased().split(separator: " ").joined(separator: " ")
      return component.type + "=" + words
    }.joined(separator: "\u{1F}")
  }

  /// Makes `value@rest` of an LDAP name in lower case; leaves anything else as it is.
  ///
  /// Where the map knows the domain that the `dc` parts spell, that realm stands for all the rest:
  /// a directory names an account once, in whatever folder of the domain.
  static func rewrite(_ name: inout [UInt8], _ realms: RealmMap) {
    guard let parts = parts(of: name),
      let chosen = parts.firstIndex(where: { accountTypes.contains($0.type) })
        ?? parts.firstIndex(where: { $0.type == commonName })
    else { return }
    var rest = parts
    rest.remove(at: chosen)
    let domain = joined(rest.filter { $0.type == domainComponent })
    let realm = realms.target(of: domain) ?? joined(rest)
    name = parts[chosen].value
    if !realm.isEmpty { name += [UInt8(ascii: "@")] + realm }
  }

  private static func joined(_ parts: [Part]) -> [UInt8] {
    Array(parts.map(\.value).joined(separator: [UInt8(ascii: ".")]))
  }

  /// The parts of a name, or `nil` when it is none: when a part has no type or no value, or a
  /// value holds what would be read as something else later.
  private static func parts(of name: [UInt8]) -> [Part]? {
    var parts: [Part] = []
    var index = 0
    while index < name.count {
      guard parts.count < partsMax, let equals = name[index...].firstIndex(of: UInt8(ascii: "=")),
        let (value, end) = value(in: name, from: equals + 1)
      else { return nil }
      var type = Array(name[index..<equals])
      Spelling.trim(&type)
      let isType = type.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (0x30...0x39).contains($0)
          || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
      }
      guard isType, !type.isEmpty, !value.isEmpty else { return nil }
      parts.append(Part(type: type, value: value))
      // A separator at the very end would separate nothing.
      if end + 1 == name.count { return nil }
      index = end + 1
    }
    return parts
  }

  /// The value from `start` on, without its escapes, and where the separator behind it lies.
  private static func value(in name: [UInt8], from start: Int) -> (value: [UInt8], end: Int)? {
    var value: [UInt8] = []
    var index = start
    while index < name.count, !",;+".utf8.contains(name[index]) {
      var byte = name[index]
      index += 1
      if byte == UInt8(ascii: "\\") {
        guard index < name.count else { return nil }
        byte = name[index]
        index += 1
        if let high = Spelling.hexadecimalValue(byte) {
          guard index < name.count, let low = Spelling.hexadecimalValue(name[index]) else {
            return nil
          }
          byte = high << 4 | low
          index += 1
        }
      }
      guard byte >= 0x20, byte != 0x7f, !"=\\%\"".utf8.contains(byte) else { return nil }
      value.append(byte)
    }
    Spelling.trim(&value)
    return (value, index)
  }
}
