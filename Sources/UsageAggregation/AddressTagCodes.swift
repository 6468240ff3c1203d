internal import ByteBlocks
internal import VeiledRecords

/// The tags of addresses as a column's codes.
struct AddressTagCodes: Sendable {
  /// By the rank of an address; code 0 is none.
  private(set) var ofAddress: [UInt32]
  /// Tags by their codes, sorted.
  private(set) var sorted = ByteStrings([""])

  /// - Parameters:
  ///   - addresses: the ranks of addresses, by list and number.
  ///   - names: what the lists' numbers stand for, with their tags.
  init(_ addresses: RankedNames, _ names: [VeiledNames]) {
    ofAddress = [UInt32](repeating: 0, count: addresses.sorted.count)
    guard names.contains(where: { !$0.addressTags.isEmpty }) else { return }
    var texts = [String?](repeating: nil, count: addresses.sorted.count)
    for (list, names) in names.enumerated() {
      for (number, rank) in addresses.ranks[list].enumerated() where rank > 0 {
        if let tag = names.tag(ofAddress: number) { texts[Int(rank)] = tag }
      }
    }
    let ranked = RankedNames(texts)
    (ofAddress, sorted) = (ranked.ranks[0], ranked.sorted)
  }
}
