/// Many short texts in one piece of memory, made once and then only read.
///
/// It cannot be copied, so that reading a text costs no reference count.
struct Phrases: ~Copyable {
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  /// No texts.
  init() {}

  /// The UTF-8 of `texts`.
  init(_ texts: [String]) {
    for text in texts { append(text.utf8) }
  }

  /// Number of texts.
  var count: Int { ends.count }

  /// Makes room for `count` texts of about `bytesEach` bytes.
  mutating func reserve(_ count: Int, bytesEach: Int) {
    bytes.reserveCapacity(count * bytesEach)
    ends.reserveCapacity(count)
  }

  /// Adds a copy of `text`.
  ///
  /// - Precondition: all texts together stay under 4 GiB.
  mutating func append(_ text: some Sequence<UInt8>) {
    bytes.append(contentsOf: text)
    guard let end = UInt32(exactly: bytes.count) else {
      preconditionFailure("The texts of one kind exceed 4 GiB.")
    }
    ends.append(end)
  }

  /// Text number `index`.
  @inline(__always)
  @_lifetime(borrow self)
  func span(_ index: Int) -> Span<UInt8> {
    let start = index == 0 ? 0 : Int(ends[index - 1])
    return bytes.span.extracting(start..<Int(ends[index]))
  }

  /// Text number `index`, for tests and rare lines.
  func string(_ index: Int) -> String {
    let start = index == 0 ? 0 : Int(ends[index - 1])
    return String(decoding: bytes[start..<Int(ends[index])], as: UTF8.self)
  }
}
