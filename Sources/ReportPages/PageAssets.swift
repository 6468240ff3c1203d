internal import CEmbedded

/// Style and script of pages, which are compiled in.
enum PageAssets {
  static let style = unsafe text(ce_report_style)
  static let script = unsafe text(ce_report_script)

  private static func text(_ file: ce_file) -> String {
    // SAFETY: the C array is constant, lives as long as the program, and has this many bytes.
    let bytes = unsafe UnsafeBufferPointer(start: file.text, count: file.byte_count)
    return unsafe String(decoding: bytes, as: UTF8.self)
  }
}
