import Testing
import VeiledRecords

/// Words that stand in tables, and codes that stand in a byte.
@Suite struct WordsTests {
  /// The closed set of reasons; a row of it is never changed, only added.
  static let reasons: [(RejectReason, UInt8, String)] = [
    (.fieldCount, 1, "field_count"), (.unclosedQuote, 2, "unclosed_quote"),
    (.missingHeader, 3, "missing_header"), (.badTime, 4, "bad_time"),
    (.badByteCount, 5, "bad_byte_count"), (.badAddress, 6, "bad_address"),
    (.missingTime, 7, "missing_time"), (.missingHost, 8, "missing_host"),
    (.badHost, 9, "bad_host"), (.lineTooLong, 10, "line_too_long"),
    (.foreignPseudonym, 11, "foreign_pseudonym"), (.binaryData, 12, "binary_data"),
    (.keyDestroyed, 13, "key_destroyed"),
    (.otherFormat, 14, "other_format"),
  ]

  @Test(arguments: reasons) func reasonsKeepTheirWords(
    _ reason: RejectReason,
    code: UInt8,
    word: String
  ) {
    #expect(reason.rawValue == code && reason.word == word)
  }

  @Test func everyReasonIsInTheTable() {
    #expect(RejectReason.allCases == Self.reasons.map(\.0))
    #expect(RejectReason.byteCountMax == 9_007_199_254_740_992)
  }

  @Test(arguments: RejectReason.allCases) func statusHoldsReasonAndAttribute(
    reason: RejectReason
  ) {
    #expect(RecordStatus(reason).reason == reason)
    #expect(RecordStatus(reason).attribute == nil)
    for attribute in Attribute.allCases {
      let status = RecordStatus(reason, in: attribute)
      #expect(status.reason == reason)
      #expect(status.attribute == (attribute.rawValue <= 7 ? attribute : nil))
      #expect(status != .event && status != .excluded)
    }
  }

  @Test func eventsAndExcludedRecordsHaveNoReason() {
    #expect(RecordStatus.event.reason == nil && RecordStatus.event.attribute == nil)
    #expect(RecordStatus.event.rawValue == 0)
    #expect(RecordStatus.excluded.reason == nil && RecordStatus.excluded.attribute == nil)
  }

  @Test func attributesHaveWordsOfTheirOwn() {
    #expect(Set(Attribute.allCases.map(\.word)).count == Attribute.allCases.count)
    #expect(Attribute.allCases.map(\.rawValue) == Array(1...13))
  }

  @Test func actionsHaveWords() {
    #expect(EventAction.allCases.map(\.word) == [nil, "allowed", "blocked"])
  }

  @Test func lineCountsAddUp() {
    var sum = LineCounts()
    #expect(sum.addUp)
    var counts = LineCounts()
    (counts.lines, counts.events, counts.excluded) = (10, 4, 3)
    (counts.rejected, counts.comments) = (2, 1)
    sum += counts
    sum += counts
    #expect(sum.addUp && sum.lines == 20 && sum.comments == 2)
    sum.events += 1
    #expect(!sum.addUp)
  }

  @Test func appsSortByTheirNumbers() {
    #expect([AppID(3), AppID(1), AppID(2)].sorted().map(\.rawValue) == [1, 2, 3])
  }
}
