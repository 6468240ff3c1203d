/// Writes one log: blocks of lines, cut at the end of the text and into frames.
struct Generation {
  /// Fits a core's second-level cache together with what the codecs need.
  private static let blockBytes = 1 << 18

  var settings: Settings
  var layout: LogLayout
  var prefix: LinePrefix
  var frames: Int

  /// Writes the whole log to `output`, packed by `writer`; returns what was written.
  func run(
    _ writer: any FrameWriter,
    to output: inout OutputFile
  ) throws(LoggenError) -> Totals {
    var lines = layout.makeLines(layout)
    var source = LineSource(settings, prefix: prefix, tells: lines.tells)
    var cutter = FrameCutter(textBytesMax: settings.textBytesMax, frames: frames)
    var block = TextBuffer(bytesMax: Self.blockBytes)
    lines.appendHeader(to: &block, firstDay: settings.firstDay)
    if !source.fits(block.count) { block.dropLinesBehind(settings.textBytesMax) }
    repeat {
      lines.fill(&block, from: &source)
      source.finishBlock(block.count)
      try cutter.append(block.bytes, writer, to: &output)
      block.removeAll()
    } while source.wantsMore(than: 0)
    try cutter.finish(writer, to: &output)
    return source.totals
  }
}

extension TextBuffer {
  /// Drops the lines that do not end within the first `limit` bytes.
  mutating func dropLinesBehind(_ limit: Int) {
    var end = min(limit, count)
    while end > 0, bytes[end - 1] != UInt8(ascii: "\n") { end -= 1 }
    truncate(to: end)
  }
}

/// Cuts a text into frames of equal length, wherever that falls.
///
/// Frames are planned on the length asked for; the last one is shorter by what the last line left.
struct FrameCutter {
  private let textBytesMax: Int
  private let frames: Int
  private var framesEnded = 0
  /// Bytes of text seen so far.
  private(set) var offset = 0

  init(textBytesMax: Int, frames: Int) {
    precondition(frames > 0, "A text has at least one frame.")
    self.textBytesMax = textBytesMax
    self.frames = frames
  }

  /// Where frame number `frame` ends in the text.
  func end(of frame: Int) -> Int {
    let product = UInt64(textBytesMax).multipliedFullWidth(by: UInt64(frame + 1))
    return Int(UInt64(frames).dividingFullWidth(product).quotient)
  }

  mutating func append(
    _ text: Span<UInt8>,
    _ writer: any FrameWriter,
    to output: inout OutputFile
  ) throws(LoggenError) {
    var done = 0
    while done < text.count {
      let bytes = min(text.count - done, end(of: framesEnded) - offset)
      try writer.append(text.extracting(done..<done + bytes), to: &output)
      done += bytes
      offset += bytes
      // The last frame is left for `finish`.
      while framesEnded < frames - 1, offset == end(of: framesEnded) {
        try writer.endFrame(to: &output)
        framesEnded += 1
      }
    }
  }

  mutating func finish(
    _ writer: any FrameWriter,
    to output: inout OutputFile
  ) throws(LoggenError) {
    while framesEnded < frames {
      try writer.endFrame(to: &output)
      framesEnded += 1
    }
  }
}
