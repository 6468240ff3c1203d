import ArchiveDecoding
import ByteBlocks
import Foundation
import Synchronization
import Testing

/// Where stored bytes come from: files, pipes, folders, and their hashes.
@Suite struct SourceTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func hashesAreThoseOfTheTool() throws {
    for size in [0, 1, 15, 16, 200, 300, 1000, 5000, 300_000] {
      let text = seededText(size).prefix(size)
      let path = try folder.file("t.log", Array(text))
      let printed = try #require(try run("xxhsum", ["-H2", path]))
      let source = try ArchiveReference(path: path).open()
      var hasher = try StoredHasher(source)
      while try !hasher.step(bytesMax: 70_000) {}
      #expect(hasher.position == UInt64(size))
      #expect(String(decoding: printed, as: UTF8.self).hasPrefix(hasher.id.hex + " "))
      // The id of a plain file is that of its text.
      #expect(try decode(source).contentID == hasher.id)
    }
    #expect(ContentID(high: 1, low: 0xab).hex == "000000000000000100000000000000ab")
  }

  @Test func filesAndPipesGiveTheSame() throws {
    let text = seededText(400_000)
    for tool in ["cat", "zstd", "lz4", "gzip"] {
      let stored = try #require(try run(tool, tool == "cat" ? [] : ["-c"], input: text))
      let path = try folder.file("archive", stored)
      let source = try ArchiveReference(path: path).open()
      #expect(source.byteCount == UInt64(stored.count))
      #expect(source.streamed == nil)
      #expect(try decode(source).contentID == contentID(text))

      let pipe = folder.path("pipe-\(tool)")
      #expect(unsafe mkfifo(pipe, 0o600) == 0)
      let writer = Process()
      writer.executableURL = URL(filePath: "/bin/sh")
      // In pieces, as a slow writer does.
      writer.arguments = [
        "-c",
        "head -c 5 '\(path)' > '\(pipe)2'; (cat '\(pipe)2'; sleep 0.1; tail -c +6 '\(path)') > '\(pipe)'",
      ]
      try writer.run()
      let stream = try ArchiveReference(path: pipe).open()
      #expect(stream.byteCount == nil)
      #expect(try decode(stream).contentID == contentID(text))
      #expect(stream.streamed?.id == contentID(stored))
      writer.waitUntilExit()
    }
  }

  /// Standard input that is a file is read as one, from where it stands.
  @Test func standardInputMayBeAFile() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let path = try folder.file("in", Array("skipped\nread\n".utf8))
      let number = unsafe open(path, O_RDONLY)
      try #require(number >= 0 && lseek(number, 8, SEEK_SET) == 8 && dup2(number, 0) == 0)
      let source = try ArchiveReference(path: "-").open()
      try #require(source.byteCount == 5)
      try #require(try decode(source).contentID == contentID(Array("read\n".utf8)))
    }
  }

  @Test func readErrorsComeThrough() throws {
    for tool in ["cat", "zstd", "lz4", "gzip"] {
      let text = seededNoise(3 << 20)
      let stored = try #require(try run(tool, tool == "cat" ? [] : ["-c"], input: text))
      for at in [0, 3, 100, 70_000, 2_500_000] {
        let source = FailingArchive(stored, at: at)
        let wanted = ArchiveError.readFailed(offset: UInt64(at), code: EIO)
        #expect(throws: wanted) { _ = try decode(source) }
        #expect(throws: wanted) { _ = try decodeByUnits(source, seed: 1) }
      }
    }
  }

  @Test func aFileThatShrinksIsTruncated() throws {
    let path = try folder.file("shrinking", seededText(200_000))
    let source = try ArchiveReference(path: path).open()
    #expect(unsafe truncate(path, 1000) == 0)
    #expect(throws: ArchiveError.truncated(offset: 1000)) { _ = try decode(source) }
  }

  @Test func aFileThatGrowsIsReadAsItWas() throws {
    let path = try folder.file("growing", Array("a\nb\n".utf8))
    let source = try ArchiveReference(path: path).open()
    _ = try folder.file("growing2", [])
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("c\n".utf8))
    #expect(try decode(source).textBytes == 4)
  }

  @Test func whatIsNoArchiveIsRefused() throws {
    let missing = folder.path("missing")
    #expect(throws: ArchiveError.notFound(path: missing)) {
      _ = try ArchiveReference(path: missing).open()
    }
    #expect(throws: ArchiveError.notFound(path: missing)) { _ = try ArchiveList([missing]) }
    for path in ["/dev/null", "/dev/zero"] {
      #expect(throws: ArchiveError.notAnArchive(path: path)) {
        _ = try ArchiveReference(path: path).open()
      }
      #expect(throws: ArchiveError.notAnArchive(path: path)) { _ = try ArchiveList([path]) }
    }
    let parent = try folder.file("file", [1])
    #expect(throws: ArchiveError.notFound(path: parent + "/below")) {
      _ = try ArchiveList([parent + "/below"])
    }
    #expect(throws: ArchiveError.notAnArchive(path: folder.path(""))) {
      _ = try ArchiveReference(path: folder.path("")).open()
    }
  }

  @Test func foldersAreSearched() throws {
    for name in ["b.log", "a/z.log", "a/b/deep.gz", ".hidden", "a/.git/x", "B.log", "é.log"] {
      _ = try folder.file("logs/\(name)", Array(name.utf8))
    }
    let outside = try folder.file("outside.log", [1])
    let root = folder.path("logs")
    #expect(unsafe symlink(outside, root + "/link.log") == 0)
    #expect(unsafe symlink(root, root + "/a/loop") == 0)
    #expect(unsafe symlink(root + "/nowhere", root + "/dangling") == 0)
    #expect(unsafe mkfifo(root + "/a/pipe", 0o600) == 0)
    #expect(unsafe link(root + "/b.log", root + "/c-same.log") == 0)

    let list = try ArchiveList([root, root + "/b.log", "-", root + "/a", "-"])
    let names = list.archives.map { String($0.path.dropFirst(root.count)) }
    #expect(
      names.dropLast() == [
        "/B.log", "/a/b/deep.gz", "/a/z.log", "/b.log", "/link.log", "/é.log",
      ]
    )
    #expect(list.archives.last == ArchiveReference(path: "-"))
    #expect(list.archives.map(\.name).prefix(3) == ["B.log", "deep.gz", "z.log"])
    #expect(list.archives.first?.byteCount == 5)
    #expect(list.passedOver == [root + "/a/pipe"])
    // A hidden file or a pipe that is named is meant.
    #expect(try ArchiveList([root + "/.hidden", root + "/a/pipe"]).archives.count == 2)
    #expect(try ArchiveList([]).archives.isEmpty)
  }

  @Test func largeFoldersAreSearchedByAll() throws {
    for number in 0..<700 {
      _ = try folder.file("logs/\(number % 7)-\(number).log", [UInt8(number % 251)])
    }
    for number in 0..<3 { _ = try folder.file("logs/sub-\(number)/deep.log", [1]) }
    #expect(unsafe mkfifo(folder.path("logs/pipe"), 0o600) == 0)
    let root = folder.path("logs")
    let inTurn = try ArchiveList([root])
    let calls = Mutex(0)
    // Behind one another, the last part first: in what order they are done is left open.
    let list = ArchiveList(leavingOut: [root]) { count, body in
      calls.withLock { $0 += count > 1 ? 1 : 0 }
      for part in (0..<count).reversed() { body(part) }
    }
    #expect(calls.withLock { $0 } == 1)
    #expect(list.archives.count == 703)
    #expect(list.archives == inTurn.archives)
    #expect(list.passedOver == [root + "/pipe"])
  }

  @Test(arguments: [0, 1, 511, 512, 513, 700])
  func firstBytesAreReadLikeAllOthers(byteCount: Int) throws {
    let bytes = (0..<byteCount).map { UInt8($0 % 251) }
    let source = try ArchiveReference(path: try folder.file("file", bytes)).open()
    for start in [0, 1, 15, 500, 510, 511, 512, 600] {
      for count in [1, 16, 512, 513, 800] {
        var read = [UInt8](repeating: 0, count: count)
        var span = read.mutableSpan
        let received = try source.read(at: UInt64(start), into: &span)
        #expect(Array(read.prefix(received)) == Array(bytes.dropFirst(start).prefix(count)))
      }
    }
  }

  @Test func scannerStopsAtItsLimit() throws {
    var stored: [UInt8] = []
    for seed in 1...4 as ClosedRange<UInt64> {
      stored += try #require(try run("zstd", ["-c"], input: seededNoise(3 << 20, seed: seed)))
    }
    var scanner = UnitScanner(MemoryArchive(stored), codec: .zstd)
    guard case .unit(let first) = scanner.next(lookingUpTo: 0) else {
      Issue.record("There is always a first unit.")
      return
    }
    #expect(first.start == 0)
    #expect(scanner.next(lookingUpTo: 0) == .nothingYet)
    #expect(scanner.next(lookingUpTo: 2 << 20) == .nothingYet)
    guard case .unit(let second) = scanner.next(lookingUpTo: 4 << 20) else {
      Issue.record("The second frame starts below 4 MiB.")
      return
    }
    #expect(second.start == UInt64(stored.count / 4))
    scanner.restart(at: first)
    #expect(scanner.next() == .unit(first))
    #expect(scanner.next() == .unit(second))
  }
}

/// A disk with a bad place.
final class FailingArchive: StoredBytes {
  private let sound: MemoryArchive
  private let badOffset: UInt64

  init(_ bytes: [UInt8], at badOffset: Int) {
    sound = MemoryArchive(bytes)
    self.badOffset = UInt64(badOffset)
  }

  var byteCount: UInt64? { sound.byteCount }
  var streamed: StreamedBytes? { nil }

  func read(at offset: UInt64, into target: inout MutableSpan<UInt8>) throws(ArchiveError) -> Int {
    if offset >= badOffset { throw .readFailed(offset: badOffset, code: EIO) }
    let count = min(target.count, Int(badOffset - offset))
    var reachable = target._mutatingExtracting(0..<count)
    return try sound.read(at: offset, into: &reachable)
  }
}
