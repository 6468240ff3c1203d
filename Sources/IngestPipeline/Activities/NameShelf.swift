internal import Synchronization
internal import UsageAggregation
internal import VeiledRecords

/// What the numbers in activities stand for, by the place that each chunk names.
///
/// A worker that starts its names anew gets a new place; the old names stay as long as rows with
/// their numbers wait to be encoded.
final class NameShelf: Sendable {
  private let kept: Mutex<[ActivityNames?]>
  private static let nothing = ActivityNames(names: VeiledNames(), details: DetailNames())

  init(workers: Int) { kept = Mutex(Array(repeating: nil, count: workers)) }

  /// All names, by place.
  func all(_ workers: [Worker]) -> [ActivityNames] {
    var all = kept.withLock { $0.map { $0 ?? Self.nothing } }
    for worker in workers { all[worker.shelfPlace] = worker.activityNames }
    return all
  }

  /// Lets all workers start their names anew, while nobody adds to them.
  ///
  /// - Parameter pending: rows that wait to be encoded.
  /// - Returns: the names until now.
  func startAnew(_ workers: [Worker], pending: [ActivityChunk]) -> VeiledNames {
    let (names, shared) = (workers[0].names, workers[0].namesAnew)
    kept.withLock { kept in
      for place in kept.indices { kept[place] = kept[place]?.keeping(pending, of: place) }
      for worker in workers {
        let names = worker.startAnew(shared)
        kept[worker.shelfPlace] = names.keeping(pending, of: worker.shelfPlace)
        if !pending.isEmpty {
          worker.shelfPlace = kept.count
          kept.append(nil)
        }
      }
    }
    return names
  }
}
