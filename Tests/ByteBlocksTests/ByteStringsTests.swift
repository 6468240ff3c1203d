import ByteBlocks
import Testing

@Suite struct ByteStringsTests {
  /// Strings as a page of Parquet has them.
  private static func sized(_ strings: [String]) -> [UInt8] {
    strings.flatMap { text in
      let count = text.utf8.count
      return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: count >> $0) } + Array(text.utf8)
    }
  }

  @Test(arguments: [
    [], [""], ["", "", ""], ["a"], ["abc", "", String(repeating: "x", count: 9000), "d"],
  ])
  func sizedStringsAreAddedBehindOthers(_ texts: [String]) {
    let bytes = [7, 7] + Self.sized(texts) + [9]
    var strings = ByteStrings(["known"])
    var position = 2
    #expect(
      strings.appendSized(
        bytes.span, at: &position, end: bytes.count - 1, count: texts.count))
    #expect(position == bytes.count - 1)
    #expect(strings == ByteStrings(["known"] + texts))
  }

  @Test(arguments: [["a", "", "bcd"], [], [""]])
  func stringsOfOneTextAreAddedBehindOthers(_ texts: [String]) {
    var strings = ByteStrings(["", "before"])
    let text = Array(texts.joined().utf8)
    let ends = texts.indices.map { texts[...$0].joined().utf8.count }
    // What stands behind the last one is not theirs.
    strings.append((text + Array("behind".utf8)).span, ends: ends)
    strings.append("last")
    #expect(strings == ByteStrings(["", "before"] + texts + ["last"]))
  }

  @Test func aStringThatDoesNotFitIsToldAndNothingElseIsRead() {
    let bytes = Self.sized(["abc", "defg"])
    for end in 0..<bytes.count {
      var (strings, position) = (ByteStrings(["known"]), 0)
      #expect(!strings.appendSized(bytes.span, at: &position, end: end, count: 2))
      #expect(strings[0].elementsEqual("known".utf8) && strings.count <= 2)
    }
    var (strings, position) = (ByteStrings(), 0)
    #expect(!strings.appendSized(bytes.span, at: &position, end: bytes.count, count: 3))
    let huge: [UInt8] = [255, 255, 255, 255, 1, 2]
    position = 0
    #expect(!strings.appendSized(huge.span, at: &position, end: huge.count, count: 1))
  }
}
