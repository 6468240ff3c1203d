import Glibc
import Testing

@testable import Sealing

/// No copy of a key lies in memory that can reach the swap device, OpenSSL's own included.
@Suite struct LibraryHeapTests {
  /// Where the key's first sixteen bytes lie: an expanded AES key begins with the key itself.
  ///
  /// - Returns: how many copies lie in locked mappings, and how many elsewhere.
  static func copies(of key: KeyHandle) -> (locked: Int, open: Int) {
    var found = (locked: 0, open: 0)
    for mapping in mappings() where mapping.isWritable {
      var start = mapping.range.lowerBound
      let end = mapping.range.upperBound - 15
      while start < end, let memory = unsafe UnsafeRawPointer(bitPattern: start),
        let place = unsafe memchr(memory, Int32(key.pages.address[0]), Int(end - start))
      {
        if unsafe memcmp(place, key.pages.address, 16) == 0 {
          if mapping.isLocked { found.locked += 1 } else { found.open += 1 }
        }
        start = UInt(bitPattern: place) + 1
      }
    }
    return found
  }

  private static func mappings() -> [(range: Range<UInt>, isWritable: Bool, isLocked: Bool)] {
    var mappings: [(range: Range<UInt>, isWritable: Bool, isLocked: Bool)] = []
    guard let file = unsafe fopen("/proc/self/smaps", "r") else { return [] }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while unsafe fgets(&line, Int32(line.count), file) != nil {
      let words = String(
        decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self
      )
      .split { $0 == " " || $0 == "\n" }
      let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      if ends.count == 2, words.count > 1 {
        mappings.append((ends[0]..<ends[1], words[1].hasPrefix("rw"), false))
      } else if words[0] == "VmFlags:" {
        mappings[mappings.count - 1].isLocked = words.contains("lo")
      }
    }
    return mappings
  }

  @Test func noCopyLiesInOpenMemory() async {
    await #expect(processExitsWith: .success) {
      let hardening = ProcessHardening.apply()
      let root = try KeyHandle(
        hexadecimal: Array(String(repeating: "c9", count: 32).utf8).span, byteCount: 32)
      // Where nothing may be locked there is nothing to be seen.
      guard hardening.isLibraryLocked, root.isLocked else { return }
      let key = try KeyDerivation.hkdfSHA256(
        root: root, salt: [1], info: Array("test".utf8), byteCount: 16)
      let before = LibraryHeapTests.copies(of: key)
      let cipher = try BlockCipher(key: key, from: 0)
      var block = [CipherBlock(1, 2)]
      var blocks = block.mutableSpan
      try cipher.encrypt(&blocks, first: 1)
      let after = LibraryHeapTests.copies(of: key)
      precondition(LibraryHeapTests.copies(of: root).open == 0, "A root lies in open memory.")
      precondition(before == (1, 0), "\(before)")
      // The expanded key is seen, so that the search finds what it looks for.
      precondition(after.locked > 1 && after.open == 0, "\(after)")
      withExtendedLifetime(cipher) {}
    }
  }

  @Test func isLockedOnce() async {
    await #expect(processExitsWith: .success) {
      let first = ProcessHardening.apply()
      precondition(ProcessHardening.apply() == first)
    }
  }
}
