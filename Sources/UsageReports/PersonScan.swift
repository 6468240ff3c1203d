internal import ColumnTables
package import DeltaLake
package import ReportFigures
package import StagedExecution
internal import Synchronization
internal import TableQueries
package import VeiledRecords

/// Adds up who contributed what, for releases.
package struct PersonScan {
  let scan: UsageScan
  let apps: AppDirectory

  package init(_ table: DeltaTable, _ snapshot: Snapshot, apps: AppDirectory) {
    scan = UsageScan(table: table, snapshot: snapshot, filter: RowFilter())
    self.apps = apps
  }

  /// The days with rows and how many these are, the oldest first.
  package var rowCounts: [(day: CivilDay, rows: Int)] {
    scan.rowCounts.sorted { $0.key < $1.key }.map { (CivilDay($0.key), $0.value) }
  }

  private struct Group {
    var people = NumberedSums()
    var rest = Sums()
  }
  private struct State {
    var targets: [UInt32: Group] = [:]
    var days: [Int32: Group] = [:]
  }

  /// All contributions of the days of a period.
  ///
  /// - Parameter canonical: the pseudonym that stands for another one of the same person; `nil`
  ///   where it stands for itself.
  package func figures(
    _ first: CivilDay, _ last: CivilDay, _ crew: some Executor,
    canonical: @escaping @Sendable (Span<UInt8>) -> [UInt8]? = { _ in nil }
  ) throws(UsageReportError) -> PersonFigures {
    let book = NameBook(apps: apps, canonical: canonical)
    let state = Mutex(State())
    let columns = [
      "host", "user", "src_ip", "device", "action", "events", "uploaded_bytes", "downloaded_bytes",
      "total_bytes", "last_seen", "source", "ip_tag",
    ]
    do {
      try scan.forEach(first.daysSince1970...last.daysSince1970, columns: columns, crew) {
        day, table in
        let rows = PersonRows(UsageRows(table, day: day, book: book), table, book)
        state.withLock { state in
          for row in 0..<rows.count {
            Self.add(rows, row, to: &state.targets[rows.targets[row], default: Group()])
            Self.add(rows, row, to: &state.days[day, default: Group()])
          }
        }
      }
    } catch { throw .query(error) }
    return Self.figures(state.withLock { $0 }, book, apps)
  }

  private static func add(_ rows: PersonRows, _ row: Int, to group: inout Group) {
    let person = rows.people[row]
    if person == 0 {
      group.rest += rows.sums[row]
    } else {
      group.people.add(person, rows.sums[row])
    }
  }

  private static func figures(
    _ state: State, _ book: NameBook, _ apps: AppDirectory
  ) -> PersonFigures {
    var figures = PersonFigures()
    var others: [Contributions] = []
    let targets = book.targetList
    for (place, group) in state.targets.sorted(by: { $0.key < $1.key }) {
      if case .app(let number) = targets[Int(place)].kind, let facts = apps.facts(number) {
        figures.apps.append((facts, contributions(group)))
      } else {
        others.append(contributions(group))
      }
    }
    figures.uncatalogued = .joined(others)
    figures.days = state.days.sorted { $0.key < $1.key }.map {
      (CivilDay($0.key).description, contributions($0.value))
    }
    let people = Names(book.users)
    figures.versionOfPerson = people.versions
    figures.kindOfPerson = people.kinds
    return figures
  }

  private static func contributions(_ group: Group) -> Contributions {
    Contributions(
      zip(group.people.keys, group.people.sums).map { ($0, $1) }, rest: group.rest)
  }
}

/// Rows with the person that each is of: a user, else a source address, else a device.
struct PersonRows {
  let count: Int
  let people: [UInt32]
  let targets: [UInt32]
  let sums: [Sums]

  init(_ rows: UsageRows, _ table: Table, _ book: NameBook) {
    count = rows.count
    // One numbering for all three: their pseudonyms differ by their first letter.
    let columns = ["user", "src_ip", "device"].compactMap { table.column($0) }
      .map { book.users.numbers(of: $0) }
    people = (0..<rows.count).map { row in
      columns.lazy.map { $0[row] }.first { $0 != 0 } ?? 0
    }
    targets = rows.hosts.map { rows.targetOfHost[Int($0)] }
    sums = (0..<rows.count).map { rows.sums($0) }
  }
}
