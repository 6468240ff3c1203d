import CPSL

/// The library with the list of public suffixes, for `doctor`.
package enum SuffixLibrary {
  /// libpsl's version.
  package static var version: String {
    // SAFETY: libpsl gives a constant text.
    unsafe psl_get_version().map { unsafe String(cString: $0) } ?? "unknown"
  }

  /// Seconds since 1970 of the list inside the library; `nil` where it has none inside.
  package static var listTime: Int64? {
    let time = Int64(psl_builtin_file_time())
    return time > 0 ? time : nil
  }
}
