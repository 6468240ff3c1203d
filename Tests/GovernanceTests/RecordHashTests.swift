import Testing

@testable import Governance

@Suite struct RecordHashTests {
  // Both were computed by Python's hashlib from the layout in the comment of `RecordHash`.
  static let first = "863668c8a34f4423966227b53b6a53250623cb6b70be648eb05057917a70d601"
  static let second = "83cab6de019608e556455d126ca1765eca9ee9718214521464b8179697a0d5ed"

  @Test func followsItsLayout() throws {
    let first = try hash(
      1, "2026-01-31T23:59:59.123456Z", "resolve", "u1-abc", "alice", nil, "successful", "case 3",
      nil, after: RecordHash.start)
    #expect(RecordHash.text(first) == Self.first)
    let second = try hash(
      2, "2026-02-01T00:00:00.000000Z", "parse", "", "Ж\0é", "default", "failed", nil, "cut off",
      after: first)
    #expect(RecordHash.text(second) == Self.second)
  }

  @Test func readsOnlyItsOwnText() throws {
    let hash = Array(UInt8(0)...31)
    let text = Array(RecordHash.text(hash).utf8)
    #expect(RecordHash.bytes(text) == hash)
    #expect(RecordHash.bytes(Array(text.dropLast())) == nil)
    #expect(RecordHash.bytes(text + [48]) == nil)
    #expect(RecordHash.bytes(Array("A".utf8) + text.dropFirst()) == nil)
    #expect(RecordHash.bytes(Array("g".utf8) + text.dropFirst()) == nil)
  }

  /// Moving a byte from one field to the next, or an absent text for an empty one, shows.
  @Test func tellsFieldsApart() throws {
    let shapes: [[[UInt8]?]] = [
      [[1, 2], [3]], [[1], [2, 3]], [[1, 2, 3], []], [[1, 2, 3], nil], [[], [1, 2, 3]],
      [nil, [1, 2, 3]],
    ]
    let hashes = try shapes.map {
      try RecordHash.of(sequence: 1, fields: $0, previous: RecordHash.start)
    }
    #expect(Set(hashes).count == shapes.count)
  }

  private func hash(
    _ sequence: Int64, _ fields: String?..., after previous: [UInt8]
  ) throws -> [UInt8] {
    try RecordHash.of(
      sequence: sequence, fields: fields.map { $0.map { Array($0.utf8) } }, previous: previous)
  }
}

@Suite struct UTCTimeTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"),
      (-1, "1969-12-31T23:59:59.999999Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (1_769_903_999_123_456, "2026-01-31T23:59:59.123456Z"),
      (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
      (Int64.max, "9999-12-31T23:59:59.999999Z"), (Int64.min, "0000-01-01T00:00:00.000000Z"),
    ] as [(Int64, String)])
  func writes(_ microseconds: Int64, _ text: String) {
    #expect(UTCTime.text(microseconds) == text)
  }
}
