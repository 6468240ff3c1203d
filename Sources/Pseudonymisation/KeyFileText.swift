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
/// Where the roots are wrapped, `wrap` is `aes256-wrap-pad`, `root` the wrapped bytes, and a member
/// `"kek": {"source": "file:/etc/logveil/kek"}` tells where the key-encryption key comes from; for
/// a passphrase it has scrypt's `n`, `r`, `p` and `salt` too.
///
/// A parser of its own rather than a general one, since general ones make copies of every text on
/// the heap, and here that would be the keys. Fields may come in any order; unknown ones are
/// refused, as they may change what the known ones mean.
enum KeyFileText {
  static let format = "logveil-keys/1"
  private static let wrapped = "aes256-wrap-pad"

  /// Writes all that `keyring` holds.
  static func write(_ keyring: Keyring, into text: inout SecretText) throws(SealingError) {
    text.append("{\n  \"format\": \"\(format)\",\n  \"tenant\": \"\(keyring.tenant)\",\n")
    text.append("  \"uuid\": \"\(keyring.uuid)\",\n")
    if let wrapping = keyring.wrapping { text.append("  \"kek\": \(member(wrapping)),\n") }
    text.append("  \"versions\": [")
    let wrap = keyring.wrapping == nil ? "none" : wrapped
    for (index, version) in keyring.versions.enumerated() {
      text.append(index == 0 ? "\n" : ",\n")
      let validFrom = version.validFromDay.map { "\"\(CivilDay($0))\"" } ?? "null"
      text.append("    {\"version\": \(version.number), \"valid_from\": \(validFrom), ")
      text.append("\"created\": \"\(version.created)\", ")
      if let root = keyring.roots[index] {
        text.append("\"state\": \"active\", \"wrap\": \"\(wrap)\", \"root\": \"")
        if let wrapping = keyring.wrapping {
          text.append(try wrapping.wrap(root))
        } else {
          root.appendHexadecimal(to: &text)
        }
        text.append("\"}")
      } else {
        text.append("\"state\": \"destroyed\", \"wrap\": \"\(wrap)\", \"root\": null}")
      }
    }
    text.append("\n  ]\n}\n")
  }

  private static func member(_ wrapping: KeyWrapping) -> String {
    var text = "{\"source\": \"\(wrapping.source)\""
    if let scrypt = wrapping.scrypt {
      let salt = scrypt.salt.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      text +=
        ", \"n\": \(scrypt.cost), \"r\": \(scrypt.blockSize), "
        + "\"p\": \(scrypt.parallelisation), \"salt\": \"\(salt)\""
    }
    return text + "}"
  }

  /// What stands in a key file, its roots not yet opened.
  struct Content {
    var tenant: String
    var uuid: String
    var kek: Wrapper?
    var versions: [Entry]
  }
  /// The member `kek`.
  struct Wrapper {
    let source: KeySource
    let scrypt: Scrypt?
  }
  /// One version, and where its root lies in the text.
  struct Entry {
    let version: KeyVersion
    let root: Range<Int>?
  }

  /// Reads what `write` wrote, and checks each value.
  ///
  /// - Parameter isWhole: all versions of a tenant are there, the first one among them.
  static func content(
    _ text: Span<UInt8>, isWhole: Bool = true
  ) throws(KeyFileFault) -> Content {
    var scanner = JSONScanner()
    var strings: [String: String] = [:]
    var kek: Wrapper?
    var versions: [(entry: Entry, wrap: String)]?
    try scanner.open(UInt8(ascii: "{"), text)
    while let field = try scanner.nextField(text) {
      switch field {
      case "format", "tenant", "uuid":
        guard strings[field] == nil else { throw .badField(field) }
        strings[field] = try scanner.string(text)
      case "kek" where kek == nil: kek = try readWrapper(&scanner, text)
      case "versions" where versions == nil: versions = try readVersions(&scanner, text)
      default: throw .badField(field)
      }
    }
    try scanner.end(text)
    guard strings["format"] == format else { throw .badField("format") }
    guard let name = strings["tenant"] else { throw .badField("tenant") }
    guard let uuid = strings["uuid"], isUUID(uuid) else { throw .badField("uuid") }
    guard let versions, areInOrder(versions.map(\.entry.version), isWhole: isWhole) else {
      throw .badField("versions")
    }
    let wrap = kek == nil ? "none" : wrapped
    guard versions.allSatisfy({ $0.wrap == wrap }) else { throw .badField("wrap") }
    return Content(tenant: name, uuid: uuid, kek: kek, versions: versions.map(\.entry))
  }

  /// Reads a key file and opens its roots.
  static func read(
    _ text: Span<UInt8>, tenant: String
  ) throws(KeyFileFault) -> Keyring {
    let content = try content(text)
    guard content.tenant == tenant else { throw .wrongTenant }
    return try keyring(content, text, from: try KeyWrapping.override())
  }

