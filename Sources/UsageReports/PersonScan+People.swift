package import ReportFigures
package import StagedExecution
internal import Synchronization
internal import TableQueries
package import VeiledRecords

extension PersonScan {
  private struct People {
    var sums: [Sums] = []
    /// Who was active on each day of the period.
    var days: [BitSet]
    /// Who used each app, by its target.
    var users: [UInt32: NumberSet] = [:]
  }

  /// What each person of a period did.
  ///
  /// - Parameter canonical: the pseudonym that stands for another one of the same person; `nil`
  ///   where it stands for itself.
  package func people(
    _ first: CivilDay, _ last: CivilDay, _ crew: some Executor,
    canonical: @escaping @Sendable (Span<UInt8>) -> [UInt8]?
  ) throws(UsageReportError) -> PeopleFigures {
    let book = NameBook(apps: apps, canonical: canonical)
    let days = first.daysSince1970...last.daysSince1970
    let state = Mutex(People(days: Array(repeating: BitSet(), count: days.count)))
    do {
      try scan.forEach(days, columns: UsageRows.columns, crew) { day, table in
        let usage = UsageRows(table, day: day, book: book)
        let rows = PersonRows(usage, table, book)
        state.withLock { people in
          let more = max(0, Int(rows.people.max() ?? 0) + 1 - people.sums.count)
          people.sums.append(contentsOf: repeatElement(Sums(), count: more))
          let dayIndex = Int(day - days.lowerBound)
          people.days[dayIndex].insert(rows.people.span, 0..<rows.count)
          for row in 0..<rows.count {
            people.sums[Int(rows.people[row])] += rows.sums[row]
          }
          UsageRows.forEachRun(rows.targets.span, 0..<rows.count) { target, range in
            people.users[target, default: NumberSet()].insert(rows.people.span, range)
          }
        }
      }
    } catch { throw .query(error) }
    return Self.figures(state.withLock { $0 }, book)
  }

  private static func figures(_ people: People, _ book: NameBook) -> PeopleFigures {
    let names = Names(book.users)
    let targets = book.targetList
    var days = [Int](repeating: 0, count: names.versions.count)
    for day in people.days {
      for person in day.numbers { days[Int(person)] += 1 }
    }
    var apps = [Int](repeating: 0, count: names.versions.count)
    for (target, users) in people.users where targets[Int(target)].isApp {
      for person in users.numbers { apps[Int(person)] += 1 }
    }
    var figures = PeopleFigures()
    figures.versionOfPerson = names.versions
    figures.kindOfPerson = names.kinds
    figures.people = names.versions.indices.map { number in
      PersonUse(
        name: number == 0 ? "" : names.text(UInt32(number)),
        sums: number < people.sums.count ? people.sums[number] : Sums(),
        activeDays: days[number], apps: apps[number])
    }
    return figures
  }
}
