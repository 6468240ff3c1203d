import CArchive
import Glibc

/// One open reader of libarchive.
///
/// Only formats and filters that the library decodes itself are let in: others would start foreign
/// programs.
// SAFETY: a handle is used by one thread at a time: whoever holds the stream it feeds, or the one
// that walks over a container; it changes hands under the pool's lock.
@safe final class ContainerHandle: @unchecked Sendable {
  private let library: ca_library
  private let reader: OpaquePointer
  /// The number of the header that comes next, from 0.
  private(set) var next = 0
  private var meter: RatioMeter

  /// What is to be found in a file.
  enum Content {
    /// A container, compressed or not.
    case container
    /// A tar in a codec that is read without the library.
    case compressedTar
    /// One stream in xz or bzip2.
    case filtered
  }

  init(_ content: Content, limits: DecodingLimits = DecodingLimits()) throws(ArchiveError) {
    guard let library = unsafe ca_load()?.pointee else { throw .noContainerLibrary }
    guard let reader = unsafe library.archive_read_new() else { throw .outOfMemory }
    self.library = library
    unsafe self.reader = reader
    meter = RatioMeter(at: 0, limits: limits)
    var kinds = unsafe [
      library.archive_read_support_filter_bzip2, library.archive_read_support_filter_xz,
    ]
    switch content {
    case .filtered:
      unsafe kinds += [
        library.archive_read_support_format_raw, library.archive_read_support_format_empty,
      ]
    case .container, .compressedTar:
      unsafe kinds += [
        library.archive_read_support_filter_gzip, library.archive_read_support_filter_zstd,
        library.archive_read_support_filter_lz4, library.archive_read_support_format_tar,
      ]
    }
    if content == .container { unsafe kinds.append(library.archive_read_support_format_zip) }
    for place in unsafe kinds.indices { _ = unsafe kinds[place](reader) }
  }

  deinit { _ = unsafe library.archive_read_free(reader) }

  /// Stored bytes that were read.
  var position: UInt64 { UInt64(max(0, unsafe library.archive_filter_bytes(reader, -1))) }

  /// Opens a file.
  func open(_ path: String) throws(ArchiveError) {
    guard unsafe library.archive_read_open_filename(reader, path, 256 << 10) == ARCHIVE_OK else {
      throw damaged
    }
  }

  /// Opens what `feed` hands out; it must live as long as the handle.
  func open(_ feed: ContainerFeed) throws(ArchiveError) {
    // SAFETY: the library keeps the pointer as long as the handle, whose owner keeps the feed.
    let client = unsafe Unmanaged.passUnretained(feed).toOpaque()
    let result = unsafe library.archive_read_open(
      reader, client, nil,
      { _, client, buffer in
        guard let client = unsafe client, let buffer = unsafe buffer else { return -1 }
        let feed = unsafe Unmanaged<ContainerFeed>.fromOpaque(client).takeUnretainedValue()
        return unsafe feed.give(buffer)
      }, nil)
    guard result == ARCHIVE_OK else { throw damaged }
  }

  /// A header of a container.
  struct Header {
    let number: Int
    let name: String
    /// Bytes of the file, unpacked from the container; `nil` where the header does not tell.
    let byteCount: UInt64?
    let isFile: Bool
  }

  /// Moves to the next header; `nil` behind the last one.
  func nextHeader() throws(ArchiveError) -> Header? {
    var entry: OpaquePointer?
    let result = unsafe library.archive_read_next_header(reader, &entry)
    if result == ARCHIVE_EOF { return nil }
    guard result == ARCHIVE_OK || result == ARCHIVE_WARN, let entry = unsafe entry else {
      throw damaged
    }
    defer { next += 1 }
    let name = unsafe library.archive_entry_pathname(entry).map {
      unsafe String(cString: $0).withoutControls
    }
    let kind = unsafe UInt32(library.archive_entry_filetype(entry))
    let byteCount =
      unsafe library.archive_entry_size_is_set(entry) != 0
      ? UInt64(max(0, unsafe library.archive_entry_size(entry))) : nil
    return Header(
      number: next, name: name ?? "entry \(next)", byteCount: byteCount,
      isFile: kind & S_IFMT == S_IFREG)
  }

  /// Reads bytes of the current entry; 0 at its end.
  ///
  /// `target` is the caller's memory, for this call only.
  @unsafe func read(into target: UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int {
    let count = unsafe library.archive_read_data(reader, target.baseAddress, target.count)
    guard count >= 0 else { throw damaged }
    try meter.note(count, at: position)
    return count
  }

  private var damaged: ArchiveError { .corrupt(offset: position, .container) }
}

/// Hands the bytes of one archive to a reader of libarchive.
// SAFETY: used by the one handle that it feeds.
@safe final class ContainerFeed: @unchecked Sendable {
  /// Bytes handed out at once: damage is told as near as that.
  private static let chunkBytes = 32 << 10
  private let source: any StoredBytes
  /// Bytes that were handed out.
  private(set) var offset: UInt64 = 0
  /// Where the last ones started.
  private(set) var lastOffset: UInt64 = 0
  /// Whether more was asked for than there is.
  private(set) var hasEnded = false
  private let memory: UnsafeMutableRawBufferPointer
  /// What went wrong beyond the library.
  private(set) var failure: ArchiveError?

  init(_ source: any StoredBytes) {
    self.source = source
    unsafe memory = .allocate(byteCount: Self.chunkBytes, alignment: 16)
  }

  deinit { unsafe memory.deallocate() }

  /// Whether there are stored bytes at `place` or behind it, of which all before were handed out.
  func goes(beyond place: UInt64) throws(ArchiveError) -> Bool {
    if place < offset { return true }
    return try !source.bytes(at: offset, count: 1).isEmpty
  }

  /// The library's call for more bytes; negative when there was an error.
  @unsafe fileprivate func give(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    guard let base = unsafe memory.baseAddress else { return -1 }
    do throws(ArchiveError) {
      // SAFETY: the memory is ours until the next call, as the library wants it.
      let count = try unsafe source.read(at: offset, into: base, count: memory.count)
      if count > 0 { lastOffset = offset }
      hasEnded = count == 0
      offset += UInt64(count)
      unsafe buffer.pointee = UnsafeRawPointer(base)
      return count
    } catch {
      failure = error
      return -1
    }
  }
}
