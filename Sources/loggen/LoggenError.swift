import Glibc

/// Why a log could not be written.
enum LoggenError: Error, Equatable, CustomStringConvertible {
  /// The output could not be opened; `code` is errno.
  case cannotCreate(path: String, code: Int32)
  /// Writing failed behind `offset` bytes; `code` is errno.
  case cannotWrite(path: String, offset: Int, code: Int32)
  /// A codec refused to work; `code` is its own.
  case codec(Codec, code: Int)

  /// What happened, what is left, what to do.
  var description: String {
    switch self {
    case .cannotCreate(let path, let code):
      "Cannot create \(path): \(Self.words(code)). Nothing was written."
    case .cannotWrite(let path, let offset, let code):
      "Cannot write to \(path) behind byte \(offset): \(Self.words(code)). "
        + "An unfinished file was removed; make room and run again."
    case .codec(let codec, let code):
      "The library for \(codec.rawValue) failed with code \(code). "
        + "An unfinished file was removed; check the memory limit and run again."
    }
  }

  /// The code of sysexits.h that fits.
  var exitCode: Int32 {
    switch self {
    case .cannotCreate: 73
    case .cannotWrite: 74
    case .codec: 70
    }
  }

  private static func words(_ code: Int32) -> String {
    // SAFETY: the text that strerror returns is copied at once.
    unsafe String(cString: strerror(code))
  }
}
