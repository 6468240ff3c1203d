internal import ColumnTables
internal import Synchronization
internal import TableQueries

/// What rows are added up under: an app of the catalog, or a domain that no app has.
struct Target: Sendable {
  var kind: HostClass
  var isApp: Bool { if case .app = kind { true } else { false } }
}

/// The targets of a report, and which one each host belongs to.
private final class TargetList: Sendable {
  struct State {
    /// By the number of a host; host 0 is none, and its target 0 takes rows without a host.
    var ofHost: [UInt32] = [0]
    var list = [Target(kind: .domain(""))]
    var ofApp: [Int32: UInt32] = [:]
    var ofDomain: [String: UInt32] = ["": 0]
  }
  let state = Mutex(State())

  func take(host: UInt32, _ kind: HostClass) {
    state.withLock { state in
      let next = UInt32(state.list.count)
      let target: UInt32
      switch kind {
      case .app(let number):
        target = state.ofApp[number] ?? next
        state.ofApp[number] = target
      case .domain(let name):
        target = state.ofDomain[name] ?? next
        state.ofDomain[name] = target
      }
      if target == next { state.list.append(Target(kind: kind)) }
      precondition(state.ofHost.count == Int(host), "Hosts are numbered one by one.")
      state.ofHost.append(target)
    }
  }
}

/// The numbers of all names of a report, over all files, periods and threads.
final class NameBook: Sendable {
  let users: NameNumbers
  let addresses: NameNumbers
  let devices: NameNumbers
  let sources = NameNumbers()
  let tags = NameNumbers()
  private let hosts: NameNumbers
  private let targets: TargetList

  init(apps: AppDirectory, canonical: (@Sendable (Span<UInt8>) -> [UInt8]?)?) {
    users = NameNumbers(canonical: canonical)
    addresses = NameNumbers(canonical: canonical)
    devices = NameNumbers(canonical: canonical)
    let targets = TargetList()
    self.targets = targets
    hosts = NameNumbers(onNew: { number, host in targets.take(host: number, apps.classify(host)) })
  }

  var targetList: [Target] { targets.state.withLock { $0.list } }
  var targetsOfHosts: [UInt32] { targets.state.withLock { $0.ofHost } }
  var hostTexts: [String] { hosts.allTexts }

  /// The hosts of a column by their numbers, and the targets of all hosts known now.
  func hosts(of column: Column) -> (rows: [UInt32], targetOfHost: [UInt32], targetCount: Int) {
    let rows = hosts.numbers(of: column)
    return targets.state.withLock { (rows, $0.ofHost, $0.list.count) }
  }
}
