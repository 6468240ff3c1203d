internal import CKernels

/// What rows of one name came to. Its layout is the kernel's `ck_name_sums`.
@frozen package struct NameSums: BitwiseCopyable, Equatable, Sendable {
  package var events: Int64 = 0
  package var blocked: Int64 = 0
  package var uploaded: Int64 = 0
  package var downloaded: Int64 = 0
  package var total: Int64 = 0
  package var lastSeen = Int64.min

  package init() {}

  package static func += (sums: inout NameSums, more: NameSums) {
    sums.events &+= more.events
    sums.blocked &+= more.blocked
    sums.uploaded &+= more.uploaded
    sums.downloaded &+= more.downloaded
    sums.total &+= more.total
    sums.lastSeen = max(sums.lastSeen, more.lastSeen)
  }

  /// Columns of rows, all of one length.
  package struct Rows: ~Escapable {
    let events, blocked, uploaded, downloaded, total, seen: Span<Int64>

    /// - Precondition: all columns are of one length.
    @_lifetime(copy events, copy blocked, copy uploaded, copy downloaded, copy total, copy seen)
    package init(
      events: Span<Int64>, blocked: Span<Int64>, uploaded: Span<Int64>, downloaded: Span<Int64>,
      total: Span<Int64>, seen: Span<Int64>
    ) {
      precondition(
        blocked.count == events.count && uploaded.count == events.count
          && downloaded.count == events.count && total.count == events.count
          && seen.count == events.count, "Columns of rows differ in length.")
      self.events = events
      self.blocked = blocked
      self.uploaded = uploaded
      self.downloaded = downloaded
      self.total = total
      self.seen = seen
    }
  }

  /// Adds rows to the sums of their names; sums wrap around.
  ///
  /// - Parameters:
  ///   - numbers: of each row the place of its name in `sums`.
  ///   - rows: as many.
  package static func add(
    _ numbers: Span<UInt32>, _ rows: borrowing Rows, into sums: inout [NameSums]
  ) {
    var largest: UInt32 = 0
    for row in numbers.indices { largest = max(largest, numbers[row]) }
    precondition(
      rows.events.count == numbers.count && (numbers.isEmpty || Int(largest) < sums.count),
      "There is no such name.")
    // SAFETY: all columns have `numbers.count` rows and live for this call, every number is a place
    // in `sums`, and NameSums has the layout of ck_name_sums.
    unsafe numbers.withUnsafeBufferPointer { numbers in
      unsafe rows.withPointers { rows in
        unsafe withUnsafePointer(to: rows) { rows in
          unsafe sums.withUnsafeMutableBytes { sums in
            unsafe ck_names_add(
              numbers.baseAddress, numbers.count, rows,
              sums.baseAddress?.assumingMemoryBound(to: ck_name_sums.self))
          }
        }
      }
    }
  }
}

extension NameSums.Rows {
  /// The columns as the kernel takes them.
  fileprivate func withPointers(_ body: (ck_name_rows) -> Void) {
    // SAFETY: the spans live as long as this value; the caller's call ends before it does. Numbers
    // of both signs have one layout, and sums of both wrap around alike.
    func pointer(_ span: Span<Int64>) -> UnsafePointer<UInt64>? {
      unsafe span.withUnsafeBytes { unsafe $0.baseAddress?.assumingMemoryBound(to: UInt64.self) }
    }
    unsafe body(
      ck_name_rows(
        events: pointer(events), blocked: pointer(blocked), uploaded: pointer(uploaded),
        downloaded: pointer(downloaded), total: pointer(total),
        seen: seen.withUnsafeBufferPointer { $0.baseAddress }))
  }
}
