import ColumnTables
import Storage

/// A data file on its way into a table: it grows piece by piece under a name of its own, and gets
/// the one that its bytes make when it is whole.
///
/// ```
/// .<mark>.data.tmp  ── fsync, link(2) ──►  part-<hash of the bytes>.zstd.parquet
/// ```
/// So no file has its last name before all of its bytes are durable, and no more than a piece is in
/// memory. It belongs to one owner; what was not finished goes with it.
package final class DraftFile {
  /// What is told of a draft to whoever has to clean up after a crash.
  typealias Announcement = (_ path: String) throws(DeltaError) -> Void

  let table: DeltaTable
  let partition: [String: String?]
  /// Bytes that were added.
  package private(set) var byteCount: Int64 = 0

  private let place: PartitionPlace
  private let temporary: String
  private let file: any GrowingFile
  private let announce: Announcement
  private let leave: () -> Void
  private var hasher: ContentHasher
  /// Small pieces on their way, so that a small file is one call to the kernel.
  private var waiting: [UInt8] = []
  private var isOver = false

  // 1 MiB: the pieces of a chunk are written together.
  private static let waitingBytesMax = 1 << 20

  /// Begins a file.
  ///
  /// - Parameters:
  ///   - mark: letters, digits, `-`, `_` and `.`, which nobody else uses for a draft.
  ///   - announce: is called with each path, relative to the table, before it exists.
  ///   - leave: is called once, when the draft is finished or given up.
  init(
    in table: DeltaTable, partitionColumns: [String], partition: [String: String?], mark: String,
    announce: @escaping Announcement, leave: @escaping () -> Void
  ) throws(DeltaError) {
    self.table = table
    self.partition = partition
    self.announce = announce
    place = try PartitionPlace(
      table: table.path, partitionColumns: partitionColumns, values: partition)
    let path = place.path(".\(mark)\(Self.tail)")
    temporary = table.path + "/" + path
    hasher = ContentHasher()
    try announce(path)
    try place.makeFolders(in: table)
    do { file = try table.storage.begin(temporary) } catch { throw .storage(error) }
    self.leave = leave
  }

  deinit {
    guard !isOver else { return }
    _ = try? table.storage.remove(temporary)
    leave()
  }

  private static let tail = ".data.tmp"

  /// Whether `name` is of the form that drafts have.
  static func isDraft(_ name: String) -> Bool { name.hasPrefix(".") && name.hasSuffix(tail) }

  /// Adds bytes.
  package func append(_ bytes: Span<UInt8>) throws(DeltaError) {
    hasher.update(bytes)
    byteCount += Int64(bytes.count)
    if waiting.count + bytes.count > Self.waitingBytesMax { try writeWaiting() }
    if bytes.count > Self.waitingBytesMax {
      do { try file.append(bytes) } catch { throw .storage(error) }
    } else {
      // SAFETY: the buffer lives for this call; `append` copies it.
      unsafe bytes.withUnsafeBufferPointer { unsafe waiting.append(contentsOf: $0) }
    }
  }

  private func writeWaiting() throws(DeltaError) {
    if waiting.isEmpty { return }
    let bytes = waiting
    waiting = []
    do { try file.append(bytes.span) } catch { throw .storage(error) }
  }

  /// Makes the bytes durable and gives the file its name, which is not durable yet.
  ///
  /// A file that is there with the same bytes is as good.
  /// - Returns: the path relative to the table's folder.
  func finish() throws(DeltaError) -> String {
    precondition(!isOver, "A draft is finished once.")
    try writeWaiting()
    try stored { () throws(StorageError) in try file.finish() }
    let path = place.path(ContentName.name(hash: hasher.hash))
    let target = table.path + "/" + path
    try announce(path)
    let isFirst = try stored { () throws(StorageError) in
      try table.storage.link(temporary, to: target)
    }
    let isSame = isFirst ? true : try table.areEqual(temporary, target)
    try stored { () throws(StorageError) in _ = try table.storage.remove(temporary) }
    isOver = true
    leave()
    guard isSame else { throw .storedFileDiffers(path: target) }
    return path
  }

  /// Finishes the file; what the log says of it.
  func added(
    clock: () -> Int64, statistics: TableStatistics?, leavingOut leftOut: Set<String>
  ) throws(DeltaError) -> AddedFile {
    AddedFile(
      path: try finish(), partitionValues: partition, byteCount: byteCount,
      modificationTime: clock(),
      statisticsText: statistics.map { FileStatistics.text(of: $0, leavingOut: leftOut) })
  }
}
