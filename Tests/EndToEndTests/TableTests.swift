import Foundation
import Testing

@Suite struct TableTests {
  @Test func listsTablesFilesAndHistory() throws {
    let program = try Program()
    try program.run("init")
    #expect(try program.run("table", "list", "--json").output.isEmpty)
    let missing = try program.run("table", "files")
    #expect(missing.exitCode == 66)
    #expect(try program.run("run", "--progress", "off", Program.sample("w3c")).exitCode < 4)

    let tables = try program.run("table", "list", "--json").objects()
    #expect(tables.map { $0["table"] as? String } == ["ingests", "rejects", "usage"])
    let usage = try #require(tables.last)
    #expect(usage["version"] as? Int == 1)
    #expect(usage["clear"] as? Bool == false)

    let files = try program.run("table", "files", "usage", "--json").objects()
    #expect(files.count == usage["files"] as? Int)
    #expect(files.reduce(0) { $0 + ($1["rows"] as? Int ?? 0) } == usage["rows"] as? Int)
    #expect(files.reduce(0) { $0 + ($1["bytes"] as? Int ?? 0) } == usage["bytes"] as? Int)
    for file in files {
      let path = try #require(file["path"] as? String)
      #expect(FileManager.default.fileExists(atPath: path))
      let date = (file["partition"] as? [String: String])?["date"]
      #expect(date.map { path.contains("/date=\($0)/") } == true)
    }
    let paths = try program.run("table", "files", "--format", "paths")
    #expect(paths.lines == files.compactMap { $0["path"] as? String })

    let history = try program.run("table", "history", "--json").objects()
    #expect(history.map { $0["version"] as? Int } == [1, 0])
    #expect((history[0]["metrics"] as? [String: Int])?["archives"] == 1)
    for other in ["nothing", "../usage", "usage/..", ""] {
      #expect(try program.run("table", "files", other).exitCode == 66, "\(other)")
    }
    #expect(try program.run("table", "files", "usage", "--clear").exitCode == 66)
  }

  @Test func formatsSayWhatTheyHold() throws {
    let program = try Program()
    let formats = try program.run("formats", "list", "--json").objects()
    #expect(formats.contains { $0["format"] as? String == "w3c" })
    for format in formats {
      let name = try #require(format["format"] as? String)
      let shown = try program.run("formats", "show", name, "--json").objects()
      #expect(shown.first?["attributes"] as? [String] == format["attributes"] as? [String])
      #expect(try program.run("formats", "show", name).exitCode == 0)
    }
    #expect(try program.run("formats", "list").output.contains("uploaded_bytes"))
  }
}
