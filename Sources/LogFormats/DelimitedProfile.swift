package import ByteKernels
package import VeiledRecords

/// A format whose lines are a plain table: the same fields in all of them, named by a header.
///
/// It is compiled into a plan (`DelimitedPlan`) before the first block; nothing of it is
/// looked at again for a line or a field.
package struct DelimitedProfile: Sendable {
  /// Lower case, hyphenated; what `--format` takes.
  package var name: String
  /// One line for people.
  package var summary: String
  /// How fields are told apart.
  package var dialect: Dialect
  /// Where the names of the fields come from.
  package var header: HeaderRule
  /// Lines may have more fields than the header names.
  package var moreFieldsAllowed: Bool
  /// Which fields hold the time.
  package var time: [TimeRule]
  /// For each attribute the names of its fields, the best first. Names are lower case.
  package var fields: [Attribute: [String]]
  /// Further fields with names of users, in lower case: only who wants all users reads them.
  package var otherUsers: [String] = []
  /// Whether all users of an event are read, beside the one that counts.
  var readsAllUsers = false
  /// The destination stands behind this byte in its field.
  package var destinationBehind: UInt8? = nil
  /// A field with the server's own address, which is the destination where the header names the
  /// other field, too, and no better one.
  package var server: (address: String, with: String)? = nil
  /// Formats whose layouts are tried for lines that do not fit the header.
  package var otherLayouts: [String] = []
  /// URLs from which a host is taken where no field holds it.
  package var urls: [String]
  /// Fields that tell what was done; a field that holds one of `blockedWords` means blocked.
  package var actions: [String]
  /// Lower-case words inside of an action that mean that the request was blocked.
  package var blockedWords: [String]
  /// Fields of a syslog header in front of the format's own.
  package var leadingFields = 0
  /// How sure the first lines make us that a log has this format.
  package var evidence: Evidence
  /// A header with these in it, in lower case, whose rows have TABs, is that of a format of its
  /// own: of Cisco Cloud Web Security and of CloudFront.
  static let foreignNames = ["x-ss-", "x-edge-"]

  /// Where the names of the fields come from.
  package enum HeaderRule: Equatable, Sendable {
    /// A line that starts with this word; it may come again and change.
    case directive(String)
    /// The format has always these fields.
    case fixed([String])
  }

  /// Fields that make up the time of an event.
  package enum TimeRule: Equatable, Sendable {
    /// `YYYY-MM-DD` in one field, `HH:MM:SS` in the other.
    case dateAndTime(date: String, time: String)
    /// Seconds since 1970 with or without a fraction.
    case epochSeconds(String)
  }

  /// What detection looks for in the first lines.
  package enum Evidence: Equatable, Sendable {
    /// A line that starts with this word.
    case directive(String)
    /// Lines that have as many fields as the header says and a time where it says.
    case shape
  }

  /// Fields that an attribute is read from, the best first.
  package func fieldNames(of attribute: Attribute) -> [String] {
    switch attribute {
    case .time:
      time.map { rule in
        switch rule {
        case .dateAndTime(let date, let time): "\(date) + \(time)"
        case .epochSeconds(let name): name
        }
      }
    case .host: (fields[.host] ?? []) + urls.map { "\($0) (its host)" }
    case .action: actions
    default: fields[attribute] ?? []
    }
  }

  /// What the format can say of an event.
  package var attributes: [Attribute] {
    Attribute.allCases.filter { attribute in
      switch attribute {
      case .time: true
      case .host: !urls.isEmpty || fields[.host] != nil
      case .action: !actions.isEmpty
      case .totalBytes: fields[.totalBytes] != nil || fields[.downloadedBytes] != nil
      default: fields[attribute] != nil
      }
    }
  }
}
