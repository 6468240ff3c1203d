import ArchiveDecoding
import Testing

/// Damaged archives give an error or the exact text: never a crash, never less in silence.
@Suite struct DamageTests {
  static let text = seededText(12_000)

  struct Archive: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let pieces: [(tool: String, options: [String], bytes: Range<Int>)]

    init(_ tool: String, _ options: String, cuts: [Int] = []) {
      testDescription = "\(tool) \(options) \(cuts)"
      let bounds = [0] + cuts + [DamageTests.text.count]
      pieces = zip(bounds, bounds.dropFirst()).map {
        (tool, options.split(separator: " ").map(String.init), $0..<$1)
      }
    }

    func stored() throws -> [UInt8] {
      try pieces.reduce(into: []) { stored, piece in
        let bytes = Array(DamageTests.text[piece.bytes])
        stored += try #require(try run(piece.tool, piece.options, input: bytes))
      }
    }
  }

  static let archives = [
    Archive("zstd", "-c --check"), Archive("zstd", "-c --check", cuts: [3000, 3001, 9000]),
    Archive("pzstd", "-c --check -p 2"),
    Archive("lz4", "-c -9"), Archive("lz4", "-c -BD -B4"), Archive("lz4", "-c -BX -BI"),
    Archive("lz4", "-c --content-size", cuts: [4000]),
    Archive("gzip", "-c -n"), Archive("gzip", "-c -n", cuts: [2000, 2000, 7000]),
  ]

  @Test(arguments: archives) func everyTruncation(_ archive: Archive) throws {
    let stored = try archive.stored()
    let whole = contentID(Self.text)
    let boundaries = try frameBoundaries(archive)
    for length in 0..<stored.count {
      let result = outcome(Array(stored[..<length]))
      switch result {
      case .success(let decoded):
        // Cut between two frames, an archive is a shorter one and no tool can tell.
        let textEnd = boundaries[length]
        #expect(textEnd != nil, "\(length) of \(stored.count) bytes gave text")
        #expect(decoded.contentID == contentID(Array(Self.text[..<(textEnd ?? 0)])))
      case .failure(let error):
        #expect(boundaries[length] == nil)
        if case .truncated(let offset) = error {
          #expect(offset == UInt64(length))
        } else {
          Issue.record("\(length) bytes gave \(error)")
        }
      }
    }
    #expect(try outcome(stored).get().contentID == whole)
  }

  /// Stored lengths at which a frame ends, with the text up to there.
  private func frameBoundaries(_ archive: Archive) throws -> [Int: Int] {
    var boundaries = [0: 0]
    var stored = 0
    for piece in archive.pieces {
      let bytes = Array(Self.text[piece.bytes])
      let packed = try #require(try run(piece.tool, piece.options, input: bytes))
      // pzstd puts a frame to be skipped, of 12 bytes, in front of its frames.
      if piece.tool == "pzstd" { boundaries[stored + 12] = piece.bytes.lowerBound }
      stored += packed.count
      boundaries[stored] = piece.bytes.upperBound
    }
    return boundaries
  }

  @Test(arguments: archives) func everyFlippedByte(_ archive: Archive) throws {
    let stored = try archive.stored()
    let whole = contentID(Self.text)
    var exact = 0
    for index in stored.indices {
      for mask in [UInt8(1) << UInt8(index % 8), 0xFF] {
        var flipped = stored
        flipped[index] ^= mask
        guard case .success(let decoded) = outcome(flipped) else { continue }
        // Without its magic number an archive is plain text, whole and for all to see.
        let isPlain = decoded.contentID == contentID(flipped)
        #expect(decoded.contentID == whole || (isPlain && index < 4), "byte \(index), mask \(mask)")
        exact += 1
      }
    }
    #expect(exact < 150)
  }

  @Test(arguments: archives) func randomDamage(_ archive: Archive) throws {
    let stored = try archive.stored()
    let whole = contentID(Self.text)
    for seed in 0..<500 as Range<UInt64> {
      var random = SeededNumbers(state: seed)
      var damaged = stored
      for _ in 0...random.next() % 6 {
        let index = 4 + Int(random.next() % UInt64(damaged.count - 4))
        switch random.next() % 4 {
        case 0: damaged[index] = UInt8(truncatingIfNeeded: random.next())
        case 1: damaged.remove(at: index)
        case 2: damaged.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
        default: damaged[index...] = damaged[index...].prefix(Int(random.next() % 50) + 8)
        }
        if damaged.count < 20 { break }
      }
      let sequential = outcome(damaged)
      if case .success(let decoded) = sequential, decoded.contentID != whole {
        // Only a cut between frames leaves a sound, shorter archive.
        #expect(decoded.textBytes < Self.text.count && archive.pieces.count > 1, "seed \(seed)")
      }
      // Where the damage shows depends on how much was read at once; what comes out does not.
      let streamed = outcome(damaged, isStream: true)
      #expect((try? streamed.get()) == (try? sequential.get()), "seed \(seed)")
    }
  }

  private func outcome(_ bytes: [UInt8], isStream: Bool = false) -> Result<Summary, ArchiveError> {
    do {
      let source = MemoryArchive(bytes, isStream: isStream, readMax: isStream ? 100 : .max)
      return .success(try decode(source, blockBytes: 4096))
    } catch let error as ArchiveError {
      return .failure(error)
    } catch {
      Issue.record("\(error)")
      return .failure(.outOfMemory)
    }
  }
}
