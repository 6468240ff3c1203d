import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// Columns of numbers and times against plain readers of one field.
@Suite struct NumberTests {
  static let bad: UInt8 = 77

  struct Reading: Equatable {
    var value: Int64
    var isBad = false
  }

  static func decimals(_ fields: [[UInt8]], max: Int64) throws -> [Reading] {
    let column = try FieldColumn(fields)
    var values = Buffer<Int64>(count: fields.count)
    var status = Buffer<UInt8>(count: fields.count)
    FieldKernels.decimals(
      column.ranges.span,
      in: column.block,
      max: max,
      into: &values,
      status: &status,
      bad: bad
    )
    return fields.indices.map { Reading(value: values[$0], isBad: status[$0] == bad) }
  }

  static func naiveDecimal(_ field: [UInt8], max: Int64) -> Reading {
    if field.isEmpty || field == [UInt8(ascii: "-")] { return Reading(value: FieldKernels.null) }
    let bad = Reading(value: FieldKernels.null, isBad: true)
    guard field.count <= 19, field.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = UInt64(String(decoding: field, as: UTF8.self)), value <= UInt64(max)
    else { return bad }
    return Reading(value: Int64(value))
  }

  static func expectSame(_ fields: [[UInt8]], max: Int64) throws {
    let found = try decimals(fields, max: max)
    for (field, reading) in zip(fields, found) where reading != naiveDecimal(field, max: max) {
      Issue.record("\(field.debugText) up to \(max): \(reading)")
    }
  }

  @Test func decimalsOfEveryLength() throws {
    var random = SeededRandom(seed: 1)
    var fields: [[UInt8]] = [[], Array("-".utf8), Array("--".utf8), Array("-1".utf8)]
    for count in 0...21 {
      for _ in 0..<40 { fields.append(random.bytes(count, of: Array("0123456789".utf8))) }
      fields.append(Array(repeating: UInt8(ascii: "0"), count: count))
      fields.append(Array(repeating: UInt8(ascii: "9"), count: count))
    }
    for max in [0, 9, 1 << 53, Int64.max] { try Self.expectSame(fields, max: max) }
  }

  @Test func decimalsAtTheirLimits() throws {
    let limits: [Int64] = [0, 1, 9, 10, 99_999_999, 100_000_000, 1 << 53, .max]
    for max in limits {
      var texts = [
        String(max), "0\(max)", String(UInt64(max) + 1), "-\(max)", "+\(max)", " \(max)",
      ]
      if max > 0 { texts.append(String(max - 1)) }
      try Self.expectSame(texts.map { Array($0.utf8) }, max: max)
    }
  }

  /// Every byte at every place: no junk is taken for a digit.
  @Test(arguments: [1, 2, 7, 8, 9, 16, 17, 19]) func decimalsWithJunk(count: Int) throws {
    var fields: [[UInt8]] = []
    for place in 0..<count {
      for byte in UInt8.min...UInt8.max {
        var field = [UInt8](repeating: UInt8(ascii: "1"), count: count)
        field[place] = byte
        fields.append(field)
      }
    }
    try Self.expectSame(fields, max: .max)
  }

  @Test func anEarlierStatusStays() throws {
    let column = try FieldColumn(["x", "x", "1"])
    var values = Buffer<Int64>(count: 5)
    var status = Buffer<UInt8>(count: 5)
    status[2] = 5
    FieldKernels.decimals(
      column.ranges.span,
      in: column.block,
      max: 9,
      into: &values,
      status: &status,
      at: 2,
      bad: Self.bad
    )
    #expect(status.first(5) == [0, 0, 5, Self.bad, 0])
    #expect(values.first(5) == [0, 0, FieldKernels.null, FieldKernels.null, 1])
  }

  @Test func fewerValuesThanFieldsTrap() async {
    await #expect(processExitsWith: .failure) {
      let column = try FieldColumn(["1", "2"])
      var values = Buffer<Int64>(count: 1)
      var status = Buffer<UInt8>(count: 2)
      FieldKernels.decimals(
        column.ranges.span,
        in: column.block,
        max: 9,
        into: &values,
        status: &status,
        bad: 1
      )
    }
  }
}
