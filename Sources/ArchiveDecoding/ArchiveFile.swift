import Glibc
import Synchronization

/// An archive in a regular file: its bytes can be read in any order, by many threads.
package final class ArchiveFile: StoredBytes {
  /// Bytes that are kept from its start: as many as tell what it is.
  private static let headBytes = TarHeader.byteCount
  /// Files that are worth telling the system that they are read from end to end: it reads others
  /// ahead as a whole anyway.
  private static let advisedBytesMin: UInt64 = 1 << 20

  private let descriptor: Descriptor
  /// Offset in the file at which the archive starts: where standard input stood.
  private let base: UInt64
  /// Bytes that the file had when it was opened; what is added later is not read.
  private let bytes: UInt64
  /// The first bytes: whoever asks what it is finds them here, and many ask.
  private let head: [UInt8]

  init(
    _ descriptor: consuming Descriptor, base: UInt64, byteCount: UInt64
  ) throws(ArchiveError) {
    if byteCount >= Self.advisedBytesMin {
      // Only advice: what it answers does not matter.
      _ = posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_SEQUENTIAL)
    }
    var head = [UInt8](repeating: 0, count: Int(min(UInt64(Self.headBytes), byteCount)))
    var filled = 0
    while filled < head.count {
      var span = head.mutableSpan
      var rest = span._mutatingExtracting(filled..<span.count)
      filled += try Self.read(descriptor, at: UInt64(filled), base: base, into: &rest)
    }
    self.descriptor = descriptor
    self.base = base
    bytes = byteCount
    self.head = head
  }

  package var byteCount: UInt64? { bytes }
  package var streamed: StreamedBytes? { nil }

  package func read(
    at offset: UInt64,
    into target: inout MutableSpan<UInt8>
  ) throws(ArchiveError) -> Int {
    guard offset < bytes else { return 0 }
    let wanted = Int(min(UInt64(target.count), bytes - offset))
    if offset + UInt64(wanted) <= UInt64(head.count) {
      for place in 0..<wanted { target[place] = head[Int(offset) + place] }
      return wanted
    }
    var target = target._mutatingExtracting(0..<wanted)
    return try Self.read(descriptor, at: offset, base: base, into: &target)
  }

  /// Reads some of the bytes from `offset` on, of which there are as many as `target` takes.
  private static func read(
    _ descriptor: borrowing Descriptor, at offset: UInt64, base: UInt64,
    into target: inout MutableSpan<UInt8>
  ) throws(ArchiveError) -> Int {
    while true {
      // SAFETY: the buffer is the caller's span, for this call only.
      let received = unsafe target.withUnsafeMutableBufferPointer { buffer in
        unsafe pread(descriptor.number, buffer.baseAddress, buffer.count, off_t(base + offset))
      }
      if received > 0 { return received }
      if received == 0 { throw .truncated(offset: offset) }  // It shrank while being read.
      if errno != EINTR { throw .readFailed(offset: offset, code: errno) }
    }
  }
}

/// An archive that comes through a pipe or a terminal: its bytes can be read once, in order.
///
/// The first `prefixBytes` are kept until the reader has passed them, so that the codec can be told
/// before decoding starts. One thread reads at a time; a second one waits.
package final class ArchiveStream: StoredBytes {
  /// Bytes from the start that can be read more than once.
  package static let prefixBytes = 64 << 10

  private struct State: ~Copyable {
    var hasher: ContentHasher
    var prefix: [UInt8] = []
    var position: UInt64 = 0
    var hasEnded = false
  }
  private let tap: any StreamTap
  package let filter: StoredFilter?
  private let state: Mutex<State>

  init(_ tap: any StreamTap, filter: StoredFilter? = nil) throws(ArchiveError) {
    self.tap = tap
    self.filter = filter
    state = Mutex(State(hasher: try ContentHasher()))
  }

  package var byteCount: UInt64? { nil }
  package var streamed: StreamedBytes? {
    state.withLock { StreamedBytes(id: $0.hasher.id, byteCount: $0.position) }
  }

  package func read(
    at offset: UInt64,
    into target: inout MutableSpan<UInt8>
  ) throws(ArchiveError) -> Int {
    // SAFETY: the buffer is the caller's span, used during this call only.
    try unsafe target.withUnsafeMutableBufferPointer { (buffer) throws(ArchiveError) in
      let buffer = UnsafeMutableRawBufferPointer(buffer)
      return try state.withLock { (state) throws(ArchiveError) in
        try unsafe read(at: offset, into: buffer, &state)
      }
    }
  }

  private func read(
    at offset: UInt64,
    into target: UnsafeMutableRawBufferPointer,
    _ state: inout State
  ) throws(ArchiveError) -> Int {
    while offset >= state.position, state.position < UInt64(Self.prefixBytes), !state.hasEnded {
      try growPrefix(&state)
    }
    if offset < UInt64(state.prefix.count) {
      let start = Int(offset)
      let count = min(state.prefix.count - start, target.count)
      unsafe target.copyBytes(from: state.prefix[start..<start + count])
      return count
    }
    if state.hasEnded { return 0 }
    precondition(offset == state.position, "A stream is read once, from its start to its end.")
    state.prefix = []
    let received = try unsafe tap.receive(into: target, at: offset)
    state.hasEnded = received == 0
    state.position += UInt64(received)
    unsafe state.hasher.update(UnsafeRawBufferPointer(rebasing: target[..<received]))
    return received
  }

  private func growPrefix(_ state: inout State) throws(ArchiveError) {
    var chunk = [UInt8](repeating: 0, count: Self.prefixBytes - state.prefix.count)
    let position = state.position
    var span = chunk.mutableSpan
    // SAFETY: the buffer is the span's, used during this call only.
    let received = try unsafe span.withUnsafeMutableBufferPointer { (buffer) throws(ArchiveError) in
      try unsafe tap.receive(into: UnsafeMutableRawBufferPointer(buffer), at: position)
    }
    state.hasEnded = received == 0
    state.position += UInt64(received)
    state.prefix += chunk[..<received]
    state.hasher.update(chunk.span.extracting(0..<received))
  }
}

/// The bytes that come through a descriptor.
final class DescriptorTap: StreamTap {
  private let descriptor: Descriptor

  init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  @unsafe func receive(
    into target: UnsafeMutableRawBufferPointer,
    at offset: UInt64
  ) throws(ArchiveError) -> Int {
    while true {
      // SAFETY: the caller's buffer, for this call only.
      let received = unsafe Glibc.read(descriptor.number, target.baseAddress, target.count)
      if received >= 0 { return received }
      switch errno {
      case EINTR: continue
      case EAGAIN:  // The other end set the pipe to non-blocking: wait for it.
        var wanted = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&wanted, 1, -1)
      default: throw .readFailed(offset: offset, code: errno)
      }
    }
  }
}

/// One open file.
struct Descriptor: ~Copyable, Sendable {
  let number: Int32
  init(_ number: Int32) { self.number = number }
  deinit { close(number) }
}
