/// A line with holes, written as a text with interpolations:
/// `"src=\(.client) dpt=\(.port)\(if: .user, " suser=\(.user)")"`.
///
/// It is taken to pieces once; then a line costs one step for each piece.
struct LineTemplate: Sendable, ExpressibleByStringInterpolation {
  /// A piece of a line.
  enum Step: Sendable {
    /// Constant bytes of `texts`.
    case text(start: UInt32, end: UInt32)
    case field(LineField)
    /// Leaves out the next steps where the condition does not hold.
    case unless(LineCondition, skip: UInt32)
    /// Leaves out the next steps.
    case skip(UInt32)
  }

  private(set) var steps: [Step] = []
  private var texts: [UInt8] = []

  init(stringLiteral text: String) { append(text) }

  init(stringInterpolation pieces: Pieces) { self = pieces.template }

  private init() {}

  /// Whether a line never holds anything.
  var isEmpty: Bool { steps.isEmpty }

  /// Whether one of `fields` can stand in a line.
  func holds(_ fields: Set<LineField>) -> Bool {
    steps.contains { if case .field(let field) = $0 { fields.contains(field) } else { false } }
  }

  /// Writes the line of `event`, without its end.
  func append(
    _ event: Event,
    at moment: Moment,
    of traffic: borrowing Traffic,
    to line: inout TextBuffer
  ) {
    let steps = steps.span
    let texts = texts.span
    var place = 0
    while place < steps.count {
      switch steps[place] {
      case .text(let start, let end): line.append(texts.extracting(Int(start)..<Int(end)))
      case .field(let field): line.append(field, of: event, at: moment, in: traffic)
      case .unless(let condition, let skip):
        if !condition.holds(event, traffic) { place += Int(skip) }
      case .skip(let skip): place += Int(skip)
      }
      place += 1
    }
  }

  private mutating func append(_ text: String) {
    guard !text.isEmpty else { return }
    let start = UInt32(texts.count)
    texts += text.utf8
    steps.append(.text(start: start, end: UInt32(texts.count)))
  }

  private mutating func append(_ other: LineTemplate) {
    let shift = UInt32(texts.count)
    texts += other.texts
    for step in other.steps {
      if case .text(let start, let end) = step {
        steps.append(.text(start: start + shift, end: end + shift))
      } else {
        steps.append(step)
      }
    }
  }

  /// What stands between and in the holes, as the compiler hands it over.
  struct Pieces: StringInterpolationProtocol {
    fileprivate var template = LineTemplate()

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ text: String) { template.append(text) }

    /// A field of the event.
    mutating func appendInterpolation(_ field: LineField) { template.steps.append(.field(field)) }

    /// Another template as it is.
    mutating func appendInterpolation(_ other: LineTemplate) { template.append(other) }

    /// One of two templates, depending on the event.
    mutating func appendInterpolation(
      if condition: LineCondition,
      _ then: LineTemplate,
      else otherwise: LineTemplate = ""
    ) {
      let hasElse = !otherwise.isEmpty
      let skip = UInt32(then.steps.count + (hasElse ? 1 : 0))
      template.steps.append(.unless(condition, skip: skip))
      template.append(then)
      guard hasElse else { return }
      template.steps.append(.skip(UInt32(otherwise.steps.count)))
      template.append(otherwise)
    }
  }
}

/// What a part of a line depends on.
enum LineCondition: UInt8, Sendable {
  /// It is known who it was.
  case user
  /// It was blocked, or the user not let in.
  case denied
  /// It went through as a tunnel; only the host is known.
  case tunnel
  /// It was plain HTTP.
  case clear
  /// The host is an IPv6 address.
  case hostIsIPv6

  @inline(__always)
  func holds(_ event: Event, _ traffic: borrowing Traffic) -> Bool {
    switch self {
    case .user: event.user >= 0
    case .denied: event.verdict == .denied || event.verdict == .unauthenticated
    case .tunnel: event.channel == .tunnel
    case .clear: event.channel == .clear
    case .hostIsIPv6: traffic.hosts.traits[event.host].isIPv6
    }
  }
}
