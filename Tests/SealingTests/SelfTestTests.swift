import Foundation
import Testing

@testable import Sealing

/// The self-test must pass, and must not pass when any expected answer is wrong in one byte.
@Suite struct SelfTestTests {
  @Test func holds() throws { try SelfTest.run() }

  @Test func refusesAWrongAnswer() {
    let fields: [(WritableKeyPath<SelfTest.Answers, [UInt8]>, SealingError.Step)] = [
      (\.cipher, .cipher), (\.digest, .digest), (\.messageCode, .messageCode),
      (\.derivedKey, .keyDerivation),
    ]
    for (field, step) in fields {
      var answers = SelfTest.Answers.standard
      answers[keyPath: field][5] ^= 1
      #expect(throws: SealingError.selfTestFailed(step)) { try SelfTest.check(answers) }
    }
  }

  @Test func secretsAreKeptOutOfCoreFiles() throws {
    // A page each: the flags of its mapping tell.
    let key = try KeyHandle.random()
    let address = unsafe UInt(bitPattern: key.pages.address)
    let flags = try #require(mappingFlags(at: address))
    #expect(flags.contains("dd"), "not dumped: \(flags)")
    if key.isLocked { #expect(flags.contains("lo")) }
  }

  private func mappingFlags(at address: UInt) -> [Substring]? {
    var isInside = false
    guard let file = FileHandle(forReadingAtPath: "/proc/self/smaps"),
      let data = try? file.readToEnd()
    else { return nil }
    let text = String(decoding: data, as: UTF8.self)
    for line in text.split(separator: "\n") {
      let range = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
      if range.count == 2 { isInside = range[0] <= address && address < range[1] }
      if isInside, line.hasPrefix("VmFlags:") { return line.split(separator: " ") }
    }
    return nil
  }
}
