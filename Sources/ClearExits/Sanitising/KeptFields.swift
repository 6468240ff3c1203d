internal import ByteBlocks
internal import ClearRecords

/// Parts of a record that stay, or have their own pseudonym, whatever a name may look like: the
/// fields out of which the event is read, and what holds the record together.
struct KeptFields {
  private var host = 0..<0
  /// In the block, of which the text is the part from `start` on.
  private var known: ArraySlice<RecordBatch.RecordField> = []
  private var start = 0
  private var structure: RecordStructure?
  var users: [Range<Int>] = []

  init() {}

  /// - Parameters:
  ///   - host: in the block; its port is kept with it.
  ///   - start: where the text begins that the ranges are to count from.
  init(
    host: FieldRange, _ known: ArraySlice<RecordBatch.RecordField>, _ structure: RecordStructure,
    in text: Span<UInt8>, start: Int
  ) {
    self.known = known
    self.start = start
    self.structure = structure
    guard !host.isEmpty else { return }
    var end = Int(host.end) - start
    if end < text.count, text[end] == UInt8(ascii: ":") {
      repeat { end += 1 } while end < text.count && text[end] &- 0x30 < 10
    }
    self.host = Int(host.start) - start..<end
  }

  func overlap(_ range: Range<Int>) -> Bool {
    host.overlaps(range) || users.contains { $0.overlaps(range) }
      || known.contains {
        range.lowerBound < Int($0.field.end) - start
          && Int($0.field.start) - start < range.upperBound
      }
  }

  /// Whether a name that stands there by chance stays: without it the record were another one.
  func keep(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    overlap(range) || structure?.holds(range, in: text) == true
  }

  /// Whether a part of the text goes over the border of two fields.
  func cross(_ range: Range<Int>, in text: Span<UInt8>) -> Bool {
    structure?.isCrossed(by: range, in: text) == true
  }

  /// The text in quotes in which a place lies; `nil` where it lies in none.
  func quoted(around place: Int, in text: Span<UInt8>) -> Range<Int>? {
    structure?.quoted(around: place, in: text)
  }
}
