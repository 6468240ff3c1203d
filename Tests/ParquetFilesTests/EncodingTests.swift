import ByteBlocks
import ParquetSamples
import Testing

@testable import ParquetFiles

/// Each encoding against a slow twin that follows the specification word by word.
@Suite struct EncodingTests {
  static let counts = [0, 1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 127, 128, 129, 257, 1000]

  /// The bits of `values`, low ones first, filled up to whole bytes.
  static func naivePacked(_ values: [UInt64], width: Int, groups: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: groups * width)
    for (i, value) in values.enumerated() {
      for bit in 0..<width where value >> UInt64(bit) & 1 == 1 {
        bytes[(i * width + bit) / 8] |= 1 << UInt8((i * width + bit) % 8)
      }
    }
    return bytes
  }

  static func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: 16) }

  @Test(arguments: 1...32) func packsBits(width: Int) {
    var random = SeededRandom(UInt64(width))
    for count in Self.counts {
      let values = (0..<count).map { _ in random.next() & ((1 << UInt64(width)) - 1) }
      var output = OutputBytes(capacity: 1)
      let codes = values.map { UInt32($0) }
      BitPacking.append(codes.span, width: width, to: &output)
      let groups = (count + 7) / 8
      let expected = Self.naivePacked(values, width: width, groups: groups)
      #expect(output.array() == expected, "width \(width), \(count) values")
      let bytes = Self.padded(expected)
      for (i, value) in values.enumerated() {
        #expect(BitPacking.number(bytes.span.raw, bit: i * width, width: width) == value)
      }
    }
  }

  @Test(arguments: 1...64) func packsMiniblocks(width: Int) {
    var random = SeededRandom(UInt64(width))
    let values = (0..<32).map { _ in random.next() >> UInt64(64 - width) }
    var scratch = values
    var output = OutputBytes()
    unsafe scratch.withUnsafeMutableBufferPointer { numbers in
      unsafe output.append(bytesMax: 4 * width) { target in
        if let base = numbers.baseAddress {
          unsafe BitPacking.pack32(base, width: width, to: target)
        }
        return 4 * width
      }
    }
    #expect(output.array() == Self.naivePacked(values, width: width, groups: 4))
    let bytes = Self.padded(output.array())
    for (i, value) in values.enumerated() {
      #expect(BitPacking.wideNumber(bytes.span.raw, bit: i * width, width: width) == value)
    }
  }

  /// Follows the grammar of the hybrid; counts the values of a repeated run as they are stated.
  static func naiveRuns(_ bytes: [UInt8], width: Int, count: Int) -> [UInt32] {
    var values: [UInt32] = []
    var position = 0
    while values.count < count {
      guard let header = readVarint(bytes.span, at: &position, end: bytes.count) else { break }
      if header & 1 == 0 {
        let size = (width + 7) / 8
        let value = bytes[position..<position + size].reversed().reduce(UInt32(0)) {
          $0 << 8 | UInt32($1)
        }
        values += [UInt32](repeating: value, count: Int(header >> 1))
        position += size
      } else {
        for i in 0..<Int(header >> 1) * 8 {
          var value: UInt32 = 0
          for bit in 0..<width {
            let at = i * width + bit
            value |= UInt32(bytes[position + at / 8] >> UInt8(at % 8) & 1) << UInt32(bit)
          }
          values.append(value)
        }
        position += Int(header >> 1) * width
      }
    }
    return Array(values.prefix(count))
  }

  /// Numbers with runs of all lengths between them.
  static func runs(_ count: Int, below limit: UInt64, _ random: inout SeededRandom) -> [UInt32] {
    var values: [UInt32] = []
    while values.count < count {
      let length = Int(random.next() % (random.next() % 3 == 0 ? 200 : 12)) + 1
      let value = UInt32(random.next() % limit)
      for _ in 0..<length {
        values.append(random.next() % 4 == 0 ? UInt32(random.next() % limit) : value)
      }
      values += [UInt32](repeating: value, count: length)
    }
    return Array(values.prefix(count))
  }

  @Test(arguments: [1, 2, 3, 7, 8, 9, 15, 16, 17, 20, 31, 32]) func runsComeBack(width: Int) throws
  {
    var random = SeededRandom(UInt64(width) + 100)
    for count in Self.counts {
      let values = Self.runs(count, below: 1 << UInt64(width), &random)
      var output = OutputBytes()
      RunLengthHybrid.append(values.span, width: width, to: &output)
      #expect(Self.naiveRuns(output.array(), width: width, count: count) == values)
      var read: [UInt32] = []
      var position = 0
      let bytes = Self.padded(output.array())
      try RunLengthHybrid.read(
        bytes.span,
        at: &position,
        end: output.count,
        width: width,
        count: count,
        into: &read,
        page: 0
      )
      #expect(read == values, "width \(width), \(count) values")
      #expect(position == output.count)
    }
  }

  @Test(arguments: 0..<300) func booleansComeBack(count: Int) {
    var random = SeededRandom(UInt64(count))
    for likely in [0, 1, 2, 100] {
      let values: [Bool] = (0..<count).map { _ in
        likely == 0 ? false : likely == 100 || random.next() % 40 >= UInt64(likely)
      }
      var output = OutputBytes()
      BooleanRuns.append(values.span, to: &output)
      let naive = Self.naiveRuns(output.array(), width: 1, count: count).map { $0 == 1 }
      #expect(naive == values, "\(count) values")
      #expect(likely % 100 != 0 || output.count <= 3)
    }
  }

  /// DELTA_BINARY_PACKED as the specification tells it, in arbitrary order of speed.
  static func naiveDeltas(_ values: [Int64], bits: Int) -> [UInt8] {
    var output = OutputBytes()
    for number in [128, 4, UInt64(values.count)] { output.append(varint: number) }
    output.append(zigzag: values.first ?? 0)
    func wrapped(_ number: Int64) -> Int64 {
      bits == 32 ? Int64(Int32(truncatingIfNeeded: number)) : number
    }
    let deltas = zip(values.dropFirst(), values).map { wrapped($0 &- $1) }
    for block in stride(from: 0, to: deltas.count, by: 128) {
      let part = Array(deltas[block..<min(block + 128, deltas.count)])
      let smallest = part.min() ?? 0
      output.append(zigzag: smallest)
      let mask = bits == 32 ? UInt64(UInt32.max) : .max
      let numbers = part.map { UInt64(bitPattern: $0 &- smallest) & mask }
      let parts = (0..<4).map { Array(numbers.dropFirst($0 * 32).prefix(32)) }
      let widths = parts.map { 64 - ($0.max() ?? 0).leadingZeroBitCount }
      for width in widths { output.append(UInt8(width)) }
      for (part, width) in zip(parts, widths) {
        let packed = naivePacked(part, width: width, groups: 4)
        output.append(packed.span)
      }
    }
    return output.array()
  }

  static func numbers(_ count: Int, shape: Int, _ random: inout SeededRandom) -> [Int64] {
    (0..<count).map { i in
      switch shape {
      case 0: 7
      case 1: Int64(i) * 1000
      case 2: Int64(random.next() % 100)
      case 3: Int64(bitPattern: random.next())
      case 4: i % 2 == 0 ? .min : .max
      default: Int64(bitPattern: random.next()) >> Int64(random.next() % 64)
      }
    }
  }

  @Test(arguments: 0..<6) func deltasOf64Bits(shape: Int) throws {
    var random = SeededRandom(UInt64(shape))
    for count in Self.counts {
      let values = Self.numbers(count, shape: shape, &random)
      var output = OutputBytes()
      DeltaBinaryPacked.append(values.span, to: &output)
      #expect(output.array() == Self.naiveDeltas(values, bits: 64), "\(count), shape \(shape)")
      var read: [Int64] = []
      var position = 0
      let bytes = Self.padded(output.array())
      try DeltaBinaryPacked.read(
        bytes.span,
        at: &position,
        end: output.count,
        count: count,
        into: &read,
        page: 0
      )
      #expect(read == values)
      #expect(position == output.count)
    }
  }

  @Test(arguments: 0..<6) func deltasOf32Bits(shape: Int) throws {
    var random = SeededRandom(UInt64(shape))
    for count in Self.counts {
      let values = Self.numbers(count, shape: shape, &random).map {
        Int32(truncatingIfNeeded: $0)
      }
      var output = OutputBytes()
      DeltaBinaryPacked.append(values.span, to: &output)
      #expect(output.array() == Self.naiveDeltas(values.map { Int64($0) }, bits: 32))
      var read: [Int32] = []
      var position = 0
      let bytes = Self.padded(output.array())
      try DeltaBinaryPacked.read(
        bytes.span,
        at: &position,
        end: output.count,
        count: count,
        into: &read,
        page: 0
      )
      #expect(read == values)
    }
  }

  @Test(
    arguments: [
      (0, [0]), (127, [127]), (128, [128, 1]), (300, [0xAC, 2]),
      (.max, [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
    ] as [(UInt64, [UInt8])]
  ) func varints(_ number: UInt64, _ expected: [UInt8]) {
    var output = OutputBytes()
    output.append(varint: number)
    #expect(output.array() == expected)
    var position = 0
    #expect(readVarint(expected.span, at: &position, end: expected.count) == number)
    position = 0
    #expect(readVarint(expected.span, at: &position, end: expected.count - 1) == nil)
  }

  @Test func varintsThatAreTooLong() {
    for bytes in [[UInt8](repeating: 0x80, count: 11), [UInt8](repeating: 0xFF, count: 10)] {
      var position = 0
      #expect(readVarint(bytes.span, at: &position, end: bytes.count) == nil)
    }
  }
}
