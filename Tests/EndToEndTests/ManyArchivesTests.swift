import Foundation
import Testing

@Suite struct ManyArchivesTests {
  /// A shell makes thousands of names out of one pattern; what is typed among them counts as ever.
  @Test func namesInThousandsAreAllRead() throws {
    let program = try Program()
    let sample = try String(contentsOfFile: Program.sample("w3c"), encoding: .utf8)
    let names = (0..<3000).map { program.folder.appending(path: "\($0) a.log").path }
    for name in names.prefix(60) {
      try "# \(name)\n\(sample)".write(toFile: name, atomically: true, encoding: .utf8)
    }
    let (first, others) = (names[..<30], names[30...])
    let outcome = try program.run(
      ["run", "--json"] + first + ["--source", "proxies"] + others + ["--threads", "2"])
    #expect(outcome.exitCode == 3)
    #expect(outcome.errors.contains(names[2999]))
    let object = try #require(outcome.objects().first)
    #expect(object["archives"] as? Int == 60)
    #expect(object["failed"] as? Int == 2940)
  }
}
