internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import VeiledRecords

extension LayoutReader {
  /// The host is the host field, else the host of the URL, else the destination address.
  func fillHosts(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter,
    _ scratch: inout ColumnScratch
  ) {
    let count = cutter.count(of: number)
    chooseHosts(single(.host), &batch, cutter, &scratch)
    FieldKernels.urlHosts(
      scratch.chosen.span.extracting(0..<count), in: batch.block, into: &batch.hosts, at: base)
    if !urlSlots.isEmpty, gaps(in: batch, base, count) > 0 {
      chooseHosts(urlSlots, &batch, cutter, &scratch)
      var hosts = Buffer<FieldRange>(count: count)
      FieldKernels.urlHosts(
        scratch.chosen.span.extracting(0..<count), in: batch.block, into: &hosts)
      ValueKernels.fillGaps(&batch.hosts, from: base, with: hosts, count, in: batch.block)
    }
    guard gaps(in: batch, base, count) > 0 else { return }
    chooseAddresses(.destinationAddress, cutter, &scratch, batch.block)
    ValueKernels.fillGaps(&batch.hosts, from: base, with: scratch.chosen, count, in: batch.block)
    let missing = RecordStatus(.missingHost, in: .host).rawValue
    for record in base..<base + count where batch.hosts[record].isEmpty {
      // Nothing, where the line starts.
      let start = UInt32(cutter.line(record - base, of: number).start)
      batch.hosts[record] = FieldRange(start: start, end: start)
      if !layout.isHostOptional, batch.status[record] == 0 { batch.status[record] = missing }
    }
  }

  private func gaps(in batch: borrowing RecordBatch, _ base: Int, _ count: Int) -> Int {
    ValueKernels.gapCount(batch.hosts, from: base, count, in: batch.block)
  }

  private func chooseHosts(
    _ slots: [UInt8], _ batch: inout RecordBatch, _ cutter: borrowing LineCutter,
    _ scratch: inout ColumnScratch
  ) {
    choosePlain(slots, &batch, cutter, &scratch)
    ValueKernels.unquote(&scratch.chosen, cutter.count(of: number), in: batch.block)
  }

  /// Chooses fields, and undoes the layout's escapes in them.
  private func choosePlain(
    _ slots: [UInt8], _ batch: inout RecordBatch, _ cutter: borrowing LineCutter,
    _ scratch: inout ColumnScratch
  ) {
    cutter.choose(slots, of: number, in: batch.block, into: &scratch.chosen)
    guard !layout.escapes.isEmpty else { return }
    ValueKernels.undo(
      layout.escapes, &scratch.chosen, cutter.count(of: number), in: &batch.block)
  }

  private func chooseAddresses(
    _ attribute: Attribute, _ cutter: borrowing LineCutter, _ scratch: inout ColumnScratch,
    _ block: borrowing Block
  ) {
    cutter.choose(single(attribute), of: number, in: block, into: &scratch.chosen)
    ValueKernels.dropPorts(&scratch.chosen, cutter.count(of: number), in: block)
  }

  func fillNames(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter,
    _ scratch: inout ColumnScratch
  ) {
    let count = cutter.count(of: number)
    if slots[.user] != nil {
      choosePlain(single(.user), &batch, cutter, &scratch)
      ValueKernels.dropNobodies(
        &scratch.chosen, count, named: nobodies, in: &batch.block,
        unquoted: layout.doublesQuotes)
      batch.users.copy(scratch.chosen.span.extracting(0..<count), at: base)
      batch.hasUsers = true
    }
    if layout.readsAllUsers {
      addOtherUsers(&batch, base, cutter)
      addKnown(&batch, base, cutter)
      batch.note(layout.recordShape, from: base)
    }
    if slots[.sourceAddress] != nil {
      chooseAddresses(.sourceAddress, cutter, &scratch, batch.block)
      ValueKernels.dropHostNames(&scratch.chosen, count, in: batch.block)
      batch.sources.copy(scratch.chosen.span.extracting(0..<count), at: base)
      batch.hasSources = true
    }
    if slots[.device] != nil {
      choosePlain(single(.device), &batch, cutter, &scratch)
      batch.devices.copy(scratch.chosen.span.extracting(0..<count), at: base)
      batch.hasDevices = true
    }
  }

  /// Adds what all fields with names of users hold but the one that counts.
  private func addOtherUsers(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter
  ) {
    var (records, fields): ([Int], [FieldRange]) = ([], [])
    cutter.find(userSlots, of: number, in: batch.block, records: &records, fields: &fields)
    guard !fields.isEmpty else { return }
    if layout.shape == .json { addMembers(&records, &fields, &batch.block) }
    var others = Buffer<FieldRange>(count: fields.count)
    var count = 0
    // Of the event's own the escapes are undone already; doing so twice would spoil it.
    for place in fields.indices
    where fields[place].start != batch.users[base + records[place]].start {
      others[count] = fields[place]
      records[count] = base + records[place]
      count += 1
    }
    ValueKernels.undo(layout.escapes, &others, count, in: &batch.block)
    ValueKernels.dropNobodies(
      &others, count, named: nobodies, in: &batch.block, unquoted: layout.doublesQuotes)
    for place in 0..<count { batch.addOtherUser(others[place], of: records[place]) }
  }

  /// Adds the other members of arrays whose first one is a field.
  private func addMembers(
    _ records: inout [Int], _ fields: inout [FieldRange], _ block: inout Block
  ) {
    for place in fields.indices {
      let found = JSONArray.members(behind: fields[place], in: block.memoryBytes)
      guard !found.isEmpty else { continue }
      var members = Buffer<FieldRange>(count: found.count)
      for (number, member) in found.enumerated() { members[number] = member }
      ValueKernels.undo(.backslash, &members, found.count, in: &block)
      for number in found.indices {
        records.append(records[place])
        fields.append(members[number])
      }
    }
  }

  /// Adds the fields out of which the events are read, and what a syslog header begins with.
  private func addKnown(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter
  ) {
    var (records, fields): ([Int], [FieldRange]) = ([], [])
    cutter.find(knownSlots, of: number, in: batch.block, records: &records, fields: &fields)
    var place = 0
    for record in 0..<cutter.count(of: number) {
      batch.addKnown(cutter.header(record, of: number), of: base + record)
      while place < records.count, records[place] == record {
        batch.addKnown(fields[place], of: base + record)
        place += 1
      }
    }
  }

  func fillDetails(
    _ batch: inout RecordBatch, _ base: Int, _ cutter: borrowing LineCutter,
    _ scratch: inout ColumnScratch
  ) {
    guard var details = batch.details.take() else { return }
    let count = cutter.count(of: number)
    chooseAddresses(.destinationAddress, cutter, &scratch, batch.block)
    ValueKernels.fillGaps(
      &scratch.chosen, withAddressesOf: batch.hosts, from: base, count, in: batch.block)
    details.destinations.copy(scratch.chosen.span.extracting(0..<count), at: base)
    cutter.choose(single(.method), of: number, in: batch.block, into: &scratch.chosen)
    details.methods.copy(scratch.chosen.span.extracting(0..<count), at: base)
    cutter.choose(single(.httpStatus), of: number, in: batch.block, into: &scratch.chosen)
    details.statuses.copy(scratch.chosen.span.extracting(0..<count), at: base)
    cutter.choose(single(.userAgent), of: number, in: batch.block, into: &scratch.chosen)
    details.userAgents.copy(scratch.chosen.span.extracting(0..<count), at: base)
    batch.details = consume details
  }
}
