import Glibc

/// Why an archive can't be read.
///
/// Nothing of such an archive may be committed. Offsets count from the start of the archive's
/// stored bytes.
package enum ArchiveError: Error, Hashable, CustomStringConvertible {
  /// No file of this name.
  case notFound(path: String)
  /// A file or folder that can't be opened, with the system's error number.
  case cannotOpen(path: String, code: Int32)
  /// Neither a file, a folder nor a pipe: a socket or a device.
  case notAnArchive(path: String)
  /// The system could not read at `offset`.
  case readFailed(offset: UInt64, code: Int32)
  /// The stored bytes end at `offset`, inside a frame.
  case truncated(offset: UInt64)
  /// The stored bytes at `offset`, or shortly behind it, are not what the format wants.
  case corrupt(offset: UInt64, Damage)
  /// Behind the last frame, at `offset`, lie bytes that are no frame.
  case trailingGarbage(offset: UInt64)
  /// The bytes at `offset` are of a format that is not read here.
  case unsupported(offset: UInt64, UnsupportedFormat)
  /// The text starts with the byte order mark of UTF-16.
  case wideText
  /// The zstd frame at `offset` asks for a window larger than allowed.
  case windowTooLarge(offset: UInt64, windowBytes: UInt64, windowBytesMax: UInt64)
  /// The text grew faster than the limit allows: a decompression bomb.
  case ratioTooHigh(offset: UInt64, textBytes: UInt64, storedBytes: UInt64, ratioMax: UInt64)
  /// More frames without text in a row than any honest archive has.
  case tooManyEmptyFrames(offset: UInt64, framesMax: Int)
  /// The system gave no memory, or no free block, to decode with.
  case outOfMemory
  /// libarchive, which reads containers, xz and bzip2, is not installed.
  case noContainerLibrary

  /// What does not fit.
  package enum Damage: String, Sendable {
    case frameHeader = "a frame header is not valid"
    case headerChecksum = "a frame header does not match its checksum"
    case block = "a compressed block is not valid"
    case blockChecksum = "a block does not match its checksum"
    case contentChecksum = "the text of a frame does not match its checksum"
    case container = "the container, or a file in it, is not valid or is encrypted"
    case filter = "its stream of xz or bzip2 is not valid"
    case contentSize = "the text of a frame has not the length that the frame names"
  }

  /// A format that is recognised only to be refused in clear words.
  package enum UnsupportedFormat: String, Sendable {
    case zip = "a zip in another container or on standard input"
    case tar = "a tar in another container or on standard input"
    case xz = "xz"
    case bzip2 = "bzip2"
    case sevenZip = "7z"
    case unixCompress = "compress (.Z)"
    case zstdDictionary = "zstd with a dictionary"
    case zstdLegacy = "zstd older than 0.8"
    case lz4Dictionary = "lz4 with a dictionary"
    case lz4Legacy = "legacy lz4"
    case gzipMethod = "gzip with a method other than deflate"
    case mixedFrames = "zstd and lz4 frames in one archive"
  }

  /// What happened, where, and what to do.
  package var description: String {
    switch self {
    case .notFound(let path):
      "\(path): there is no such file or folder. Check the path."
    case .cannotOpen(let path, let code):
      "\(path): cannot be opened: \(Self.words(code)). Check its permissions."
    case .notAnArchive(let path):
      "\(path): is neither a file, a folder nor a pipe. Give the archive itself."
    case .readFailed(let offset, let code):
      "Reading failed at byte \(offset): \(Self.words(code)). Nothing of the archive was committed."
    case .truncated(let offset):
      "The archive ends inside a frame, at byte \(offset). "
        + "Nothing of it was committed; fetch it again."
    case .outOfMemory:
      "There is no memory left to decode with. Lower --threads or raise --memory."
    case .noContainerLibrary:
      "zip, tar, xz and bzip2 are read by libarchive, which is not there. "
        + "Install it: apt-get install libarchive13."
    default: contentDescription
    }
  }

  private var contentDescription: String {
    switch self {
    case .corrupt(let offset, let damage):
      "The archive is damaged at byte \(offset): \(damage.rawValue). "
        + "Nothing of it was committed; fetch it again."
    case .trailingGarbage(let offset):
      "At byte \(offset), behind the last frame, the archive goes on with bytes that are no frame. "
        + "Nothing of it was committed; cut it there if that is all of it."
    case .unsupported(let offset, let format):
      "At byte \(offset) the archive is \(format.rawValue), which is not read here. "
        + "Repack it as zstd, lz4, gzip or plain text."
    case .wideText:
      "The text is UTF-16, which is not read. Nothing of it was committed; convert it first: "
        + "iconv -f UTF-16 -t UTF-8."
    case .windowTooLarge(let offset, let bytes, let bytesMax):
      "The zstd frame at byte \(offset) asks for a window of \(bytes) bytes; "
        + "\(bytesMax) are allowed. Repack it without --ultra or a larger --long."
    case .ratioTooHigh(let offset, let text, let stored, let ratioMax):
      "Up to byte \(offset), \(stored) stored bytes grew to \(text) bytes of text, more than "
        + "\(ratioMax) to 1: a decompression bomb. Raise --max-ratio if it is not."
    case .tooManyEmptyFrames(let offset, let framesMax):
      "More than \(framesMax) frames in a row, up to byte \(offset), hold no text. "
        + "Nothing of the archive was committed."
    default: ""
    }
  }

  private static func words(_ code: Int32) -> String {
    // SAFETY: strerror returns a C string that lives until the next call in this thread.
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
