import Sealing
import VeiledRecords

/// The text of a key file, JSON of the form that docs/pseudonyms.md tells.
///
/// ```json
/// {
///   "format": "logveil-keys/1",
///   "tenant": "default",
///   "uuid": "4be0643f-1d98-473b-97cd-ca98a65347dd",
///   "versions": [
///     {"version": 1, "valid_from": null, "created": "2026-11-05T12:00:00Z", "state": "active",
///      "wrap": "none", "root": "64 hexadecimal digits"}
///   ]
/// }
/// ```
/// A parser of its own rather than a general one, since general ones make copies of every text on
/// the heap, and here that would be the keys. Fields may come in any order; unknown ones are
/// refused, as they may change what the known ones mean.
enum KeyFileText {
  static let format = "logveil-keys/1"

  /// Writes all that `keyring` holds.
  static func write(_ keyring: Keyring, into text: inout SecretText) {
    text.append("{\n  \"format\": \"\(format)\",\n  \"tenant\": \"\(keyring.tenant)\",\n")
    text.append("  \"uuid\": \"\(keyring.uuid)\",\n  \"versions\": [")
    for (index, version) in keyring.versions.enumerated() {
      text.append(index == 0 ? "\n" : ",\n")
      let validFrom = version.validFromDay.map { "\"\(CivilDay($0))\"" } ?? "null"
      text.append("    {\"version\": \(version.number), \"valid_from\": \(validFrom), ")
      text.append("\"created\": \"\(version.created)\", ")
      if let root = keyring.roots[index] {
        text.append("\"state\": \"active\", \"wrap\": \"none\", \"root\": \"")
        root.appendHexadecimal(to: &text)
        text.append("\"}")
      } else {
        text.append("\"state\": \"destroyed\", \"wrap\": \"none\", \"root\": null}")
      }
    }
    text.append("\n  ]\n}\n")
  }

  /// Reads what `write` wrote, and checks each value.
  static func read(_ text: Span<UInt8>, tenant: String) throws(KeyFileFault) -> Keyring {
    var scanner = JSONScanner()
    var strings: [String: String] = [:]
    var versions: [(version: KeyVersion, root: KeyHandle?)]?
    try scanner.open(UInt8(ascii: "{"), text)
    while let field = try scanner.nextField(text) {
      switch field {
      case "format", "tenant", "uuid":
        guard strings[field] == nil else { throw .badField(field) }
        strings[field] = try scanner.string(text)
      case "versions" where versions == nil: versions = try readVersions(&scanner, text)
      default: throw .badField(field)
      }
    }
    try scanner.end(text)
    guard strings["format"] == format else { throw .badField("format") }
    guard let name = strings["tenant"] else { throw .badField("tenant") }
    guard name == tenant else { throw .wrongTenant }
    guard let uuid = strings["uuid"], isUUID(uuid) else { throw .badField("uuid") }
    guard let versions, areInOrder(versions.map(\.version)) else { throw .badField("versions") }
    return Keyring(
      tenant: tenant,
      uuid: uuid,
      versions: versions.map(\.version),
      roots: versions.map(\.root)
    )
  }

  private static func readVersions(
    _ scanner: inout JSONScanner,
    _ text: Span<UInt8>
  ) throws(KeyFileFault) -> [(version: KeyVersion, root: KeyHandle?)] {
    var versions: [(version: KeyVersion, root: KeyHandle?)] = []
    try scanner.open(UInt8(ascii: "["), text)
    while try scanner.nextElement(text) { versions.append(try readVersion(&scanner, text)) }
    return versions
  }

  private static func readVersion(
    _ scanner: inout JSONScanner,
    _ text: Span<UInt8>
  ) throws(KeyFileFault) -> (version: KeyVersion, root: KeyHandle?) {
    var number: Int?
    var strings: [String: String] = [:]
    var seen: Set<String> = []
    var root: KeyHandle?
    try scanner.open(UInt8(ascii: "{"), text)
    while let field = try scanner.nextField(text) {
      guard seen.insert(field).inserted else { throw .badField(field) }
      switch field {
      case "version": number = try scanner.number(text)
      case "created", "state", "wrap": strings[field] = try scanner.string(text)
      case "valid_from":
        if try !scanner.null(text) { strings[field] = try scanner.string(text) }
      case "root":
        if try !scanner.null(text) { root = try key(text, try scanner.stringRange(text)) }
      default: throw .badField(field)
      }
    }
    for field in ["version", "valid_from", "created", "state", "wrap", "root"]
    where !seen.contains(field) { throw .badField(field) }
    guard let number, (1...PseudonymText.versionMax).contains(number) else {
      throw .badField("version")
    }
    let day = try strings["valid_from"].map(self.day)
    guard let created = strings["created"], isMoment(created) else { throw .badField("created") }
    guard strings["wrap"] == "none" else { throw .badField("wrap") }
    switch strings["state"] {
    case "active" where root == nil, "destroyed" where root != nil: throw .badField("root")
    case "active", "destroyed": break
    default: throw .badField("state")
    }
    let version = KeyVersion(
      number: number,
      validFromDay: day,
      created: created,
      isDestroyed: root == nil
    )
    return (version, root)
  }

  private static func key(
    _ text: Span<UInt8>,
    _ range: Range<Int>
  ) throws(KeyFileFault) -> KeyHandle {
    do {
      return try KeyHandle(hexadecimal: text.extracting(range), byteCount: 32)
    } catch .outOfMemory {
      throw .system(errno: SystemError.outOfMemory)
    } catch { throw .badField("root") }
  }

  private static func day(_ text: String) throws(KeyFileFault) -> Int32 {
    guard let day = CivilDay(parsing: text) else { throw .badField("valid_from") }
    return day.daysSince1970
  }

  /// Numbers ascend, and so do the days; the first version alone has none.
  private static func areInOrder(_ versions: [KeyVersion]) -> Bool {
    guard let first = versions.first, first.validFromDay == nil else { return false }
    for (older, newer) in zip(versions, versions.dropFirst()) {
      guard older.number < newer.number, let day = newer.validFromDay,
        older.validFromDay.map({ $0 < day }) ?? true
      else { return false }
    }
    return true
  }

  private static func isUUID(_ text: String) -> Bool {
    fits(text, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")
  }

  private static func isMoment(_ text: String) -> Bool {
    fits(text, "dddd-dd-ddTdd:dd:ddZ") && CivilDay(parsing: String(text.prefix(10))) != nil
  }

  /// Whether `text` has a lower-case hexadecimal digit for each `h` of `form`, a decimal one for
  /// each `d`, and the same byte elsewhere.
  private static func fits(_ text: String, _ form: String) -> Bool {
    text.utf8.count == form.utf8.count
      && zip(text.utf8, form.utf8).allSatisfy { byte, form in
        let isDecimal = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        return switch form {
        case UInt8(ascii: "d"): isDecimal
        case UInt8(ascii: "h"):
          isDecimal || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        default: byte == form
        }
      }
  }
}
