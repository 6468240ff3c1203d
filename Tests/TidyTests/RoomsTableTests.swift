import Foundation
import Testing

/// The table of rooms in ARCHITECTURE.md says what Package.swift says.
@Suite struct RoomsTableTests {
  @Test func theTableIsTrue() throws {
    let written = try writtenRooms()
    let built = try builtRooms()
    #expect(
      Set(written.keys) == Set(built.keys), "ARCHITECTURE.md and Package.swift name other rooms")
    for (room, uses) in built.sorted(by: { $0.key < $1.key }) {
      guard let words = written[room] else { continue }
      #expect(
        words == uses,
        """
        \(room): ARCHITECTURE.md has \(words.subtracting(uses).sorted()) too many, \
        and lacks \(uses.subtracting(words).sorted())
        """)
    }
  }

  @Test func roomsLookOnlyDown() throws {
    let layers = try ["ground", "words", "stages", "top"].map { Set(try rooms(of: $0).keys) }
    let built = try builtRooms()
    for (height, layer) in layers.enumerated() {
      let above = layers[(height + 1)...].reduce(Set()) { $0.union($1) }
      for room in layer {
        let wrong = built[room, default: []].intersection(above)
        #expect(wrong.isEmpty, "\(room) may not use \(wrong.sorted()), which lie above it")
      }
    }
  }

  @Test func whatLiesBehindTheVeilCannotSeeClearNames() throws {
    let built = try builtRooms()
    let behind = [
      "UsageAggregation", "AppMatching", "ParquetFiles", "DeltaLake", "Governance", "VeiledRecords",
      "ColumnTables", "Operations", "logveil",
    ]
    for room in behind {
      #expect(!built[room, default: []].contains("ClearRecords"), "\(room) could name a clear user")
    }
  }

  /// Rooms and what they use, by the rows of the table: `| room | uses | holds |`.
  private func writtenRooms() throws -> [String: Set<String>] {
    var rooms: [String: Set<String>] = [:]
    for line in try Tree.text("ARCHITECTURE.md").split(separator: "\n") where line.hasPrefix("| `")
    {
      let cells = line.split(separator: "|").map { $0.trimmed }
      guard cells.count == 3 else { continue }
      let uses = quoted(cells[1])
      for room in quoted(cells[0]) { rooms[room] = uses }
    }
    return rooms
  }

  private func quoted(_ cell: String) -> Set<String> {
    let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
    return Set(stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) })
  }

  /// Rooms and what they use, by the lists of Package.swift. System libraries have no row.
  private func builtRooms() throws -> [String: Set<String>] {
    try ["ground", "words", "stages", "top"].map { try rooms(of: $0) }
      .reduce(into: [:]) { all, rooms in all.merge(rooms) { one, _ in one } }
  }

  /// The rooms of one list; of the form `room("Name", uses: ["A", "B"])`.
  private func rooms(of list: String) throws -> [String: Set<String>] {
    let manifest = try Tree.text("Package.swift")
    let start = try #require(manifest.range(of: "let \(list): [Target] = ["))
    let rest = manifest[start.upperBound...]
    let end = try #require(rest.range(of: "\n]"))
    var rooms: [String: Set<String>] = [:]
    for declaration in declarations(rest[..<end.lowerBound]) {
      let names = texts(declaration)
      guard let name = names.first else { continue }
      let products = [
        "grdb": "GRDB", "grdbSQLite": "GRDBSQLite", "argumentParser": "ArgumentParser",
        "yams": "Yams",
      ]
      .filter { holds(declaration, $0.key) }.values
      rooms[name] = Set(names.dropFirst()).union(products)
    }
    return rooms
  }

  /// The calls of `room`, `program` and `.target` in a list.
  private func declarations(_ list: Substring) -> [Substring] {
    var found: [Substring] = []
    var rest = list
    while let start = firstCall(in: rest) {
      var depth = 0
      let end = rest[start...].firstIndex { character in
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        return character == ")" && depth == 0
      }
      guard let end else { break }
      let call = rest[start...end]
      if !call.hasPrefix("library(") { found.append(call) }
      rest = rest[rest.index(after: end)...]
    }
    return found
  }

  private func firstCall(in text: Substring) -> String.Index? {
    ["library(", "room(", "program(", ".target("].compactMap { text.range(of: $0)?.lowerBound }
      .min()
  }

  private func texts(_ call: Substring) -> [String] {
    let parts = call.split(separator: "\"", omittingEmptySubsequences: false)
    return stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
  }

  private func holds(_ call: Substring, _ word: String) -> Bool {
    call.split { !$0.isLetter }.contains { $0 == word }
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
