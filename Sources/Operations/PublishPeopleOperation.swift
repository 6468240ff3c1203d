internal import ColumnTables
internal import DeltaLake
internal import Governance
internal import ParquetFiles
internal import Pseudonymisation
internal import ReleaseRules
package import ReportFigures
internal import ReportPages
internal import StagedExecution
internal import UsageReports
package import VeiledRecords

/// What a person asked `logveil publish people` to do.
package struct PublishPeopleRequest: Sendable {
  package var home: String
  package var tenant: String
  /// `YYYY-MM`.
  package var month: String
  package var audience = Audience.managers
  /// Attributes that rows do not have.
  package var excluded: Set<PersonAttribute> = []
  /// Attributes whose texts stand as keyed codes.
  package var hashed: Set<PersonAttribute> = []
  /// Whether rows have pseudonyms in place of codes.
  package var showsPseudonyms = false
  package var threads = 1

  package init(home: String, tenant: String, month: String) {
    self.home = home
    self.tenant = tenant
    self.month = month
  }
}

/// Publishes a row for each person of a month, with attributes that single nobody out.
///
/// Like all releases a month is cut once, for all audiences together. The rows are kept in the
/// ledger, sealed under a key of the tenant; later forms can only leave out more.
package struct PublishPeopleOperation {
  private let request: PublishPeopleRequest
  private let home: Home
  private let gate: Gate
  private let keyring: Keyring

  /// Asks whether this may be done.
  package init(_ request: PublishPeopleRequest) throws(OperationError) {
    self.request = request
    home = try Home(at: request.home)
    gate = try Gate.open(home, tenant: request.tenant)
    try gate.require(.publish, for: .publish)
    if request.showsPseudonyms { try gate.require(.viewReports, for: .publish) }
    keyring = try home.loadKeys(of: request.tenant)
  }

  /// The report, cut now or before, in all forms wanted, once a record of it is durable.
  package func run(_ outputs: [ReportOutput]) throws(OperationError) -> PeopleRelease {
    try OutputFile.check(outputs)
    let release = try shaped(try released())
    let forms = outputs.map(\.words).joined(separator: ", ")
    let persons = release.hasPseudonyms ? "pseudonyms" : "codes"
    let target =
      "people of \(request.month) as \(persons) for \(request.audience.rawValue): \(forms)"
    return try gate.audited(.publish, target: target) {
      for output in outputs { try write(release, output) }
      return (release, target)
    }
  }

  /// What was published so far, for people who look after it.
  package func ledger() throws(OperationError) -> [PeopleRelease] {
    try entries().map { entry throws(OperationError) in try release(entry) }
  }

  // MARK: The ledger

  private static func word(_ audience: Audience) -> String { "people for \(audience.rawValue)" }
  private static let words = Audience.allCases.map(word)

  private func entries() throws(OperationError) -> [LedgerEntry] {
    try governed { () throws(GovernanceError) in
      try gate.state.releases(tenant: request.tenant)
    }.filter { Self.words.contains($0.audience) }
  }

  private func released() throws(OperationError) -> PeopleRelease {
    var entries = try entries().filter { $0.month == request.month }
    if entries.isEmpty {
      let cut = try cut().map { release throws(OperationError) in
        LedgerEntry(
          month: release.month, audience: Self.word(release.audience), minimum: release.minimum,
          made: release.made, tableVersion: release.tableVersion,
          content: try keyring.sealedText(
            PeopleReleaseText.text(release), Self.label(release.month, release.audience)))
      }
      entries = try governed { () throws(GovernanceError) in
        try gate.state.enterReleases(
          cut, month: request.month, tenant: request.tenant, by: gate.initiator)
      }
    }
    guard let entry = entries.first(where: { $0.audience == Self.word(request.audience) }) else {
      throw OperationError(.failure, "The ledger has no people for \(request.audience.rawValue).")
    }
    return try release(entry)
  }

  private static func label(_ month: String, _ audience: Audience) -> String {
    "\(month)/\(audience.rawValue)"
  }

  private func release(_ entry: LedgerEntry) throws(OperationError) -> PeopleRelease {
    let audience = Audience.allCases.first { Self.word($0) == entry.audience } ?? .managers
    let text = try keyring.openText(entry.content, Self.label(entry.month, audience))
    guard
      let release = PeopleReleaseText.read(
        text,
        into: PeopleRelease(
          tenant: request.tenant, month: entry.month, audience: audience, minimum: entry.minimum,
          made: entry.made, tableVersion: entry.tableVersion))
    else {
      throw OperationError(
        .failure, "The people of \(entry.month) in the ledger cannot be read. Nothing was done.")
    }
    return release
  }

  // MARK: Cutting

  private func cut() throws(OperationError) -> [PeopleRelease] {
    let attributes = PersonAttribute.allCases.filter { !request.excluded.contains($0) }
    let month = try PublishedMonth(request.month)
    let minimums = try gate.publishMinimums()
    do {
      let (scan, version) = try month.scan(home, gate)
      let link = try PersonLink(gate, keyring)
      let figures = try scan.people(
        month.first, month.last, ThreadCrew(workers: request.threads),
        canonical: { link.person(of: $0) })
      guard figures.people.contains(where: { $0.sums.events > 0 }) else { throw month.isEmpty }
      let candidates = try candidates(figures, link, attributes)
      let cuts = PeopleCutter(figures, candidates).cut(minimums: minimums.map(\.minimum))
      let made = CivilDay.now()
      return try zip(minimums, cuts).map { (one, cut) throws(OperationError) in
        var release = PeopleRelease(
          tenant: request.tenant, month: request.month, audience: one.audience,
          minimum: one.minimum, made: made, tableVersion: version)
        release.attributes = attributes.map { .init($0, isHashed: request.hashed.contains($0)) }
        release.leftOut = cut.leftOut
        // By code, as the order of names would tell of them.
        release.rows = try cut.rows.map { row throws(OperationError) in try self.row(row, figures) }
          .sorted { $0.code < $1.code }
        release.codes = try codes(of: release)
        return release
      }
    } catch UsageReportError.noRows {
      throw OperationError(.noInput, UsageReportError.noRows.description)
    } catch { throw OperationError(error) }
  }

  /// All users but those whose activities are private, with what directories say of them.
  private func candidates(
    _ figures: PeopleFigures, _ link: PersonLink, _ attributes: [PersonAttribute]
  ) throws(OperationError) -> [PeopleCandidate] {
    var candidates: [PeopleCandidate] = []
    for (number, person) in figures.people.enumerated()
    where person.sums.events > 0 && figures.kindOfPerson[number] == IdentityKind.user.letter {
      if link.isPrivate(person.name) { continue }
      let known = link.attributes(of: person.name)
      candidates.append(
        PeopleCandidate(
          person: number, values: attributes.map { known[$0].map { .known($0) } ?? .unknown }))
    }
    let missing = attributes.enumerated().filter { place, _ in
      candidates.allSatisfy { $0.values[place] == .unknown }
    }.map(\.element.rawValue)
    guard missing.isEmpty else {
      throw OperationError(
        .noInput,
        "No directory says the \(missing.joined(separator: ", ")) of anybody in \(request.month). "
          + "Nothing was cut, as a month is cut once: `logveil directory import` a file that does, "
          + "or leave them out with --exclude \(missing.joined(separator: " ")).")
    }
    return candidates
  }

  private func row(
    _ candidate: PeopleCandidate, _ figures: PeopleFigures
  ) throws(OperationError) -> PersonRow {
    let person = figures.people[candidate.person]
    return PersonRow(
      code: try code("person", person.name), pseudonym: person.name,
      values: candidate.values, activeDays: person.activeDays, apps: person.apps,
      sums: person.sums.ofTwoDigits)
  }

  /// The codes of all texts that rows have, by attribute: another key makes no other ones later.
  private func codes(
    of release: PeopleRelease
  ) throws(OperationError) -> [PersonAttribute: [String: String]] {
    var codes: [PersonAttribute: [String: String]] = [:]
    for (place, shown) in release.attributes.enumerated() {
      for row in release.rows {
        guard case .known(let text) = row.values[place] else { continue }
        if codes[shown.attribute]?[text] != nil { continue }
        codes[shown.attribute, default: [:]][text] = try code(shown.attribute.rawValue, text)
      }
    }
    return codes
  }

  /// A keyed code that holds for one month.
  private func code(_ what: String, _ text: String) throws(OperationError) -> String {
    guard let code = try keyring.releaseCode(of: codedText(what, text)) else {
      throw Keyring.makesNoCodes
    }
    return "\(what)-\(code)"
  }

  /// The code in a release of before codes were kept: shorter, and another one under another key.
  private func earlierCode(_ what: String, _ text: String) throws(OperationError) -> String {
    do throws(VeilError) {
      if let code = try keyring.auditCode(of: Array(codedText(what, text).utf8).span) {
        return "\(what)-\(code.prefix(16))"
      }
    } catch { throw OperationError(error) }
    throw Keyring.makesNoCodes
  }

  private func codedText(_ what: String, _ text: String) -> String {
    "publish people\n\(request.month)\n\(what)\n\(text)"
  }

  // MARK: Handing out

  /// Leaves out attributes and puts codes in place of texts; never adds anything.
  private func shaped(_ release: PeopleRelease) throws(OperationError) -> PeopleRelease {
    let wanted = PersonAttribute.allCases.filter { !request.excluded.contains($0) }
    let cut = release.attributes.map(\.attribute)
    let lacking = wanted.filter { !cut.contains($0) }
    guard lacking.isEmpty else {
      let excluded = PersonAttribute.allCases.filter { !cut.contains($0) }.map(\.rawValue)
      throw OperationError(
        .usage,
        "The people of \(request.month) were cut without \(excluded.joined(separator: ", ")) on "
          + "\(release.made). A month is cut once: say --exclude "
          + "\(excluded.joined(separator: " ")). Nothing was written.")
    }
    var shaped = release
    shaped.hasPseudonyms = request.showsPseudonyms
    let places = cut.indices.filter { wanted.contains(cut[$0]) }
    shaped.attributes = places.map {
      .init(cut[$0], isHashed: release.attributes[$0].isHashed || request.hashed.contains(cut[$0]))
    }
    for number in release.rows.indices {
      shaped.rows[number].values = try places.enumerated().map {
        (place, old) throws(OperationError) in
        let value = release.rows[number].values[old]
        guard case .known(let text) = value, shaped.attributes[place].isHashed else { return value }
        if let code = release.codes[cut[old]]?[text] { return .known(code) }
        return .known(try earlierCode(cut[old].rawValue, text))
      }
    }
    return shaped
  }

  private func write(_ release: PeopleRelease, _ output: ReportOutput) throws(OperationError) {
    let table = PeopleReleasePage.table(release)
    switch output {
    case .csv(let path): try OutputFile.write(CSVText.bytes(table), to: path)
    case .parquet(let path):
      try OutputFile.write(table, asParquetTo: path, mark: ("logveil.people", release.month))
    case .html(let path): try OutputFile.write(PeopleReleasePage.bytes(release), to: path)
    case .executive, .shown: break
    }
  }
}
