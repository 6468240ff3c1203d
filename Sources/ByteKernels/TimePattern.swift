internal import ByteBlocks
internal import CKernels

/// A way of writing times, compiled.
public struct TimePattern: Sendable, Equatable {
  let how: Int32
  let steps: [UInt16]

  /// RFC 3339 and its relatives.
  public static let iso = TimePattern(how: Int32(CK_READ_ISO))
  /// Seconds, milli-, micro- or nanoseconds since 1970.
  public static let epoch = TimePattern(how: Int32(CK_READ_EPOCH))
  /// As in syslog headers.
  public static let syslog = TimePattern(how: Int32(CK_READ_SYSLOG))

  private init(how: Int32) {
    self.how = how
    steps = []
  }

  private static let letters: [(text: String, kind: Int)] = [
    ("yyyy", CK_TIME_YEAR), ("yy", CK_TIME_SHORT_YEAR),
    ("MMM", CK_TIME_MONTH_NAME), ("MM", CK_TIME_MONTH),
    ("M", CK_TIME_MONTH), ("dd", CK_TIME_DAY), ("d", CK_TIME_DAY),
    ("EEE", CK_TIME_WEEKDAY), ("HH", CK_TIME_HOUR),
    ("H", CK_TIME_HOUR), ("hh", CK_TIME_HALF_HOUR),
    ("h", CK_TIME_HALF_HOUR), ("mm", CK_TIME_MINUTE),
    ("ss", CK_TIME_SECOND), ("SSS", CK_TIME_FRACTION),
    ("a", CK_TIME_HALF), ("Z", CK_TIME_OFFSET),
    ("z", CK_TIME_ZONE_NAME),
  ]

  /// The pattern that `text` says: `yyyy-MM-dd HH:mm:ss`; letters in quotes stand for themselves.
  ///
  /// `nil` where it has a letter that stands for nothing.
  public init?(_ text: String) {
    var steps: [UInt16] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "'", let close = rest.dropFirst().firstIndex(of: "'") {
        for byte in rest[rest.index(after: rest.startIndex)..<close].utf8 {
          steps.append(UInt16(byte) << 8)
        }
        rest = rest[rest.index(after: close)...]
      } else if let letters = Self.letters.first(where: { rest.hasPrefix($0.text) }) {
        steps.append(UInt16(letters.kind))
        rest = rest.dropFirst(letters.text.count)
      } else if first.isASCII, !first.isLetter, let byte = first.asciiValue {
        steps.append(UInt16(byte) << 8)
        rest = rest.dropFirst()
      } else {
        return nil
      }
    }
    guard !steps.isEmpty else { return nil }
    how = Int32(CK_READ_STEPS)
    self.steps = steps
  }
}

/// How the times of records are read: rules, the best one in front.
public struct TimePlan: ~Copyable {
  /// Fields that make up a time, joined by blanks, and how it is written.
  public struct Rule: Sendable {
    /// None: the time of the syslog header.
    public var slots: [UInt8]
    /// The field with the offset from UTC, of times that carry none.
    public var zone: UInt8?
    /// The offset is that of the syslog header.
    public var isZoneOfHeader: Bool
    /// How it is written.
    public var pattern: TimePattern

    /// A rule.
    public init(
      slots: [UInt8], zone: UInt8?, isZoneOfHeader: Bool = false, pattern: TimePattern
    ) {
      self.slots = slots
      self.zone = zone
      self.isZoneOfHeader = isZoneOfHeader
      self.pattern = pattern
    }
  }

  /// Fields that one time may be made of.
  public static let fieldsMax = Int(CK_TIME_FIELDS_MAX)

  private var rules = Buffer<ck_time_rule>(count: 0)
  private var slots = Buffer<UInt8>(count: 0)
  private var steps = Buffer<UInt16>(count: 0)
  private let year: Int32
  private let latest: Int64
  private let newestYear: Int32

  /// A plan.
  ///
  /// - Parameters:
  ///   - year: of times that do not say theirs; `nil`: the newest one in which they are not behind
  ///     `latest`.
  ///   - latest: microseconds since 1970.
  ///   - newestYear: the year of `latest`.
  public init(_ rules: [Rule], year: Int?, latest: Int64, newestYear: Int) {
    self.year = Int32(year ?? 0)
    self.latest = latest
    self.newestYear = Int32(newestYear)
    var (slots, steps, kernels): ([UInt8], [UInt16], [ck_time_rule]) = ([], [], [])
    for rule in rules {
      precondition(rule.slots.count <= Self.fieldsMax, "A time is made of too many fields.")
      kernels.append(
        ck_time_rule(
          first: UInt32(slots.count), count: UInt32(rule.slots.count),
          first_step: UInt32(steps.count), step_count: UInt32(rule.pattern.steps.count),
          how: rule.pattern.how, zone: rule.zone ?? UInt8(CK_NO_SLOT),
          zone_of_header: rule.isZoneOfHeader ? 1 : 0))
      slots += rule.slots
      steps += rule.pattern.steps
    }
    self.rules = Buffer(count: kernels.count)
    self.rules.copy(kernels.span)
    self.slots = Buffer(count: slots.count)
    self.slots.copy(slots.span)
    self.steps = Buffer(count: steps.count)
    self.steps.copy(steps.span)
  }

  func withKernel<R>(_ body: (UnsafePointer<ck_time_plan>) -> R) -> R {
    // SAFETY: a step has the layout of ck_time_step, two bytes; the buffers live for this call.
    let steps = unsafe UnsafeRawPointer(steps.address).assumingMemoryBound(to: ck_time_step.self)
    var plan = unsafe ck_time_plan(
      rules: UnsafePointer(rules.address), rule_count: rules.count,
      slots: UnsafePointer(slots.address), steps: steps, year: year, newest: newestYear,
      latest: latest)
    return unsafe body(&plan)
  }
}
