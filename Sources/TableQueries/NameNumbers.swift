package import ByteBlocks
internal import ByteDictionaries
package import ColumnTables
internal import Synchronization

/// One numbering of the texts of a column, over all files and threads.
///
/// Each file has its own dictionaries, so that codes of two files mean different texts; the numbers
/// of this list mean the same everywhere. 0 stands for null, texts count from 1 in the order of
/// first sight. Which number a text gets depends on the threads: results must not.
package final class NameNumbers: Sendable {
  private struct State: ~Copyable {
    var names = Interner()
    /// By the number of a text less one, the number that stands for it.
    var aliases: [UInt32] = []
  }
  private let state = Mutex(State())
  /// Texts that sorted dictionaries had; replaced as a whole, so that it is read without waiting.
  private let sorted = Mutex<SortedNames?>(nil)
  /// From here on it pays to look at dictionaries in their order.
  private static let sortedMin = 1 << 8
  /// More bytes than these are not kept in order beside the others.
  private static let sortedBytesMax = 64 << 20

  private let canonical: (@Sendable (Span<UInt8>) -> [UInt8]?)?
  private let onNew: (@Sendable (UInt32, Span<UInt8>) -> Void)?

  /// - Parameters:
  ///   - canonical: the text that stands for another one; `nil` where it stands for itself. Asked
  ///     once for each text.
  ///   - onNew: is told of each text when it is seen first, in the order of the numbers.
  package init(
    canonical: (@Sendable (Span<UInt8>) -> [UInt8]?)? = nil,
    onNew: (@Sendable (UInt32, Span<UInt8>) -> Void)? = nil
  ) {
    self.canonical = canonical
    self.onNew = onNew
  }

  /// The highest number that was given.
  package var count: Int { state.withLock { $0.names.count } }

  /// The texts by their numbers less one.
  package func texts() -> ByteStrings { state.withLock { $0.names.strings } }

  /// The same as texts that Swift knows; bad UTF-8 is repaired.
  package var allTexts: [String] {
    let texts = texts()
    return (0..<texts.count).map { texts.string($0) }
  }

  /// The numbers of a column of texts, row by row.
  ///
  /// - Complexity: a look-up a distinct text where the column has a dictionary, else one a row; all
  ///   of a batch at once.
  package func numbers(of column: Column) -> [UInt32] {
    switch column.values {
    case .codes(let codes, let dictionary):
      let numbers = numbers(of: dictionary)
      guard let isValid = column.isValid else { return codes.map { numbers[Int($0)] } }
      var rows = [UInt32](repeating: 0, count: codes.count)
      for row in rows.indices where isValid[row] { rows[row] = numbers[Int(codes[row])] }
      return rows
    case .strings(let strings):
      var rows = numbers(of: strings)
      if let isValid = column.isValid {
        for row in rows.indices where !isValid[row] { rows[row] = 0 }
      }
      return rows
    case .booleans, .int32s, .int64s:
      preconditionFailure("Only texts have numbers.")
    }
  }

  private func numbers(of strings: ByteStrings) -> [UInt32] {
    guard strings.count >= Self.sortedMin else { return numbersByHash(of: strings) }
    guard let known = sorted.withLock({ $0 }) else {
      let numbers = numbersByHash(of: strings)
      keep(nil, strings, numbers)
      return numbers
    }
    var numbers = [UInt32](repeating: 0, count: strings.count)
    let absent = known.find(strings, &numbers)
    if absent.isEmpty { return numbers }
    var others = ByteStrings()
    for index in absent { others.append(strings, index) }
    for (index, number) in zip(absent, numbersByHash(of: others)) { numbers[index] = number }
    // A few are found by hash again and again at less cost than that of a new order.
    if absent.count * 8 > strings.count { keep(known, strings, numbers) }
    return numbers
  }

  /// Keeps texts in order, if they are and if they are not too many.
  private func keep(_ known: SortedNames?, _ strings: ByteStrings, _ numbers: [UInt32]) {
    guard (known?.byteCount ?? 0) + strings.byteCount <= Self.sortedBytesMax,
      let joined = SortedNames.joined(known, strings, numbers)
    else { return }
    sorted.withLock { if $0.map({ $0.count < joined.count }) ?? true { $0 = joined } }
  }

  private func numbersByHash(of strings: ByteStrings) -> [UInt32] {
    var numbers = [UInt32](repeating: 0, count: strings.count)
    state.withLock { state in
      let unseen = state.names.find(strings, numbers: &numbers)
      for index in numbers.indices {
        if unseen > 0, numbers[index] == Interner.unseen {
          numbers[index] = place(of: strings.span(index), &state)
        }
        numbers[index] = state.aliases[Int(numbers[index])]
      }
    }
    return numbers
  }

  /// The place of a text that may be new.
  private func place(of text: Span<UInt8>, _ state: inout State) -> UInt32 {
    let known = state.names.count
    let number = state.names.number(of: text)
    if Int(number) == known { take(text, into: &state) }
    return number
  }

  /// Gives the newest text its number, or that of the text that stands for it.
  private func take(_ text: Span<UInt8>, into state: inout State) {
    let place = state.aliases.count
    state.aliases.append(UInt32(place + 1))
    onNew?(UInt32(place + 1), text)
    guard let other = canonical?(text) else { return }
    let number = state.names.number(of: other.span)
    if Int(number) == state.aliases.count {
      state.aliases.append(number + 1)
      onNew?(number + 1, other.span)
    }
    state.aliases[place] = number + 1
  }
}
