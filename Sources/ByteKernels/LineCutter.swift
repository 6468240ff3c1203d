public import ByteBlocks
internal import CKernels

/// Cuts lines of one or more layouts: the values of the fields that each layout wants.
///
/// Each line goes to the first layout whose texts it holds and that can cut it. All texts are
/// looked for at once, in one pass over the line; nothing is allocated for a line.
public struct LineCutter: ~Copyable {
  /// Fields that one layout can tell apart.
  public static let namesMax = Int(CK_NO_SLOT)
  /// Captures that one template may have.
  public static let piecesMax = Int(CK_PIECES_MAX)
  /// Bytes of a name.
  public static let nameBytesMax = Int(CK_NAME_BYTES) - 8
  /// Layouts of one format.
  public static let layoutsMax = Int(CK_LAYOUTS_MAX)
  /// Different texts that are looked for in the lines of one format.
  public static let textsMax = Int(CK_TEXTS_MAX)
  /// Words that tell the lines of a layout.
  public static let toldMax = Int(CK_TOLD_MAX)
  /// Bytes of such a word.
  public static let toldBytesMax = Int(CK_TOLD_BYTES)

  /// A line that is no record.
  public struct Refusal: Sendable, Equatable {
    /// Why.
    public enum Reason: Sendable, Equatable {
      /// It holds a NUL byte, which no log has.
      case binary
      /// A layout knows its texts, but cannot cut it.
      case otherShape
      /// No layout knows it.
      case otherFormat
    }
    /// Its number.
    public var line: Int
    /// Where it starts in its block.
    public var start: Int
    /// Why it is no record.
    public var reason: Reason
  }

  var plan: LinePlan
  private let level: KernelLevel
  var values = Buffer<FieldRange>(count: 0)
  var heads = Buffer<ck_row>(count: 0)
  private var refusals = Buffer<ck_refusal>(count: 0)
  private var recordCount = 0
  /// A line may hold several objects.
  private var mayShareLines = false

  /// Lines that no layout took, since the last reset.
  public private(set) var refusalCount = 0
  /// Blank lines and remarks, since the last reset.
  public private(set) var commentCount = 0
  /// Records of more than one line, or of a part of one, since the last reset.
  public private(set) var joinedCount = 0

  /// A cutter for lines of these layouts, the one that is tried first in front.
  public init(_ layouts: [LineShapeRule], level: KernelLevel = .best) {
    precondition(layouts.count <= Self.layoutsMax, "Too many layouts for one format.")
    precondition(
      layouts.allSatisfy { $0.names.count < Self.namesMax }, "Too many names for one layout.")
    plan = LinePlan(layouts)
    self.level = level
  }

  /// How many different texts these layouts look for.
  public static func textCount(_ layouts: [LineShapeRule]) -> Int {
    LineShapeRule.searchedTexts(layouts).union(layouts.flatMap(\.starts)).count
  }

  /// Takes the names of the fields by position of a layout from a header.
  public mutating func use(_ columns: [String], minimum: Int, of layout: Int) {
    plan.use(columns, minimum: minimum, of: layout)
  }

  /// Forgets all records, and makes room for `lines` others.
  public mutating func reset(lines: Int) {
    recordCount = 0
    refusalCount = 0
    commentCount = 0
    joinedCount = 0
    if heads.count < lines {
      let room = lines + lines / 4
      heads = Buffer(count: room)
      refusals = Buffer(count: room)
      values = Buffer(count: room * plan.stride)
      plan.makeRoom(room)
    }
    plan.clear()
  }

  /// The most lines that `cut` may find in a part of a block.
  public mutating func lineCountMax(_ block: borrowing Block, _ range: Range<Int>) -> Int {
    let lines = LineKernels.lineCount(block, range, level: level)
    var inner = 0
    if unsafe plan.kernel.address.pointee.has_objects != 0 {
      // SAFETY: the range lies in the block, as `lineCount` made sure.
      inner = unsafe ck_count_inner_objects(
        block.bytes, UInt32(range.lowerBound), UInt32(range.upperBound))
    }
    mayShareLines = inner > 0
    return lines + inner
  }

