package import ByteBlocks
internal import ByteKernels
internal import ClearRecords
package import VeiledRecords

/// Reads the text of one archive by a format, and says of its lines what they are, but nothing of
/// what stands in them.
package struct FormatTrial {
  private let format: FormatProfile
  private var reader: (shape: FormatProfile, header: HeaderReader, parser: any BlockParser)?

  /// What the lines are.
  package private(set) var counts = LineCounts()
  /// Lines, from 1, that are refused, by reason.
  package private(set) var rejects: [RejectReason: [Int]] = [:]
  /// How many events have each attribute.
  package private(set) var found: [Attribute: Int] = [:]
  /// How many events name users beside the one that counts.
  package private(set) var otherUsers = 0

  /// A trial of `format` at the start of an archive.
  package init(_ format: FormatProfile) { self.format = format }

  /// Reads the next block.
  package mutating func add(_ block: consuming Block, textOffset: Int) {
    var reader = reader ?? start(block)
    let header = reader.header.read(block)
    let batch = reader.parser.parse(block, header: header, textOffset: textOffset)
    for reject in batch.rejects {
      guard let reason = reject.status.reason else { continue }
      rejects[reason, default: []].append(counts.lines + reject.line + 1)
    }
    counts += batch.counts
    note(batch)
    self.reader = reader
  }

  private func start(
    _ block: borrowing Block
  ) -> (shape: FormatProfile, header: HeaderReader, parser: any BlockParser) {
    let shape = format.chosen(for: block).readingAllUsers
    return (shape, HeaderReader(shape), shape.parser(withDetails: true))
  }

  /// Counts the attributes of the events.
  private mutating func note(_ batch: borrowing RecordBatch) {
    let named = batch.otherUsers.map(\.record)
    otherUsers += Set(named.filter { batch.status[$0] == RecordStatus.event.rawValue }).count
    for record in 0..<batch.count where batch.status[record] == RecordStatus.event.rawValue {
      note(.time, true)
      note(.user, !batch.users[record].isEmpty)
      note(.sourceAddress, !batch.sources[record].isEmpty)
      note(.host, !batch.hosts[record].isEmpty)
      note(.device, !batch.devices[record].isEmpty)
      note(.action, batch.actions[record] != EventAction.unknown.rawValue)
      note(.uploadedBytes, batch.uploaded[record] != FieldKernels.null)
      note(.downloadedBytes, batch.downloaded[record] != FieldKernels.null)
      note(.totalBytes, batch.totals[record] != FieldKernels.null)
      switch batch.details {
      case .some(let details):
        note(.destinationAddress, !details.destinations[record].isEmpty)
        note(.method, !details.methods[record].isEmpty)
        note(.httpStatus, !details.statuses[record].isEmpty)
        note(.userAgent, !details.userAgents[record].isEmpty)
      case nil: break
      }
    }
  }

  private mutating func note(_ attribute: Attribute, _ isThere: Bool) {
    if isThere { found[attribute, default: 0] += 1 }
  }
}
