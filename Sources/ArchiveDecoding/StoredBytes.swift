/// The stored bytes of one archive.
///
/// Reading may block on the disk or the other end of a pipe. A file may be read by many threads at
/// once; a stream by one, from its start to its end.
package protocol StoredBytes: AnyObject, Sendable {
  /// Number of stored bytes; `nil` for a stream, whose length only its end tells.
  var byteCount: UInt64? { get }

  /// Reads some of the bytes from `offset` on.
  ///
  /// - Parameters:
  ///   - offset: any offset of a file; of a stream, the place where the last read ended, or a place
  ///     within the prefix that it keeps until then.
  ///   - target: receives the bytes; not empty.
  /// - Returns: number of bytes read; 0 at the end only.
  /// - Throws: `readFailed`, or `truncated` when a file has shrunk since it was opened.
  func read(at offset: UInt64, into target: inout MutableSpan<UInt8>) throws(ArchiveError) -> Int

  /// The bytes that a stream has handed out so far; `nil` for a file, whose hash a `StoredHasher`
  /// makes.
  var streamed: StreamedBytes? { get }

  /// The filter through which these bytes come from others, which are what is stored.
  var filter: StoredFilter? { get }
}

/// What is known of a stream as far as it was read.
package struct StreamedBytes: Sendable, Equatable {
  package let id: ContentID
  package let byteCount: UInt64
}

/// A compression that is undone in front of the codecs.
package struct StoredFilter: Sendable {
  /// What people call it.
  package enum Kind: String, Sendable {
    case xz, bzip2

    /// What it is where it cannot be undone.
    package var format: ArchiveError.UnsupportedFormat { self == .xz ? .xz : .bzip2 }
  }

  package let kind: Kind
  /// What is read through it.
  package let source: any StoredBytes
}

extension StoredBytes {
  package var filter: StoredFilter? { nil }

  /// The bytes as they are stored, in front of all filters.
  package var unfiltered: any StoredBytes { filter?.source ?? self }
}

extension StoredBytes {
  /// Reads `count` bytes from `offset` on; fewer when the archive ends before.
  func bytes(at offset: UInt64, count: Int) throws(ArchiveError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      var span = bytes.mutableSpan
      var rest = span._mutatingExtracting(filled..<count)
      let received = try read(at: offset + UInt64(filled), into: &rest)
      if received == 0 { break }
      filled += received
    }
    bytes.removeLast(count - filled)
    return bytes
  }

  /// Reads into memory that the caller owns.
  ///
  /// `target` must be writable for `count` bytes during this call.
  @unsafe func read(
    at offset: UInt64,
    into target: UnsafeMutableRawPointer,
    count: Int
  ) throws(ArchiveError) -> Int {
    // SAFETY: the caller vouches for the memory; the span does not outlive this call.
    let buffer = unsafe UnsafeMutableBufferPointer(
      start: target.assumingMemoryBound(to: UInt8.self),
      count: count
    )
    var span = unsafe MutableSpan(_unsafeElements: buffer)
    return try read(at: offset, into: &span)
  }
}
