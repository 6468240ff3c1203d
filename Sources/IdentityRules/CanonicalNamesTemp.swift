package struct CanonicalNames: Sendable {
  package init() {}
  package func user(_ raw: Span<UInt8>, into name: inout [UInt8]) -> Bool { lower(raw, &name) }
  package func machine(_ raw: Span<UInt8>, into name: inout [UInt8]) -> Bool { lower(raw, &name) }
  func lower(_ raw: Span<UInt8>, _ name: inout [UInt8]) -> Bool {
    if raw.isEmpty || (raw.count == 1 && raw[0] == 0x2d) { return false }
    name = raw.indices.map { raw[$0] >= 0x41 && raw[$0] <= 0x5a ? raw[$0] | 0x20 : raw[$0] }
    return true
  }
}
package enum CanonicalAddress {
  package static func canonicalise(_ raw: Span<UInt8>, into name: inout [UInt8]) -> Bool { CanonicalNames().lower(raw, &name) }
}
