internal import ByteBlocks
internal import ByteKernels
internal import ClearRecords
internal import VeiledRecords

extension LayoutReader {
  /// The host is the host field, else the host of the URL, else the destination address.
  func fillHosts(_ batch: inout RecordBatch, _ base: Int) {
    choose(single(.host), in: batch.block)
    undoEscapes(&batch.block)
    unquote(batch.block)
    FieldKernels.urlHosts(
      chosen.span.extracting(0..<cutter.count), in: batch.block, into: &batch.hosts, at: base)
    if !urlSlots.isEmpty {
      choose(urlSlots, in: batch.block)
      undoEscapes(&batch.block)
      unquote(batch.block)
      fillGaps(&batch.hosts, base, batch.block) { block, record in
        LineKernels.urlHost(self.chosen[record], in: block)
      }
    }
    choose(single(.destinationAddress), in: batch.block)
    fillGaps(&batch.hosts, base, batch.block) { block, record in
      LineKernels.withoutPort(self.chosen[record], in: block)
    }
    let missing = RecordStatus(.missingHost, in: .host).rawValue
    for record in base..<base + cutter.count where batch.hosts[record].isEmpty {
      // Nothing, where the line starts.
      let start = lineStarts[record - base]
      batch.hosts[record] = FieldRange(start: start, end: start)
      if !layout.isHostOptional, batch.status[record] == 0 { batch.status[record] = missing }
    }
  }

  private func fillGaps(
    _ hosts: inout Buffer<FieldRange>, _ base: Int, _ block: borrowing Block,
    _ other: (borrowing Block, Int) -> FieldRange
  ) {
    let bytes = block.memoryBytes
    for record in 0..<cutter.count where isNull(hosts[base + record], in: bytes) {
      hosts[base + record] = other(block, record)
    }
  }

  private func undoEscapes(_ block: inout Block) {
    guard !layout.escapes.isEmpty else { return }
    for record in 0..<cutter.count where !chosen[record].isEmpty {
      chosen[record] = LineKernels.undo(layout.escapes, in: chosen[record], &block)
    }
  }

  /// Takes the quotes off values of families that have none.
  private func unquote(_ block: borrowing Block) {
    let (bytes, quote) = (block.memoryBytes, UInt8(ascii: "\""))
    for record in 0..<cutter.count where chosen[record].count >= 2 {
      let (start, end) = (Int(chosen[record].start), Int(chosen[record].end))
      guard bytes[start] == quote, bytes[end - 1] == quote else { continue }
      chosen[record] = FieldRange(start: UInt32(start + 1), end: UInt32(end - 1))
    }
  }

  func fillNames(_ batch: inout RecordBatch, _ base: Int) {
    if slots[.user] != nil {
      choose(single(.user), in: batch.block)
      undoEscapes(&batch.block)
      dropNobodies(batch.block)
      copyChosen(to: &batch.users, base)
      batch.hasUsers = true
    }
    if slots[.sourceAddress] != nil {
      chooseAddresses(.sourceAddress, batch.block)
      dropHostNames(batch.block)
      copyChosen(to: &batch.sources, base)
      batch.hasSources = true
    }
    if slots[.device] != nil {
      choose(single(.device), in: batch.block)
      undoEscapes(&batch.block)
      copyChosen(to: &batch.devices, base)
      batch.hasDevices = true
    }
  }

  private func copyChosen(to column: inout Buffer<FieldRange>, _ base: Int) {
    for record in 0..<cutter.count { column[base + record] = chosen[record] }
  }

  private func chooseAddresses(_ attribute: Attribute, _ block: borrowing Block) {
    choose(single(attribute), in: block)
    for record in 0..<cutter.count where !chosen[record].isEmpty {
      chosen[record] = LineKernels.withoutPort(chosen[record], in: block)
    }
  }

  /// Sources by name instead of address, as `localhost` or a masked `x.x.x.x`: there is none then.
  private func dropHostNames(_ block: borrowing Block) {
    let bytes = block.memoryBytes
    for record in 0..<cutter.count where !chosen[record].isEmpty {
      let isName = (Int(chosen[record].start)..<Int(chosen[record].end)).contains { place in
        (bytes[place] | 0x20) &- 0x67 < 20  // g to z
      }
      if isName { chosen[record] = .missing }
    }
  }

  /// Users that are no people: words of the profile, and addresses.
  private func dropNobodies(_ block: borrowing Block) {
    let bytes = block.memoryBytes
    for record in 0..<cutter.count where !chosen[record].isEmpty {
      let name = bytes.extracting(Int(chosen[record].start)..<Int(chosen[record].end))
      if isAddress(name) || nobodies.contains(where: { isSame($0, name) }) {
        chosen[record] = .missing
      }
    }
  }

  private func isSame(_ lower: [UInt8], _ name: Span<UInt8>) -> Bool {
    guard lower.count == name.count else { return false }
    return lower.indices.allSatisfy { place in
      let byte = name[place]
      return (byte &- 0x41 < 26 ? byte | 0x20 : byte) == lower[place]
    }
  }

  /// `1.2.3.4`, or hexadecimal digits and at least two colons.
  private func isAddress(_ name: Span<UInt8>) -> Bool {
    var (dots, colons, others) = (0, 0, 0)
    for place in name.indices {
      let byte = name[place]
      if byte == UInt8(ascii: ".") { dots += 1 }
      if byte == UInt8(ascii: ":") { colons += 1 }
      let isDigit = byte &- 0x30 < 10
      let isHex = (byte | 0x20) &- 0x61 < 6
      if !isDigit && byte != UInt8(ascii: ".") && byte != UInt8(ascii: ":") {
        guard isHex else { return false }
        others += 1
      }
    }
    return colons >= 2 || (dots == 3 && others == 0 && colons == 0)
  }

  /// A host that is an address is the destination.
  private func takeAddressesOfHosts(
    _ hosts: borrowing Buffer<FieldRange>, _ base: Int, _ block: borrowing Block
  ) {
    let bytes = block.memoryBytes
    for record in 0..<cutter.count where chosen[record].isEmpty {
      let host = hosts[base + record]
      if isAddress(bytes.extracting(Int(host.start)..<Int(host.end))) { chosen[record] = host }
    }
  }

  func fillDetails(_ batch: inout RecordBatch, _ base: Int) {
    guard var details = batch.details.take() else { return }
    chooseAddresses(.destinationAddress, batch.block)
    takeAddressesOfHosts(batch.hosts, base, batch.block)
    copyChosen(to: &details.destinations, base)
    choose(single(.method), in: batch.block)
    copyChosen(to: &details.methods, base)
    choose(single(.httpStatus), in: batch.block)
    copyChosen(to: &details.statuses, base)
    choose(single(.userAgent), in: batch.block)
    copyChosen(to: &details.userAgents, base)
    batch.details = consume details
  }
}
