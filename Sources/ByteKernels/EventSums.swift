public import ByteBlocks
internal import CKernels

/// What all events of a block came to.
public struct EventSums: Equatable, Sendable {
  /// The earliest and the latest time, in microseconds since 1970; `nil` without events.
  public let seen: ClosedRange<Int64>?
  /// Bytes; sums wrap around.
  public let uploaded, downloaded: Int64

  /// Adds up the events of columns.
  ///
  /// - Parameter level: which form of the kernel runs; they give equal results.
  public init(_ events: borrowing EventColumns, level: KernelLevel = .best) {
    let count = events.count
    precondition(
      events.status.count >= count && events.times.count >= count
        && events.uploaded.count >= count && events.downloaded.count >= count,
      "Columns of events differ in length.")
    // SAFETY: all four columns have so many values and live for this call.
    let sums = unsafe ck_events_add(
      level.kernel, events.status.address, events.times.address, events.uploaded.address,
      events.downloaded.address, count)
    seen = sums.first <= sums.last ? sums.first...sums.last : nil
    (uploaded, downloaded) = (sums.uploaded, sums.downloaded)
  }

  /// Whether none of the first `count` numbers is larger than `most`.
  ///
  /// - Precondition: `most` is not below 0.
  public static func areAll(
    _ numbers: borrowing Buffer<Int64>, _ count: Int, atMost most: Int64
  ) -> Bool {
    precondition(count <= numbers.count && most >= 0, "Outside of the column.")
    // SAFETY: the column has so many values and lives for this call.
    return unsafe ck_all_at_most(numbers.address, count, most) != 0
  }
}
