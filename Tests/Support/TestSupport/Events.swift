package import ByteBlocks
package import ByteKernels

/// One event as plain values; `nil` is a count that the log does not have.
package struct TestEvent {
  package var status: UInt8 = 0
  package var user: UInt32 = 0
  package var host: UInt32 = 0
  package var address: UInt32 = 0
  package var device: UInt32 = 0
  package var action: UInt8 = 0
  package var time: Int64 = 0
  package var uploaded: Int64?
  package var downloaded: Int64?
  package var total: Int64?

  package init() {}

  package static func random(_ random: inout SeededRandom, names: Int) -> TestEvent {
    func bytes(_ random: inout SeededRandom) -> Int64? {
      random.once(in: 4) ? nil : Int64(random.below(random.once(in: 9) ? 1 << 53 : 5000))
    }
    var event = TestEvent()
    event.status = random.once(in: 5) ? UInt8(1 + random.below(255)) : 0
    (event.user, event.host) = (UInt32(random.below(names)), UInt32(random.below(names)))
    event.address = random.once(in: 2) ? UInt32(random.below(names)) : 0
    (event.device, event.action) = (UInt32(random.below(2)), UInt8(random.below(3)))
    event.time = Int64(random.below(3)) * 86_400_000_000 + Int64(random.below(86_400_000_000))
    (event.uploaded, event.downloaded) = (bytes(&random), bytes(&random))
    event.total = bytes(&random)
    return event
  }
}

/// The columns of a batch of events.
package func makeColumns(_ events: [TestEvent]) -> EventColumns {
  let null = FieldKernels.null
  return EventColumns(
    count: events.count,
    status: makeBuffer(events.map(\.status)),
    users: makeBuffer(events.map(\.user)),
    hosts: makeBuffer(events.map(\.host)),
    addresses: makeBuffer(events.map(\.address)),
    devices: makeBuffer(events.map(\.device)),
    actions: makeBuffer(events.map(\.action)),
    times: makeBuffer(events.map(\.time)),
    uploaded: makeBuffer(events.map { $0.uploaded ?? null }),
    downloaded: makeBuffer(events.map { $0.downloaded ?? null }),
    totals: makeBuffer(events.map { $0.total ?? null })
  )
}

/// A buffer with `values`.
package func makeBuffer<Value: BitwiseCopyable>(_ values: [Value]) -> Buffer<Value> {
  var buffer = Buffer<Value>(count: values.count)
  for (place, value) in values.enumerated() { buffer[place] = value }
  return buffer
}
