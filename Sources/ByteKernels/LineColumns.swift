public import ByteBlocks
internal import CKernels

/// Reads the fields of a layout's records, column by column.
extension LineCutter {
  private func columns(_ layout: Int) -> ck_columns {
    let kernel = unsafe plan.layouts[layout]
    return unsafe ck_columns(
      values: values.kernelAddress, stride: plan.stride, heads: heads.address, rows: kernel.rows,
      count: kernel.row_count)
  }

  /// Puts the first of `slots` that is neither empty nor `-` into `chosen`, for each record.
  ///
  /// - Returns: how many records have one.
  @discardableResult public func choose(
    _ slots: [UInt8], of layout: Int, in block: borrowing Block,
    into chosen: inout Buffer<FieldRange>
  ) -> Int {
    precondition(chosen.count >= count(of: layout), "Fewer places than records.")
    precondition(slots.allSatisfy { $0 < plan.stride }, "There is no such field.")
    var columns = unsafe columns(layout)
    // SAFETY: every record has a row and a place; its fields lie in the block they were cut from.
    return unsafe slots.withUnsafeBufferPointer { slots in
      unsafe ck_choose(
        block.bytes, &columns, slots.baseAddress, slots.count, chosen.kernelAddress)
    }
  }

  /// Appends all fields of `slots` that are neither empty nor `-`, in the order of their records,
  /// and for each the number of its record among the layout's.
  public func find(
    _ slots: [UInt8], of layout: Int, in block: borrowing Block, records: inout [Int],
    fields: inout [FieldRange]
  ) {
    precondition(slots.allSatisfy { $0 < plan.stride }, "There is no such field.")
    guard !slots.isEmpty else { return }
    var columns = unsafe columns(layout)
    var found = [ck_found_field](
      repeating: ck_found_field(), count: max(count(of: layout), slots.count))
    var next = 0
    while next < count(of: layout) {
      // SAFETY: as above; the kernel writes at most as many as there is room for, which is enough
      // for one row, so that each call gets further.
      let count = unsafe slots.withUnsafeBufferPointer { slots in
        unsafe found.withUnsafeMutableBufferPointer { found in
          unsafe ck_find_fields(
            block.bytes, &columns, slots.baseAddress, slots.count, &next, found.baseAddress,
            found.count)
        }
      }
      for place in 0..<count {
        let one = found[place]
        records.append(Int(one.row))
        fields.append(FieldRange(start: one.field.start, end: one.field.end))
      }
    }
  }

  /// Cuts a field at each `separator`; its parts go to `slots`, where there is one.
  public mutating func split(
    _ slot: UInt8, at separator: UInt8, into slots: [UInt8?], of layout: Int,
    in block: borrowing Block
  ) {
    let slots = slots.map { $0 ?? UInt8(CK_NO_SLOT) }
    var columns = unsafe columns(layout)
    // SAFETY: as in `choose`.
    unsafe slots.withUnsafeBufferPointer { slots in
      unsafe ck_split(block.bytes, &columns, slot, separator, slots.baseAddress, slots.count)
    }
  }

  /// Exchanges two fields of the records whose code is `code`.
  public mutating func exchange(
    _ first: UInt8, _ second: UInt8, of layout: Int, where codes: borrowing Buffer<UInt8>,
    are code: UInt8
  ) {
    precondition(codes.count >= count(of: layout), "Fewer codes than records.")
    var columns = unsafe columns(layout)
    // SAFETY: every record has a row and a code.
    unsafe ck_exchange(&columns, codes.address, code, first, second)
  }

  /// Reads byte counts: of each record the first entry of which it has something.
  ///
  /// - Parameters:
  ///   - entries: each is one slot, or several that are added up.
  ///   - max: the largest number that is one.
  ///   - status: of a record that has something else than a number it becomes `bad`, if it was 0.
  public func counts(
    _ entries: [[UInt8]], of layout: Int, in block: borrowing Block, max: Int64,
    into values: inout Buffer<Int64>, status: inout Buffer<UInt8>, at base: Int, bad: UInt8
  ) {
    let records = count(of: layout)
    precondition(
      values.count >= base + records && status.count >= base + records, "Fewer places.")
    let slots = entries.flatMap { $0 }
    let numbers = entries.enumerated().flatMap { number, entry in entry.map { _ in UInt8(number) } }
    var columns = unsafe columns(layout)
    // SAFETY: as in `choose`.
    unsafe slots.withUnsafeBufferPointer { slots in
      unsafe numbers.withUnsafeBufferPointer { numbers in
        unsafe ck_read_counts(
          block.bytes, &columns, slots.baseAddress, numbers.baseAddress, slots.count, max,
          values.address + base, status.address + base, bad)
      }
    }
  }

  /// Reads the times of records whose status is 0.
  ///
  /// - Parameters:
  ///   - isLocal: becomes 1 where a time carried no zone.
  ///   - status: becomes `missing` where there is no time, `bad` where it cannot be read.
  public func times(
    _ plan: borrowing TimePlan, of layout: Int, in block: borrowing Block,
    into micros: inout Buffer<Int64>, isLocal: inout Buffer<UInt8>, status: inout Buffer<UInt8>,
    at base: Int, missing: UInt8, bad: UInt8
  ) {
    let records = count(of: layout)
    precondition(
      micros.count >= base + records && status.count >= base + records && isLocal.count >= records,
      "Fewer places than records.")
    var columns = unsafe columns(layout)
    // SAFETY: as in `choose`; the plan lives for this call.
    unsafe plan.withKernel { kernel in
      unsafe ck_read_times(
        block.bytes, &columns, kernel, micros.address + base, isLocal.address,
        status.address + base, missing, bad)
    }
  }
}
