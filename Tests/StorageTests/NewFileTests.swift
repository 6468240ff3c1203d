import Foundation
import Storage
import Testing

@Suite struct NewFileTests {
  private static func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "new-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func aFileIsWholeAndItsOwnersAlone() throws {
    try Self.inFolder { folder in
      let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
      try NewFile.write(bytes.span, to: "\(folder)/copy")
      #expect(FileManager.default.contents(atPath: "\(folder)/copy") == Data(bytes))
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/copy")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["copy"])
    }
  }

  @Test func whatIsThereStays() throws {
    try Self.inFolder { folder in
      try NewFile.write([1].span, to: "\(folder)/copy")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "\(folder)/nowhere")
      for name in ["copy", "link"] {
        let path = "\(folder)/\(name)"
        #expect(throws: StorageError(.create, path, errorNumber: EEXIST)) {
          try NewFile.write([2].span, to: path)
        }
      }
      #expect(FileManager.default.contents(atPath: "\(folder)/copy") == Data([1]))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }
  }
}
