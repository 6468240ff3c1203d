import ByteBlocks
import TestSupport
import Testing

@testable import ByteKernels

/// A dictionary's table against a Swift dictionary.
@Suite struct DictionaryTableTests {
  /// Random keys with many that come again, and neighbours that differ in one byte.
  static func keys(_ random: inout SeededRandom, count: Int, lengthMax: Int) -> [[UInt8]] {
    var keys: [[UInt8]] = [[]]
    while keys.count < count {
      var key =
        random.once(in: 3) ? random.one(of: keys) : random.bytes(random.below(lengthMax + 1))
      if !key.isEmpty, random.once(in: 3) { key[random.below(key.count)] ^= 1 << random.below(8) }
      if random.once(in: 20) { key += [0] }
      keys.append(key)
    }
    return keys
  }

  @Test(arguments: KernelLevel.supported, [0, 0x9e37_79b9_7f4a_7c15, UInt64.max])
  func agreesWithDictionary(level: KernelLevel, seed: UInt64) throws {
    var random = SeededRandom(seed: Int(truncatingIfNeeded: seed))
    var table = DictionaryTable(seed: seed, level: level)
    var known: [[UInt8]: UInt32] = [:]
    for key in Self.keys(&random, count: 20_000, lengthMax: 200) {
      let next = UInt32(known.count)
      #expect(table.find(key.span) == known[key])
      let value = table.value(of: key.span) { next }
      #expect(value == known[key, default: next])
      known[key] = value
    }
    #expect(table.count == known.count)
    // A key takes a cache line, a slot of eight bytes, and what is longer than 40 bytes.
    #expect(table.byteCount >= known.keys.reduce(0) { $0 + 64 + 8 + max(0, $1.count - 40) })
    for (key, value) in known where table.find(key.span) != value { Issue.record("lost a key") }
    try Self.expectBatchFindsSame(&table, known, &random)
  }

  /// Looks up all keys and as many strangers in one batch.
  static func expectBatchFindsSame(
    _ table: inout DictionaryTable,
    _ known: [[UInt8]: UInt32],
    _ random: inout SeededRandom
  ) throws {
    var fields = Array(known.keys)
    fields += fields.map { $0.isEmpty ? [1] : $0.dropLast() + [$0[$0.count - 1] ^ 0x80] }
    fields.shuffle(using: &random)
    let column = try FieldColumn(fields, between: random.bytes(3))
    var values = Buffer<UInt32>(count: fields.count)
    let absent = table.find(column.ranges.span, in: column.block, values: &values)
    let expected = fields.map { known[$0] ?? DictionaryTable.absent }
    #expect(values.first(fields.count) == expected)
    #expect(absent == expected.count { $0 == DictionaryTable.absent })
    var strings = ByteStrings()
    for field in fields { strings.append(bytes: field) }
    var found = [UInt32](repeating: 0, count: fields.count)
    #expect(table.find(strings, values: &found) == absent)
    #expect(found == expected)
  }

  @Test(arguments: KernelLevel.supported)
  func keysOfEveryLengthDifferInEveryByte(level: KernelLevel) throws {
    for length in 0...90 {
      var table = DictionaryTable(seed: 3, level: level)
      let key = [UInt8](repeating: UInt8(ascii: "k"), count: length)
      var keys = [key, key + [0], key + [UInt8(ascii: "k")]]
      for place in key.indices {
        keys.append(key)
        keys[keys.count - 1][place] ^= 1
      }
      for (number, key) in keys.enumerated() {
        #expect(table.value(of: key.span) { UInt32(number) } == UInt32(number), "length \(length)")
      }
      let column = try FieldColumn(keys)
      var values = Buffer<UInt32>(count: keys.count)
      #expect(table.find(column.ranges.span, in: column.block, values: &values) == 0)
      #expect(values.first(keys.count) == keys.indices.map { UInt32($0) })
    }
  }

  @Test func missingFieldIsTheEmptyKey() throws {
    var table = DictionaryTable()
    let block = try makeBlock("text")
    var values = Buffer<UInt32>(count: 1)
    let fields = [FieldRange.missing]
    #expect(table.find(fields.span, in: block, values: &values) == 1)
    let empty: [UInt8] = []
    #expect(table.value(of: empty.span) { 7 } == 7)
    #expect(table.find(fields.span, in: block, values: &values) == 0)
    #expect(values[0] == 7)
  }

  @Test func longKeysMakeRoom() {
    var table = DictionaryTable(seed: 1)
    for length in [1 << 14, 1 << 16, 100_000, 1] {
      let key = [UInt8](repeating: 9, count: length)
      #expect(table.value(of: key.span) { UInt32(length) } == UInt32(length))
    }
    let key = [UInt8](repeating: 9, count: 1 << 16)
    #expect(table.find(key.span) == 1 << 16)
    #expect(table.byteCount >= (1 << 14) + (1 << 16) + 100_000)
  }

  @Test func absentIsNoValue() async {
    await #expect(processExitsWith: .failure) {
      var table = DictionaryTable()
      let key: [UInt8] = [1]
      _ = table.value(of: key.span) { DictionaryTable.absent }
    }
  }

  @Test func layoutsOfSwiftAndKernelsAgree() {
    #expect(MemoryLayout<FieldRange>.size == 8)
    #expect(MemoryLayout<FieldRange>.offset(of: \.start) == 0)
    #expect(MemoryLayout<FieldRange>.offset(of: \.end) == 4)
    #expect(MemoryLayout<Group>.size == 64 && MemoryLayout<Group>.stride == 64)
    let offsets = [
      MemoryLayout<Group>.offset(of: \.user), MemoryLayout<Group>.offset(of: \.host),
      MemoryLayout<Group>.offset(of: \.address), MemoryLayout<Group>.offset(of: \.device),
      MemoryLayout<Group>.offset(of: \.day), MemoryLayout<Group>.offset(of: \.action),
      MemoryLayout<Group>.offset(of: \.has), MemoryLayout<Group>.offset(of: \.events),
      MemoryLayout<Group>.offset(of: \.uploaded), MemoryLayout<Group>.offset(of: \.downloaded),
      MemoryLayout<Group>.offset(of: \.total), MemoryLayout<Group>.offset(of: \.firstSeen),
      MemoryLayout<Group>.offset(of: \.lastSeen),
    ]
    #expect(offsets == [0, 4, 8, 12, 16, 18, 19, 20, 24, 32, 40, 48, 56])
  }
}
