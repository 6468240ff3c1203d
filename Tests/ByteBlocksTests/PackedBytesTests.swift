import ByteBlocks
import Testing

@Suite struct PackedBytesTests {
  @Test func whatIsWrittenIsReadBack() {
    var writer = PackedWriter()
    writer.append([1, -2, .max] as [Int64])
    writer.append([UInt8]())
    writer.append(ByteStrings(["", "a", "bcd"]))
    writer.append([7] as [UInt16])
    writer.append(ByteStrings())
    var reader = PackedReader(writer.bytes)
    #expect(reader.values(of: Int64.self) == [1, -2, .max])
    #expect(reader.values(of: UInt8.self).isEmpty)
    #expect(reader.strings() == ByteStrings(["", "a", "bcd"]))
    #expect(reader.values(of: UInt16.self) == [7])
    #expect(reader.strings() == ByteStrings())
  }

  @Test func lessThanWasWrittenIsAMistake() async {
    await #expect(processExitsWith: .failure) {
      var writer = PackedWriter()
      writer.append([1, 2, 3] as [Int64])
      var reader = PackedReader(Array(writer.bytes.dropLast()))
      _ = reader.values(of: Int64.self)
    }
  }
}
