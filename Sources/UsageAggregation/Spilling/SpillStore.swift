/// Keeps bytes out of memory for a while, where nobody else can read them.
package protocol SpillStore: Sendable {
  func store(_ bytes: [UInt8]) throws -> SpillPlace
  func load(_ place: SpillPlace) throws -> [UInt8]
}

/// Where bytes were spilled.
package struct SpillPlace: Sendable {
  package let offset: Int64
  package let byteCount: Int

  package init(offset: Int64, byteCount: Int) {
    self.offset = offset
    self.byteCount = byteCount
  }
}