  /// The keys of what was read.
  ///
  /// - Parameter place: where the key-encryption key is now; `nil`: where the text says.
  static func keyring(
    _ content: Content, _ text: Span<UInt8>, from place: KeySource?
  ) throws(KeyFileFault) -> Keyring {
    var wrapping: KeyWrapping?
    if let kek = content.kek {
      wrapping = try KeyWrapping.opening(
        kek.source, kek.scrypt, from: place, purpose: "the keys of tenant \(content.tenant)")
    }
    var roots: [KeyHandle?] = []
    for entry in content.versions {
      guard let range = entry.root else {
        roots.append(nil)
        continue
      }
      roots.append(try root(text, range, wrapping))
    }
    return Keyring(
      tenant: content.tenant, uuid: content.uuid, versions: content.versions.map(\.version),
      roots: roots, wrapping: wrapping)
  }

  private static func root(
    _ text: Span<UInt8>, _ range: Range<Int>, _ wrapping: KeyWrapping?
  ) throws(KeyFileFault) -> KeyHandle {
    guard let wrapping else { return try key(text, range) }
    var bytes: [UInt8] = []
    for place in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
      guard place + 1 < range.upperBound,
        let byte = UInt8(
          String(decoding: [text[place], text[place + 1]], as: UTF8.self), radix: 16)
      else { throw .badField("root") }
      bytes.append(byte)
    }
    let root: KeyHandle?
    do { root = try KeyWrap.unwrap(bytes, by: wrapping.key) } catch {
      throw .system(errno: SystemError.outOfMemory)
    }
    guard let root, [16, 32].contains(root.byteCount) else {
      throw .notUnwrapped(source: wrapping.source.description)
    }
    return root
  }

  private static func readWrapper(
    _ scanner: inout JSONScanner, _ text: Span<UInt8>
  ) throws(KeyFileFault) -> Wrapper {
    var strings: [String: String] = [:]
    var numbers: [String: Int] = [:]
    try scanner.open(UInt8(ascii: "{"), text)
    while let field = try scanner.nextField(text) {
      switch field {
      case "source", "salt":
        guard strings[field] == nil else { throw .badField("kek") }
        strings[field] = try scanner.string(text)
      case "n", "r", "p":
        guard numbers[field] == nil else { throw .badField("kek") }
        numbers[field] = try scanner.number(text)
      default: throw .badField("kek")
      }
    }
    guard let source = strings["source"].flatMap(KeySource.init) else { throw .badField("kek") }
    guard source == .passphrase else {
      guard strings.count == 1, numbers.isEmpty else { throw .badField("kek") }
      return Wrapper(source: source, scrypt: nil)
    }
    let digits = Array((strings["salt"] ?? "").utf8)
    let salt = stride(from: 0, to: digits.count - 1, by: 2).compactMap { place in
      UInt8(String(decoding: digits[place...(place + 1)], as: UTF8.self), radix: 16)
    }
    guard digits.count == 32, let n = numbers["n"], let r = numbers["r"], let p = numbers["p"],
      let scrypt = Scrypt(cost: n, blockSize: r, parallelisation: p, salt: salt)
    else { throw .badField("kek") }
    return Wrapper(source: source, scrypt: scrypt)
  }

  private static func readVersions(
    _ scanner: inout JSONScanner,
    _ text: Span<UInt8>
  ) throws(KeyFileFault) -> [(entry: Entry, wrap: String)] {
    var versions: [(entry: Entry, wrap: String)] = []
    try scanner.open(UInt8(ascii: "["), text)
    while try scanner.nextElement(text) { versions.append(try readVersion(&scanner, text)) }
    return versions
  }

  private static func readVersion(
    _ scanner: inout JSONScanner,
    _ text: Span<UInt8>
  ) throws(KeyFileFault) -> (entry: Entry, wrap: String) {
    var number: Int?
    var strings: [String: String] = [:]
    var seen: Set<String> = []
    var root: Range<Int>?
    try scanner.open(UInt8(ascii: "{"), text)
    while let field = try scanner.nextField(text) {
      guard seen.insert(field).inserted else { throw .badField(field) }
      switch field {
      case "version": number = try scanner.number(text)
      case "created", "state", "wrap": strings[field] = try scanner.string(text)
      case "valid_from":
        if try !scanner.null(text) { strings[field] = try scanner.string(text) }
      case "root":
        if try !scanner.null(text) { root = try scanner.stringRange(text) }
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
    return (Entry(version: version, root: root), strings["wrap"] ?? "")
  }

  /// A root as it is: 16 or 32 bytes in hexadecimal digits.
  private static func key(
    _ text: Span<UInt8>,
    _ range: Range<Int>
  ) throws(KeyFileFault) -> KeyHandle {
    do {
      return try KeyHandle(
        hexadecimal: text.extracting(range), byteCount: range.count == 32 ? 16 : 32)
    } catch .outOfMemory {
      throw .system(errno: SystemError.outOfMemory)
    } catch { throw .badField("root") }
  }

  private static func day(_ text: String) throws(KeyFileFault) -> Int32 {
    guard let day = CivilDay(parsing: text) else { throw .badField("valid_from") }
    return day.daysSince1970
  }

  /// Numbers ascend, and so do the days; the first version alone has none.
  static func areInOrder(_ versions: [KeyVersion], isWhole: Bool) -> Bool {
    guard let first = versions.first, first.validFromDay == nil || !isWhole else { return false }
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
