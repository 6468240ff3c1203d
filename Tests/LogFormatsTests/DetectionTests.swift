import ByteBlocks
import LogFormats
import TestSupport
import Testing
import VeiledRecords

@Suite struct DetectionTests {
  static func detect(_ text: [UInt8]) throws -> Result<String, FormatDetection.Refusal> {
    let block = try makeBlock(text)
    do throws(FormatDetection.Refusal) {
      return .success(try FormatDetection.detect(block).profile.name)
    } catch {
      return .failure(error)
    }
  }

  static func detect(_ text: String) throws -> Result<String, FormatDetection.Refusal> {
    try detect(Array(text.utf8))
  }

  @Test(arguments: ["w3c", "squid"]) func samplesHaveTheirFormat(name: String) throws {
    let text = try repositoryFile("Datasets/samples/\(name)/samples.log")
    #expect(try Self.detect(text) == .success(name))
    #expect(try Self.detect(Array("\u{feff}".utf8) + text) == .success(name))
    let matches = FormatDetection.matches(try makeBlock(text))
    #expect(matches.count == FormatCatalog.all.count)
    #expect(matches.first { $0.profile.name == name }?.confidence == matches[0].confidence)
  }

  @Test func oneLineIsEnough() throws {
    let text = try repositoryFile("Datasets/samples/squid/samples.log")
    let line = Array(text.prefix { $0 != UInt8(ascii: "\n") })
    #expect(try Self.detect(line) == .success("squid"))
    #expect(try Self.detect(Array("\u{feff}".utf8) + line) == .success("squid"))
    #expect(try Self.detect("#Fields: date time") == .success("w3c"))
    #expect(try Self.detect("\u{feff}#Fields: date time\r\n") == .success("w3c"))
    #expect(try Self.detect("#fields: date time\n") == .success("w3c"))
  }

  static let strange = [
    "", "\n\n\n", "hello world\n", "a,b,c\n1,2,3\n", "{\"a\":1}\n", "#comment\n#another\n",
    "#Fields", String(repeating: "word ", count: 5000), "\u{feff}",
    "<13>1 2024-03-08T10:14:08+00:00 srvr serverd - - - text\n",
  ]

  @Test(arguments: strange) func otherTextIsRefused(text: String) throws {
    guard case .failure(let refusal) = try Self.detect(text) else {
      Issue.record("it has a format")
      return
    }
    #expect(refusal == .noneFits(best: nil, confidence: 0))
    #expect(refusal.description.hasPrefix("Its first lines fit no known format."))
    #expect(refusal.description.hasSuffix("name the format with --format."))
  }

  @Test(arguments: 0..<30) func binaryIsRefused(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    guard case .failure(.noneFits) = try Self.detect(random.bytes(1 + random.below(9000))) else {
      Issue.record("it has a format")
      return
    }
  }

  @Test func fewFittingLinesAreNamed() throws {
    let text = try repositoryFile("Datasets/samples/squid/samples.log")
    let line = String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let refusal = FormatDetection.Refusal.noneFits(best: "squid", confidence: 0.25)
    #expect(try Self.detect(line + "\nx\ny\nz\n") == .failure(refusal))
    #expect(refusal.description.contains("(nearest: squid, 25 % of the lines)"))
    let ambiguous = FormatDetection.Refusal.ambiguous("squid", "w3c")
    #expect(ambiguous.description.contains("fit squid as well as w3c"))
  }

  static let names = [
    ("w3c", "w3c"), ("W3C", "w3c"), ("GENERIC_W3C", "w3c"), ("bluecoat", "bluecoat"),
    ("BlueCoat_Syslog", "bluecoat"), ("squid", "squid"), ("SQUID_NATIVE", "squid"),
    ("PALO_ALTO_SYSLOG", "palo-alto"), ("fortigate_syslog", "fortigate"),
  ]

  @Test(arguments: names) func formatsHaveNames(_ name: String, profile: String) {
    #expect(FormatCatalog.profile(named: name)?.name == profile)
  }

  @Test func catalogIsSortedAndComplete() {
    let names = FormatCatalog.all.map(\.name)
    #expect(names == names.sorted())
    #expect(FormatCatalog.profile(named: "nosuch") == nil)
    let words = FormatCatalog.all.flatMap { format in
      Set([format.name] + format.aliases.map { $0.lowercased() })
    }
    #expect(Set(words).count == words.count, "a name stands for two formats")
  }

  @Test func plansSayWhatIsMissing() {
    let plan = DelimitedPlan(.w3cExtended, fields: ["date", "TIME", "cs-host", "sc-bytes"])
    #expect(plan.fieldCount == 4)
    let missing: [Attribute] = [
      .user, .sourceAddress, .uploadedBytes, .device, .destinationAddress, .action, .method,
      .httpStatus, .userAgent,
    ]
    #expect(plan.missing(of: .w3cExtended) == missing)
    #expect(FormatProfile.squidNative.attributes.contains(.totalBytes))
    #expect(!FormatProfile.squidNative.attributes.contains(.uploadedBytes))
  }
}
