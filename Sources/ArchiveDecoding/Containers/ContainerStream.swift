import Glibc
import Synchronization

/// Where the bytes of a stream come from.
protocol StreamTap: AnyObject, Sendable {
  /// Reads the next bytes; 0 at the end. Called by one thread at a time.
  ///
  /// `target` is the caller's memory, for this call only.
  @unsafe func receive(
    into target: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(ArchiveError) -> Int
}

/// One file in a container, as a stream.
///
/// Files are read in the order of the container where possible: a reader that has come to the end
/// of one goes on to the next, so that a compressed container is decompressed about once for each
/// of those who read it side by side.
// SAFETY: called by one thread at a time, which holds the stream's lock.
final class ContainerTap: StreamTap, @unchecked Sendable {
  private let path: String
  private var handle: ContainerHandle?

  init(_ path: String, entry number: Int) throws(ArchiveError) {
    self.path = path
    let handle = try ContainerPool.handle(for: path, before: number)
    while let header = try handle.nextHeader() {
      guard header.number < number else {
        self.handle = handle
        return
      }
    }
    throw .truncated(offset: handle.position)
  }

  deinit { giveBack() }

  @unsafe func receive(
    into target: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(ArchiveError) -> Int {
    guard let handle else { return 0 }
    do throws(ArchiveError) {
      let count = try unsafe handle.read(into: target)
      if count == 0 { giveBack() }
      return count
    } catch {
      // Behind damage a reader is of no use to others.
      self.handle = nil
      throw error
    }
  }

  /// Hands the reader on, also from the middle of a file: the next header is found from anywhere.
  private func giveBack() {
    guard let handle else { return }
    ContainerPool.giveBack(handle, to: path)
    self.handle = nil
  }
}

/// Readers of containers that nobody uses, each at or in a file of its container.
enum ContainerPool {
  private static let handlesMax = 16
  private static let free = Mutex<[(path: String, handle: ContainerHandle)]>([])

  /// A reader that has not yet come to the header `number`, as far along as there is one.
  static func handle(
    for path: String, before number: Int
  ) throws(ArchiveError) -> ContainerHandle {
    let known = free.withLock { free -> ContainerHandle? in
      let fitting = free.indices.filter {
        free[$0].path == path && free[$0].handle.next <= number
      }
      guard let best = fitting.max(by: { free[$0].handle.next < free[$1].handle.next }) else {
        return nil
      }
      return free.remove(at: best).handle
    }
    if let known { return known }
    let handle = try ContainerHandle(.container)
    try handle.open(path)
    return handle
  }

  static func giveBack(_ handle: ContainerHandle, to path: String) {
    free.withLock { free in
      if free.count == handlesMax { free.removeFirst() }
      free.append((path, handle))
    }
  }
}

/// An archive in xz or bzip2, as a stream of what is in it.
// SAFETY: called by one thread at a time, which holds the stream's lock.
final class FilteredStream: StreamTap, @unchecked Sendable {
  private let feed: ContainerFeed
  private let handle: ContainerHandle
  /// Whether nothing is in it: a log of a quiet day.
  private let isEmpty: Bool

  init(_ source: any StoredBytes) throws(ArchiveError) {
    feed = ContainerFeed(source)
    handle = try ContainerHandle(.filtered)
    do throws(ArchiveError) {
      try handle.open(feed)
      isEmpty = try handle.nextHeader() == nil
    } catch { throw feed.failure ?? Self.named(error, feed) }
  }

  private static func named(_ error: ArchiveError, _ feed: ContainerFeed) -> ArchiveError {
    guard case .corrupt(let offset, .container) = error else { return error }
    if feed.hasEnded { return .truncated(offset: feed.offset) }
    return .corrupt(offset: max(offset, feed.lastOffset), .filter)
  }

  @unsafe func receive(
    into target: UnsafeMutableRawBufferPointer, at offset: UInt64
  ) throws(ArchiveError) -> Int {
    if isEmpty { return 0 }
    let count: Int
    do throws(ArchiveError) { count = try unsafe handle.read(into: target) } catch {
      throw feed.failure ?? Self.named(error, feed)
    }
    // The library takes what is no further stream of bzip2 for the end.
    if count == 0 {
      let end = handle.position
      if try feed.goes(beyond: end) { throw .trailingGarbage(offset: end) }
    }
    return count
  }
}

extension StoredFilter.Kind {
  /// Tells it by the first bytes.
  init?(of bytes: [UInt8]) {
    if bytes.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) {
      self = .xz
      return
    }
    guard bytes.count >= 10, bytes.starts(with: "BZh".utf8), (0x31...0x39).contains(bytes[3])
    else { return nil }
    // "BZh" is text as well; the marks of a block or of the end behind it tell.
    let mark = bytes.span.littleEndian(at: 4, count: 6)
    guard mark == 0x5953_2659_4131 || mark == 0x9050_3845_7217 else { return nil }
    self = .bzip2
  }
}
