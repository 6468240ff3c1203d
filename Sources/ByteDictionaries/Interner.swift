package import ByteBlocks
internal import ByteKernels

/// Byte strings and their dense numbers, from 0 in the order of first sight.
package struct Interner: ~Copyable {
  private var table = DictionaryTable()
  /// The strings by their numbers.
  package private(set) var strings = ByteStrings()

  package init() {}

  /// Number of strings.
  package var count: Int { strings.count }

  /// Bytes of memory in use.
  package var byteCount: Int {
    table.byteCount + strings.byteCount
  }

  /// The number of a string that was never seen.
  package static var unseen: UInt32 { DictionaryTable.absent }

  /// The numbers of `strings`, `unseen` where there is none: much faster than one by one.
  ///
  /// - Returns: how many are unseen.
  package mutating func find(_ strings: ByteStrings, numbers: inout [UInt32]) -> Int {
    table.find(strings, values: &numbers)
  }

  /// The number of `string`, a new one if it was never seen.
  package mutating func number(of string: Span<UInt8>) -> UInt32 {
    let next = UInt32(strings.count)
    let number = table.value(of: string) { next }
    if number == next { strings.append(bytes: string) }
    return number
  }
}
