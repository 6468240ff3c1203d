internal import ArchiveDecoding
internal import Synchronization

/// How far a run is; read by whoever shows it, at any time.
package final class Progress: Sendable {
  private let stored = Atomic<UInt64>(0)
  private let text = Atomic<UInt64>(0)
  private let lineCount = Atomic<Int>(0)
  private let unpacked = Atomic<UInt64>(0)

  package init() {}

  /// Stored bytes decoded.
  package var storedBytes: UInt64 { stored.load(ordering: .relaxed) }
  /// Bytes of text parsed.
  package var textBytes: UInt64 { text.load(ordering: .relaxed) }
  /// Lines parsed.
  package var lines: Int { lineCount.load(ordering: .relaxed) }

  /// Stored bytes of files in containers, beyond those of the containers themselves.
  package var unpackedBytes: UInt64 { unpacked.load(ordering: .relaxed) }

  /// Notes what was found in a container.
  func replace(_ container: ArchiveReference, by entries: [ArchiveReference]) {
    let inside = entries.reduce(0) { $0 &+ ($1.byteCount ?? 0) }
    let outside = container.byteCount ?? 0
    unpacked.wrappingAdd(inside - min(inside, outside), ordering: .relaxed)
  }

  func add(storedBytes: UInt64) { stored.wrappingAdd(storedBytes, ordering: .relaxed) }

  /// Takes back what has to be read again.
  func takeBack(storedBytes: UInt64, textBytes: UInt64, lines: Int) {
    stored.wrappingSubtract(storedBytes, ordering: .relaxed)
    text.wrappingSubtract(textBytes, ordering: .relaxed)
    lineCount.wrappingSubtract(lines, ordering: .relaxed)
  }

  func add(textBytes: UInt64, lines: Int) {
    text.wrappingAdd(textBytes, ordering: .relaxed)
    lineCount.wrappingAdd(lines, ordering: .relaxed)
  }
}
