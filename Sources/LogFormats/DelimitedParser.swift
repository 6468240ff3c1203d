package import ByteBlocks
package import ByteKernels
package import ClearRecords
internal import VeiledRecords

/// Parses blocks of delimited text; one per thread.
///
/// A block goes through four steps, each a pass over few cache lines: the structural index of its
/// text, the ranges of the wanted fields of all its lines, whole columns of numbers and times, and
/// the choice of host and action. No step allocates per line.
package struct DelimitedParser: ~Copyable {
  private let profile: DelimitedProfile
  private let zone: TimeZoneRule
  private let withDetails: Bool
  private var index: TextIndex
  private var fields = CutFields()
  private var cutter: FieldCutter
  private var actionWords = ActionWords()
  private let nobodies = NameSet(NobodyWords.all)

  /// A parser for logs of `profile`.
  ///
  /// - Parameters:
  ///   - zone: the zone of times that carry none.
  ///   - withDetails: also fill `RecordBatch.details`.
  package init(
    _ profile: DelimitedProfile, zone: TimeZoneRule = .utc, withDetails: Bool = false,
    level: KernelLevel = .best
  ) {
    self.profile = profile
    self.zone = zone
    self.withDetails = withDetails
    index = TextIndex(level: level)
    cutter = FieldCutter(dialect: profile.dialect)
    actionWords = ActionWords(blocked: profile.blockedWords)
  }

  /// The records of `block`.
  ///
  /// - Parameters:
  ///   - header: what `HeaderReader` said of this block.
  ///   - textOffset: offset of the block's first byte in the decompressed text.
  package mutating func parse(
    _ block: consuming Block, header: BlockHeader, textOffset: Int
  ) -> RecordBatch {
    let markBytes = (header.parts.first?.start ?? block.start) - block.start
    block.dropFirst(markBytes)
    let textOffset = textOffset + markBytes
    index.fill(from: block, dialect: profile.dialect)
    let lineCount = index.lineCount
    // A line that moved behind its syslog header may become a record once more.
    let room = profile.leadingFields > 0 ? 2 * lineCount : lineCount
    var batch = RecordBatch(
      block: block, textOffset: textOffset, room: room, withDetails: withDetails)
    batch.counts.lines = lineCount
    for (number, part) in header.parts.enumerated() {
      let next = number + 1 < header.parts.count ? header.parts[number + 1].start : batch.block.end
      let lines = line(at: part.start, in: batch.block)..<line(at: next, in: batch.block)
      parse(lines, plan: part.plan, into: &batch)
    }
    refuseRecords(&batch, textOffset: textOffset)
    batch.sortOtherUsers()
    return batch
  }

  /// The line that starts at `offset`, or the number of lines at the end of the text.
  private func line(at offset: Int, in block: borrowing Block) -> Int {
    var (low, high) = (0, index.lineCount)
    while low < high {
      let middle = (low + high) / 2
      if index.lineStart(middle, blockStart: block.start) < offset {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private mutating func parse(
    _ lines: Range<Int>, plan: DelimitedPlan?, into batch: inout RecordBatch
  ) {
    guard let plan, plan.refusal == nil else {
      let status = plan?.refusal ?? RecordStatus(.missingHeader)
      for line in lines { refuse(line, status, in: &batch) }
      return
    }
    fields.cut(
      batch.block, index, lines: lines, dialect: profile.dialect, fieldCount: plan.fieldCount,
      moreAllowed: profile.moreFieldsAllowed, wanted: plan.wanted)
    for place in 0..<fields.irregularCount {
      takeIrregular(Int(fields.irregularLines[place]), plan, &batch)
    }
    fill(&batch, plan)
  }

  /// A line that the index could not cut: a comment, a record after all, or a reject.
  private mutating func takeIrregular(
    _ line: Int, _ plan: DelimitedPlan, _ batch: inout RecordBatch
  ) {
    let start = index.lineStart(line, blockStart: batch.block.start)
    let end = index.lineEnd(line)
    if isComment(start..<end, in: batch.block) { return batch.counts.comments += 1 }
    let reason = cutByHand(start..<end, plan, line: line, batch.block)
    if let reason { refuse(line, RecordStatus(reason), in: &batch) }
  }

  /// Cuts a line exactly and adds it to the records; says why when that is not possible.
  private mutating func cutByHand(
    _ line: Range<Int>, _ plan: DelimitedPlan, line number: Int, _ block: borrowing Block
  ) -> RejectReason? {
    let bytes = block.memoryBytes
    if hasNUL(line, in: bytes) { return .binaryData }
    let end =
      bytes[line.upperBound - 1] == UInt8(ascii: "\r") ? line.upperBound - 1 : line.upperBound
    var isClosed = cutter.cut(bytes, from: line.lowerBound, to: end)
    if isClosed, cutter.fields.count > plan.fieldCount, !profile.moreFieldsAllowed,
      profile.dialect.separator == UInt8(ascii: " ")
    {
      // Some products put two blanks behind a field.
      isClosed = cutter.cut(bytes, from: line.lowerBound, to: end, collapsing: true)
    }
    let count = cutter.fields.count
    if isClosed, count == plan.fieldCount || profile.moreFieldsAllowed && count > plan.fieldCount {
      fields.append(plan.wanted.map { cutter.fields[Int($0)] }, line: number)
      return nil
    }
    return isClosed ? .fieldCount : .unclosedQuote
  }

  private func hasNUL(_ line: Range<Int>, in bytes: Span<UInt8>) -> Bool {
    index.hasNUL && line.contains { bytes[$0] == 0 }
  }

  /// Refuses a line that is no record; a comment stays one.
  private func refuse(_ line: Int, _ status: RecordStatus, in batch: inout RecordBatch) {
    let start = index.lineStart(line, blockStart: batch.block.start)
    if isComment(start..<index.lineEnd(line), in: batch.block) {
      batch.counts.comments += 1
    } else {
      batch.counts.rejected += 1
      batch.rejects.append(RejectedLine(line: line, offset: start, status: status))
    }
  }

  private func isComment(_ line: Range<Int>, in block: borrowing Block) -> Bool {
    let bytes = block.memoryBytes
    guard let first = line.first, bytes[first] != UInt8(ascii: "#") else { return true }
    return line.count == 1 && bytes[first] == UInt8(ascii: "\r")
  }

  /// Turns the ranges of a part of the block into columns.
  private mutating func fill(_ batch: inout RecordBatch, _ plan: DelimitedPlan) {
    let base = batch.count
    let count = fields.recordCount
    batch.count += count
    batch.counts.events += count
    batch.lines.copy(fields.lines, at: base)
    if index.hasNUL { refuseBinary(&batch, base) }
    fillTimes(&batch, plan, base)
    fillBytes(&batch, plan, base)
    fillHosts(&batch, plan, base)
    if copy(plan.user, to: &batch.users, base) {
      batch.hasUsers = true
      ValueKernels.dropNobodies(
        &batch.users, from: base, count, named: nobodies, in: &batch.block, unquoted: true)
    }
    batch.hasSources = copy(plan.source, to: &batch.sources, base) || batch.hasSources
    batch.hasDevices = copy(plan.device, to: &batch.devices, base) || batch.hasDevices
    for column in plan.actions {
      Self.readActions(fields, column, &actionWords, batch.block, &batch.actions, base)
    }
    if profile.readsAllUsers { tellAll(&batch, plan, base) }
    guard var details = batch.details.take() else { return }
    copyDestinations(plan, to: &details.destinations, batch.block, base)
    copy(plan.method, to: &details.methods, base)
    copy(plan.status, to: &details.statuses, base)
    copy(plan.userAgent, to: &details.userAgents, base)
    batch.details = consume details
  }

  /// Says for whom writes the records anew what stands in them.
  private func tellAll(_ batch: inout RecordBatch, _ plan: DelimitedPlan, _ base: Int) {
    for column in plan.otherUsers { addOtherUsers(column, &batch, base) }
    for record in 0..<fields.recordCount {
      for column in plan.known { batch.addKnown(fields.column(column)[record], of: base + record) }
    }
    let dialect = profile.dialect
    batch.note(.table(separator: dialect.separator, quote: dialect.quote), from: base)
  }

  private func addOtherUsers(_ column: Int, _ batch: inout RecordBatch, _ base: Int) {
    var others = Buffer<FieldRange>(count: fields.recordCount)
    others.copy(fields.column(column), at: 0)
    ValueKernels.dropNobodies(
      &others, fields.recordCount, named: nobodies, in: &batch.block, unquoted: true)
    for record in 0..<fields.recordCount {
      batch.addOtherUser(others[record], of: base + record)
    }
  }

  private static func readActions(
    _ fields: borrowing CutFields, _ column: Int, _ words: inout ActionWords,
    _ block: borrowing Block, _ actions: inout Buffer<UInt8>, _ base: Int
  ) {
    words.read(fields.column(column), in: block, into: &actions, at: base)
  }

  /// Copies the ranges of a column; `false` when the plan does not have it.
  @discardableResult private func copy(
    _ column: Int?, to target: inout Buffer<FieldRange>, _ base: Int
  ) -> Bool {
    guard let column else { return false }
    target.copy(fields.column(column), at: base)
    return true
  }

  private func copyDestinations(
    _ plan: DelimitedPlan, to target: inout Buffer<FieldRange>, _ block: borrowing Block,
    _ base: Int
  ) {
    guard copy(plan.destination, to: &target, base), profile.destinationBehind != nil else {
      return
    }
    for record in base..<base + fields.recordCount {
      target[record] = destination(target[record], in: block)
    }
  }

  /// The destination's address in its field.
  private func destination(_ field: FieldRange, in block: borrowing Block) -> FieldRange {
    guard let behind = profile.destinationBehind else { return field }
    let bytes = block.memoryBytes
    let places = Int(field.start)..<Int(field.end)
    guard let place = places.last(where: { bytes[$0] == behind }) else { return .missing }
    // The name of another proxy is no address.
    let rest = place + 1..<places.upperBound
    let isName = rest.contains { (bytes[$0] | 0x20) &- 0x67 < 20 }
    let hasMark = rest.contains { bytes[$0] == UInt8(ascii: ".") || bytes[$0] == UInt8(ascii: ":") }
    return hasMark && !isName
      ? FieldRange(start: UInt32(place + 1), end: field.end) : .missing
  }

  /// Regular lines may hold NUL bytes, too.
  private func refuseBinary(_ batch: inout RecordBatch, _ base: Int) {
    for record in base..<batch.count {
      let line = Int(batch.lines[record])
      let start = index.lineStart(line, blockStart: batch.block.start)
      if hasNUL(start..<index.lineEnd(line), in: batch.block.memoryBytes) {
        batch.status[record] = RecordStatus(.binaryData).rawValue
      }
    }
  }

  private func fillTimes(_ batch: inout RecordBatch, _ plan: DelimitedPlan, _ base: Int) {
    let bad = RecordStatus(.badTime, in: .time).rawValue
    switch plan.time {
    case .dateAndTime(let date, let time):
      FieldKernels.dateTimes(
        dates: fields.column(date), times: fields.column(time), in: batch.block,
        into: &batch.times, status: &batch.status, at: base, bad: bad)
      tellMissingTimes([date, time], &batch.status, batch.block, base, bad: bad)
      zone.toUTC(&batch.times, &batch.status, in: base..<batch.count, bad: bad)
    case .epochSeconds(let column):
      FieldKernels.epochs(
        fields.column(column), in: batch.block, into: &batch.times, status: &batch.status,
        at: base, bad: bad)
      tellMissingTimes([column], &batch.status, batch.block, base, bad: bad)
    case nil: break
    }
  }

  /// A time that cannot be read because a field of it says "nothing" is missing, not bad.
  private func tellMissingTimes(
    _ columns: [Int], _ status: inout Buffer<UInt8>, _ block: borrowing Block, _ base: Int,
    bad: UInt8
  ) {
    var status = status.mutableSpan
    for record in 0..<fields.recordCount where status[base + record] == bad {
      if columns.contains(where: { isNull(fields.column($0)[record], in: block.memoryBytes) }) {
        status[base + record] = RecordStatus(.missingTime, in: .time).rawValue
      }
    }
  }

  private func fillBytes(_ batch: inout RecordBatch, _ plan: DelimitedPlan, _ base: Int) {
    fillNumbers(plan.uploaded, .uploadedBytes, batch.block, &batch.uploaded, &batch.status, base)
    fillNumbers(
      plan.downloaded, .downloadedBytes, batch.block, &batch.downloaded, &batch.status, base)
    fillNumbers(plan.total, .totalBytes, batch.block, &batch.totals, &batch.status, base)
    if plan.total == nil {
      Self.addUp(batch.uploaded, batch.downloaded, into: &batch.totals, base..<batch.count)
    }
  }

  private static func addUp(
    _ up: borrowing Buffer<Int64>, _ down: borrowing Buffer<Int64>,
    into totals: inout Buffer<Int64>, _ records: Range<Int>
  ) {
    let up = up.span
    let down = down.span
    var totals = totals.mutableSpan
    let null = FieldKernels.null
    for record in records {
      let (up, down) = (up[record], down[record])
      totals[record] = up == null ? down : down == null ? up : up + down
    }
  }

  private func fillNumbers(
    _ column: Int?, _ attribute: Attribute, _ block: borrowing Block,
    _ values: inout Buffer<Int64>, _ status: inout Buffer<UInt8>, _ base: Int
  ) {
    guard let column else {
      var span = values.mutableSpan
      for record in base..<base + fields.recordCount { span[record] = FieldKernels.null }
      return
    }
    FieldKernels.decimals(
      fields.column(column), in: block, max: RejectReason.byteCountMax, into: &values,
      status: &status, at: base, bad: RecordStatus(.badByteCount, in: attribute).rawValue)
  }

  /// The host is the host field, else the host of the URL, else the destination address.
  private func fillHosts(_ batch: inout RecordBatch, _ plan: DelimitedPlan, _ base: Int) {
    if let host = plan.host {
      copy(host, to: &batch.hosts, base)
    } else if let url = plan.url {
      FieldKernels.urlHosts(fields.column(url), in: batch.block, into: &batch.hosts, at: base)
    }
    replaceNullHosts(&batch.hosts, &batch.status, batch.block, plan, base)
  }

  private func replaceNullHosts(
    _ hosts: inout Buffer<FieldRange>, _ status: inout Buffer<UInt8>, _ block: borrowing Block,
    _ plan: DelimitedPlan, _ base: Int
  ) {
    let bytes = block.memoryBytes
    var hosts = hosts.mutableSpan
    for record in 0..<fields.recordCount where isNull(hosts[base + record], in: bytes) {
      let other = otherHost(record, plan, block)
      hosts[base + record] = other
      if other.isEmpty, status[base + record] == 0 {
        status[base + record] = RecordStatus(.missingHost, in: .host).rawValue
      }
    }
  }

  private func otherHost(
    _ record: Int, _ plan: DelimitedPlan, _ block: borrowing Block
  ) -> FieldRange {
    if plan.host != nil, let url = plan.url {
      var host = Buffer<FieldRange>(count: 1)
      FieldKernels.urlHosts(
        fields.column(url).extracting(record..<record + 1), in: block, into: &host)
      if !isNull(host[0], in: block.memoryBytes) { return host[0] }
    }
    guard let column = plan.destination else { return .missing }
    let address = destination(fields.column(column)[record], in: block)
    return isNull(address, in: block.memoryBytes) ? .missing : address
  }

  private func isNull(_ range: FieldRange, in bytes: Span<UInt8>) -> Bool {
    range.isEmpty || (range.count == 1 && bytes[Int(range.start)] == UInt8(ascii: "-"))
  }

  /// Counts refused records as rejects, and gives all rejects their offsets in the text.
  private func refuseRecords(_ batch: inout RecordBatch, textOffset: Int) {
    for record in 0..<batch.count where batch.status[record] != 0 {
      let line = Int(batch.lines[record])
      batch.counts.events -= 1
      batch.counts.rejected += 1
      batch.rejects.append(
        RejectedLine(
          line: line, offset: index.lineStart(line, blockStart: batch.block.start),
          status: RecordStatus(rawValue: batch.status[record])))
    }
    let shift = textOffset - batch.block.start
    for place in batch.rejects.indices { batch.rejects[place].offset += shift }
  }
}
