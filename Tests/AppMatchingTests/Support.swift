import AppMatching
import Foundation
import VeiledRecords

/// Pseudo-random bytes from a seed (SplitMix64).
struct SeededBytes {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt8 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return UInt8(truncatingIfNeeded: (mixed ^ (mixed >> 31)) >> 32)
  }
}

/// The bytes of a file of the repository.
func file(_ path: String) throws -> [UInt8] {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return Array(try Data(contentsOf: root.appending(path: path)))
}

func catalogFile() throws -> [UInt8] { try file("Datasets/catalog/apps.csv") }

/// The app of a host; an expectation cannot hold a span itself.
func app(_ catalog: AppCatalog, _ host: String) -> AppID? { app(catalog, Array(host.utf8)) }

func app(_ catalog: AppCatalog, _ host: [UInt8]) -> AppID? { catalog.app(forHost: host.span) }

/// A catalog from its text.
func read(_ text: [UInt8]) throws(MatchingError) -> AppCatalog { try AppCatalog(csv: text.span) }