  /// Cuts the lines of a part of a block.
  ///
  /// - Parameters:
  ///   - range: starts at a line's start, and ends behind a line's end; part of what
  ///     `lineCountMax` was asked for last.
  ///   - number: of the first line.
  ///   - block: escapes in wanted values are undone in place.
  /// - Returns: how many lines there are; of JSON objects that share a line each is one.
  /// - Precondition: there is room for so many, see `reset`.
  public mutating func cut(_ range: Range<Int>, firstLine number: Int, in block: inout Block) -> Int
  {
    precondition(range.lowerBound >= block.start && range.upperBound <= block.end, "Outside.")
    var cuts = unsafe kernelCuts
    // SAFETY: the range lies in the block, which is padded; the kernel stops where the room ends.
    let bytes = unsafe block.memory.assumingMemoryBound(to: UInt8.self)
    let count = unsafe ck_cut_any_lines(
      level.kernel, bytes, UInt32(range.lowerBound), UInt32(range.upperBound), UInt32(number),
      plan.kernel.address, &cuts)
    unsafe take(cuts)
    precondition(unsafe cuts.is_full == 0, "More lines than there is room for.")
    return count
  }

  /// Cuts one line, and adds it to the records; `false` where no layout takes it.
  public mutating func cut(_ line: FieldRange, number: Int, in block: inout Block) -> Bool {
    precondition(Int(line.end) <= block.end, "A line of another block.")
    precondition(recordCount < heads.count, "More lines than there is room for.")
    var cuts = unsafe kernelCuts
    // SAFETY: as above.
    let bytes = unsafe block.memory.assumingMemoryBound(to: UInt8.self)
    let what = unsafe ck_cut_any_line(
      level.kernel, bytes, ck_range(start: line.start, end: line.end), UInt32(number),
      plan.kernel.address, &cuts)
    unsafe take(cuts)
    return Int(what) == CK_CUT
  }

  private var kernelCuts: ck_line_cuts {
    unsafe ck_line_cuts(
      values: values.kernelAddress, stride: plan.stride, rows: heads.address,
      count: recordCount, refusals: refusals.address, refusal_count: refusalCount,
      comment_count: commentCount, joined_count: joinedCount,
      may_share_lines: mayShareLines ? 1 : 0, room: heads.count, is_full: 0)
  }

  private mutating func take(_ cuts: ck_line_cuts) {
    recordCount = unsafe cuts.count
    refusalCount = unsafe cuts.refusal_count
    commentCount = unsafe cuts.comment_count
    joinedCount = unsafe cuts.joined_count
  }

  /// Line `number` of those that no layout took.
  public func refusal(_ number: Int) -> Refusal {
    precondition(number < refusalCount, "There is no such refusal.")
    let refusal = refusals[number]
    let reason: Refusal.Reason =
      switch Int(refusal.reason) {
      case CK_BINARY: .binary
      case CK_OTHER_SHAPE: .otherShape
      default: .otherFormat
      }
    return Refusal(line: Int(refusal.line), start: Int(refusal.start), reason: reason)
  }

  /// How many lines a layout took.
  public func count(of layout: Int) -> Int { unsafe plan.layouts[layout].row_count }

  /// The number of a record's line, and where that starts.
  public func line(_ record: Int, of layout: Int) -> (number: Int, start: Int) {
    let head = heads[row(record, layout)]
    return (Int(head.line), Int(head.start))
  }

  /// A record's line from its start to the end of the time in its syslog header; empty where it has
  /// none.
  public func header(_ record: Int, of layout: Int) -> FieldRange {
    let head = heads[row(record, layout)]
    return FieldRange(start: head.start, end: max(head.start, head.time.end))
  }

  /// One field of one record, empty where its line has none.
  public func field(_ slot: Int, _ record: Int, of layout: Int) -> FieldRange {
    values[row(record, layout) * plan.stride + slot]
  }

  private func row(_ record: Int, _ layout: Int) -> Int {
    precondition(record < count(of: layout), "There is no such record.")
    // SAFETY: as many rows as the count says were written.
    return unsafe Int(plan.layouts[layout].rows[record])
  }
}
