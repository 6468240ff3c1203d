import Foundation
import Testing

@testable import Storage

@Suite struct ScratchFileTests {
  @Test func bytesComeBackAndNothingIsLeft() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "scratch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try ScratchFile(in: folder.path)
    let places = try (0..<10).map { number in
      try file.append([UInt8](repeating: UInt8(number), count: 1000 + number).span)
    }
    for (number, place) in places.enumerated().reversed() {
      let bytes = try file.read(place, count: 1000 + number)
      #expect(bytes == [UInt8](repeating: UInt8(number), count: 1000 + number))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func fileSystemsThatKnowNoFilesWithoutANameHaveOneAsGood() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "scratch-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let number = ScratchFile.unnamed(in: folder.path)
    #expect(number >= 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    let file = Descriptor(adopting: number)
    #expect(file.writeAll(Array("gone".utf8).span) == 0)
    #expect(file.readAll(from: 0, count: 9) == Array("gone".utf8))
  }

  @Test func aFolderThatIsNotThereIsAnError() {
    #expect(throws: StorageError.self) { _ = try ScratchFile(in: "/nowhere/at/all") }
  }
}
