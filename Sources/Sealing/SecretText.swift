/// Text that may hold keys, such as a key file's: wiped memory with a fixed limit.
///
/// Unlike a `KeyHandle` its bytes can be read, since files are made of them. Whoever reads them
/// copies out everything but the keys.
package struct SecretText: ~Copyable {
  private var pages: SecretPages
  /// Number of bytes written so far.
  package private(set) var count = 0

  /// Room for `byteCountMax` bytes.
  package init(byteCountMax: Int) throws(SealingError) {
    pages = try SecretPages(byteCount: byteCountMax)
  }

  /// The most bytes that fit.
  package var byteCountMax: Int { pages.byteCount }

  /// What was written so far.
  package var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get { pages.bytes.extracting(0..<count) }
  }

  /// Adds one byte; there must be room.
  package mutating func append(_ byte: UInt8) {
    precondition(count < pages.byteCount, "A secret text is longer than its limit.")
    var target = pages.mutableBytes(from: count)
    target[0] = byte
    count += 1
  }

  /// Takes the last byte back, if there is one.
  package mutating func removeLast() {
    guard count > 0 else { return }
    count -= 1
    var target = pages.mutableBytes(from: count)
    target[0] = 0
  }

  /// Adds the UTF-8 of `string`, which holds no secret; there must be room.
  package mutating func append(_ string: String) {
    for byte in string.utf8 { append(byte) }
  }

  /// Lets `fill` write behind the text, and takes as many bytes as it says.
  ///
  /// - Parameter fill: gets the free bytes, returns how many of them it wrote.
  /// - Throws: what `fill` throws; nothing is taken then.
  package mutating func append<Failure: Error>(
    _ fill: (inout MutableSpan<UInt8>) throws(Failure) -> Int
  ) throws(Failure) {
    var free = pages.mutableBytes(from: count)
    let written = try fill(&free)
    precondition(written >= 0 && written <= free.count, "A secret text is longer than its limit.")
    count += written
  }
}
