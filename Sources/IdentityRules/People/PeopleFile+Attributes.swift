package import VeiledRecords

extension PersonAttribute {
  /// Columns of CSV and attributes of LDIF that say it, in lower case; the first text counts.
  var columns: [String] {
    switch self {
    case .function: ["function", "jobfunction", "department"]
    case .title: ["title", "jobtitle"]
    case .organisation: ["organisation", "organization", "org", "company", "companyname", "o"]
    case .region: ["region", "country", "co", "c", "location", "st", "l"]
    }
  }
}

extension PeopleFile.Person {
  /// What is said of a person, by the names of columns.
  static func attributes(_ text: (String) -> String?) -> [PersonAttribute: String] {
    var attributes: [PersonAttribute: String] = [:]
    for attribute in PersonAttribute.allCases {
      for column in attribute.columns where attributes[attribute] == nil {
        let words = (text(column) ?? "").split(separator: " ")
        if !words.isEmpty { attributes[attribute] = words.joined(separator: " ") }
      }
    }
    return attributes
  }

  /// The same of a user in SCIM: the core schema and the one of enterprises (RFC 7643, 4.3).
  static func attributes(scim user: JSONText) -> [PersonAttribute: String] {
    let enterprise = user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
    let address = user["addresses"]?.elements.first
    return attributes { column in
      switch column {
      case "function": user[column]?.text
      case "department", "organization": enterprise?[column]?.text
      case "title": user[column]?.text
      case "region", "country": address?[column]?.text
      default: nil
      }
    }
  }
}

extension PeopleList {
  /// What begins a cell that is no name: no name of a log begins so.
  private static let mark: UInt8 = 0

  /// People of a directory: their names, and behind these cells `\0attribute\0text`.
  package init(_ people: [PeopleFile.Person]) {
    self.init(
      people.map { person in
        person.names.map { Array($0.utf8) }
          + PersonAttribute.allCases.compactMap { attribute in
            person.attributes[attribute].map {
              [Self.mark] + Array(attribute.rawValue.utf8) + [Self.mark] + Array($0.utf8)
            }
          }
      })
  }

  /// The same people with nothing but their names.
  package var names: PeopleList {
    PeopleList(people.map { cells in cells.filter { $0.first != Self.mark } })
  }

  /// What the cells of a person say beside names.
  static func attributes(_ cells: [[UInt8]]) -> [PersonAttribute: String] {
    var attributes: [PersonAttribute: String] = [:]
    for cell in cells where cell.first == mark {
      let parts = cell.dropFirst().split(
        separator: mark, maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2,
        let attribute = PersonAttribute(rawValue: String(decoding: parts[0], as: UTF8.self))
      else { continue }
      attributes[attribute] = String(decoding: parts[1], as: UTF8.self)
    }
    return attributes
  }
}

/// What directories say of people, by the one form that stands for each.
package struct PersonAttributes: Sendable {
  private var known: [[UInt8]: [PersonAttribute: String]] = [:]
  private let people: PersonMap
  private let canonical: CanonicalNames

  /// - Parameter people: the directory that all lists went into.
  package init(_ people: PersonMap, _ canonical: CanonicalNames) {
    self.people = people
    self.canonical = canonical
  }

  /// Adds people. Of two texts about one person the first counts.
  package mutating func insert(_ list: PeopleList) {
    for cells in list.people {
      let attributes = PeopleList.attributes(cells)
      if attributes.isEmpty { continue }
      for name in cells where name.first != 0 {
        var form: [UInt8] = []
        guard canonical.canonicalise(name.span, into: &form) == .name,
          let person = people.person(of: form)
        else { continue }
        known[person, default: [:]].merge(attributes) { first, _ in first }
        break
      }
    }
  }

  /// What is said of the person with this canonical name; `nil`: the directory does not know it.
  package func of(_ name: [UInt8]) -> (person: [UInt8], attributes: [PersonAttribute: String])? {
    people.person(of: name).map { ($0, known[$0] ?? [:]) }
  }
}
