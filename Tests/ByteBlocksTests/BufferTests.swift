import ByteBlocks
import TestSupport
import Testing

/// Memory is zero, starts at a cache line, and keeps its values as it grows, whatever its size.
@Suite struct BufferTests {
  static let counts = [
    0, 1, 7, 8, 1000, (128 << 10) / 8 - 8, (128 << 10) / 8, (512 << 10) / 8 - 8, (512 << 10) / 8,
    (2 << 20) / 8 - 8, (2 << 20) / 8 - 7, (5 << 20) / 8,
  ]

  @Test(arguments: counts) func isZeroAndAligned(count: Int) {
    let buffer = Buffer<UInt64>(count: count)
    #expect(buffer.count == count && buffer.byteCount == count * 8)
    #expect(unsafe UInt(bitPattern: buffer.address) % 64 == 0)
    #expect((0..<count).allSatisfy { buffer[$0] == 0 })
  }

  @Test(arguments: counts, [false, true]) func keepsWhatItHasAsItGrows(
    count: Int, wiping: Bool
  ) {
    var buffer = Buffer<UInt64>(count: count)
    for place in 0..<count { buffer[place] = UInt64(place) &* 0x9e37_79b9_7f4a_7c15 }
    for longer in [count + 1, count * 2 + 3, count * 2 + 4, count * 5 + 70_000] {
      buffer.grow(to: longer, wiping: wiping)
      #expect(buffer.count == longer)
      #expect(unsafe UInt(bitPattern: buffer.address) % 64 == 0)
      let isKept = (0..<count).allSatisfy {
        buffer[$0] == UInt64($0) &* 0x9e37_79b9_7f4a_7c15
      }
      #expect(isKept)
      #expect((count..<longer).allSatisfy { buffer[$0] == 0 })
    }
    buffer.grow(to: 1)
    #expect(buffer.count == count * 5 + 70_000)
  }

  @Test func copiesWhatFitsOnly() async {
    var buffer = Buffer<UInt8>(count: 5)
    let bytes: [UInt8] = [1, 2, 3]
    buffer.copy(bytes.span, at: 2)
    #expect(buffer.first(5) == [0, 0, 1, 2, 3])
    await #expect(processExitsWith: .failure) {
      var buffer = Buffer<UInt8>(count: 5)
      let bytes: [UInt8] = [1, 2, 3]
      buffer.copy(bytes.span, at: 3)
    }
  }
}
