internal import ByteBlocks
internal import ByteKernels
internal import VeiledRecords

/// Names of one kind and key version that a veiler asks numbers for, as nobody had met them.
struct NewNames: ~Copyable {
  /// What stands for a name.
  enum Form: Equatable {
    /// The name, or its pseudonym under the kind of its column.
    case ofColumn
    /// A pseudonym of private users.
    case privateUser
    /// A pseudonym that stood in the log, as it is.
    case asWritten
  }

  struct Entry {
    /// Of the name as it stands in the log; `nil`: it does not stand there.
    let spelling: EventPrint?
    /// What becomes of it.
    let outcome: Outcome
    /// Whether the directory knew it; `nil`: it was not asked.
    let isMapped: Bool?

    init(_ spelling: EventPrint?, _ outcome: Outcome, isMapped: Bool? = nil) {
      self.spelling = spelling
      self.outcome = outcome
      self.isMapped = isMapped
    }
  }

  enum Outcome {
    /// No name: one of `NameNumber`.
    case number(UInt32)
    /// The pseudonym of the log.
    case asWritten(tag: UInt16)
    /// A canonical form and its print.
    case name(Name)
  }

  struct Name {
    let print: EventPrint
    /// The name stands so in the log.
    let isSpelling: Bool
    /// Whether the name, if it is a spelling as well, is looked for among those.
    let mayBeSpelling: Bool
    let tag: UInt16
  }

  private(set) var kind: IdentityKind?
  private(set) var version = 0
  private(set) var entries: [Entry] = []
  /// Of each entry that gets a text, in their order: the canonical form, or the text itself.
  private(set) var names = ByteStrings()
  /// What stands for each of them.
  private(set) var forms: [Form] = []
  /// Who waits for the number of an entry.
  private(set) var waiting: [(place: Int, entry: Int)] = []
  /// Entries by the prints that were waited for.
  private var places = PrintTable()

  init() {}

  /// Starts anew in the same memory.
  mutating func begin(_ kind: IdentityKind?, _ version: Int) {
    self.kind = kind
    self.version = version
    entries.removeAll(keepingCapacity: true)
    names.removeAll()
    forms.removeAll(keepingCapacity: true)
    waiting.removeAll(keepingCapacity: true)
    places.removeAll()
  }

  /// Lets `place` wait for the number of a print.
  ///
  /// - Returns: whether it is the first one: the caller adds an entry.
  mutating func wait(_ place: Int, for print: EventPrint) -> Bool {
    if let entry = places.find(print) {
      waiting.append((place, Int(entry)))
      return false
    }
    places.add(print, UInt32(entries.count))
    waiting.append((place, entries.count))
    return true
  }

  /// Adds an entry without a text.
  mutating func add(_ entry: Entry) { entries.append(entry) }

  /// Adds an entry with one.
  mutating func add(_ entry: Entry, _ text: Span<UInt8>, as form: Form) {
    entries.append(entry)
    names.append(bytes: text)
    forms.append(form)
  }
}
