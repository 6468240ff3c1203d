import CPSL

/// Finds the registrable domain of hosts by the Public Suffix List: `a.b.example.co.uk` lies in
/// `example.co.uk`.
///
/// The list is the one compiled into libpsl, so that all runs of a machine agree. A suffix that
/// the list does not have counts as one label, as the list's own rules say. Asking the list costs
/// about half a microsecond a label, so what was found for a host's parents is kept: a new host
/// below a known parent costs one question. One object per thread.
package struct RegistrableDomain: ~Copyable {
  /// The longest host that is looked at; DNS allows 253 bytes.
  package static let hostBytesMax = 253
  /// Parents kept before all are forgotten: some megabytes.
  static let parentsMax = 1 << 16

  private let suffixes: PublicSuffixes
  /// Bytes of the registrable domain at the end of a parent; 0: the parent is a public suffix.
  private var parents = ParentTable()
  /// The host, folded to lower case and ended by a NUL, for libpsl.
  private var text: [UInt8] = []
  private var labelStarts: [Int] = []

  /// A finder that knows no host yet.
  ///
  /// - Throws: `noSuffixList` when libpsl was built without a list and none is installed.
  package init() throws(MatchingError) {
    suffixes = try PublicSuffixes()
    text.reserveCapacity(Self.hostBytesMax + 1)
  }

  /// Where in `host` its registrable domain lies.
  ///
  /// - Parameter host: without port and brackets; a dot at its end does not belong to the range.
  /// - Returns: `nil` for IP texts, single labels, bare public suffixes and what is no host name:
  ///   empty labels, NUL bytes, more than `hostBytesMax` bytes.
  /// - Complexity: one question to the list for a host with a known parent, else one a label.
  package mutating func domain(of host: Span<UInt8>) -> Range<Int>? {
    guard load(host), labelStarts.count >= 2, !isAddress() else { return nil }
    let end = text.count - 1
    if suffixes.contains(text.span, from: 0) { return nil }
    let below = domainBytes(from: 1)
    return below == 0 ? 0..<end : end - below..<end
  }

  /// Copies `host` and finds its labels; false when it is no host name.
  private mutating func load(_ host: Span<UInt8>) -> Bool {
    var end = host.count
    if end > 0, host[end - 1] == UInt8(ascii: ".") { end -= 1 }
    guard end > 0, end <= Self.hostBytesMax else { return false }
    text.removeAll(keepingCapacity: true)
    labelStarts.removeAll(keepingCapacity: true)
    labelStarts.append(0)
    for index in 0..<end {
      var byte = host[index]
      if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") { byte |= 0x20 }
      if byte == 0 || byte == UInt8(ascii: ":") { return false }
      if byte == UInt8(ascii: ".") {
        if labelStarts[labelStarts.count - 1] == index { return false }
        labelStarts.append(index + 1)
      }
      text.append(byte)
    }
    text.append(0)
    return labelStarts[labelStarts.count - 1] < end
  }

  /// A last label of digits is no top-level domain: the text is an IPv4 address, or nothing.
  private func isAddress() -> Bool {
    for index in labelStarts[labelStarts.count - 1]..<text.count - 1
    where text[index] < UInt8(ascii: "0") || text[index] > UInt8(ascii: "9") {
      return false
    }
    return true
  }

  /// Bytes of the registrable domain of the parent that starts at label `label`.
  private mutating func domainBytes(from label: Int) -> Int {
    let text = text  // Shared, not copied: lets `parents` change while the text is read.
    let end = text.count - 1
    var known = labelStarts.count
    var result = 0
    for index in label..<labelStarts.count {
      let start = labelStarts[index]
      if let bytes = parents.find(text.span, from: start, to: end) {
        (known, result) = (index, bytes)
        break
      }
      if suffixes.contains(text.span, from: start) {
        parents.insert(text.span, from: start, to: end, value: 0, parentsMax: Self.parentsMax)
        (known, result) = (index, 0)
        break
      }
    }
    for index in stride(from: known - 1, through: label, by: -1) {
      let start = labelStarts[index]
      if result == 0 { result = end - start }
      parents.insert(text.span, from: start, to: end, value: result, parentsMax: Self.parentsMax)
    }
    return result
  }
}

/// The list of public suffixes inside libpsl.
@safe private struct PublicSuffixes: ~Copyable {
  private let list: OpaquePointer

  init() throws(MatchingError) {
    guard let list = unsafe psl_builtin() ?? psl_latest(nil) else { throw .noSuffixList }
    unsafe self.list = list
  }

  deinit { unsafe psl_free(list) }  // Leaves the compiled-in list alone.

  /// Whether what stands from `start` up to the NUL at the end of `text` is a public suffix.
  func contains(_ text: Span<UInt8>, from start: Int) -> Bool {
    precondition(start < text.count && text[text.count - 1] == 0, "The host must end with NUL.")
    // SAFETY: the pointer lives for this call, and the text ends with NUL, as checked above.
    return unsafe text.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return false }
      return unsafe psl_is_public_suffix(
        list,
        UnsafeRawPointer(base + start).assumingMemoryBound(to: CChar.self)
      ) != 0
    }
  }
}
