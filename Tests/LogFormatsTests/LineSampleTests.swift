import ByteKernels
import Foundation
import LogFormats
import TestSupport
import Testing
import VeiledRecords

/// The samples of all formats, whole and damaged: every kernel reads the same, whatever the cuts.
///
/// What stands beside them is compared by the tests of the command line.
@Suite struct LineSampleTests {
  static let names = FormatCatalog.all.map(\.name).filter { name in
    (try? repositoryFile("Datasets/samples/\(name)/samples.log")) != nil
  }

  private static func sample(_ name: String) throws -> (FormatProfile, [UInt8]) {
    let format = try #require(FormatCatalog.profile(named: name))
    let text = try repositoryFile("Datasets/samples/\(name)/samples.log")
    return (format.chosen(for: try makeBlock(text)), text)
  }

  @Test func thereAreSamples() { #expect(Self.names.count > 60) }

  @Test(arguments: names) func kernelsAgree(name: String) throws {
    let (format, text) = try Self.sample(name)
    let scalar = try read(text, format, level: .scalar)
    #expect(scalar.counts.addUp && scalar.counts.rejected < scalar.counts.lines)
    // Not inside of an object that goes over several lines.
    let inner = Array(" \t}]".utf8)
    let cuts = lineStarts(text).filter { $0 < text.count && !inner.contains(text[$0]) }
    for level in KernelLevel.supported {
      #expect(try read(text, format, level: level) == scalar, "\(level.name)")
      #expect(try read(text, format, cuts: cuts, level: level) == scalar, "\(level.name)")
    }
  }

  /// Bytes changed, dropped and doubled: nothing is lost, and the kernels still agree.
  @Test(arguments: names) func kernelsAgreeOnDamage(name: String) throws {
    let (format, text) = try Self.sample(name)
    var random = SeededRandom(seed: name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
    for _ in 0..<10 {
      var damaged: [UInt8] = []
      for byte in text {
        switch random.below(200) {
        case 0: damaged.append(UInt8(random.below(256)))
        case 1: break
        case 2: damaged += [byte, byte]
        default: damaged.append(byte)
        }
      }
      let scalar = try read(damaged, format, level: .scalar)
      #expect(scalar.counts.addUp)
      for level in KernelLevel.supported {
        #expect(try read(damaged, format, level: level) == scalar, "\(level.name)")
      }
    }
  }
}
