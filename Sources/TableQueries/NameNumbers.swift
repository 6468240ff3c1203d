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
    /// By the number of a text less one, the text that followed it in the last dictionary: most
    /// files of a table have nearly the same names, in the same order.
    var followers: [UInt32] = []
  }
  private let state = Mutex(State())
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
  /// - Complexity: a look-up a distinct text where the column has a dictionary, else one a row.
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
    state.withLock { state in
      var numbers = [UInt32](repeating: 0, count: strings.count)
      var last: UInt32?
      // Dictionaries of other writers may be in any order: then nothing follows as before.
      var guesses = Guesses()
      // The same as `strings.span(index)`, without a call of another room for each text.
      let (bytes, offsets) = (strings.bytes.span, strings.offsets.span)
      for index in 0..<strings.count {
        let text = bytes.extracting(offsets[index]..<offsets[index + 1])
        let guess = guesses.pay ? follower(of: last, text, state) : nil
        if last != nil { guesses.count(guess != nil) }
        let number = guess ?? place(of: text, &state)
        if let last { state.followers[Int(last)] = number }
        last = number
        numbers[index] = state.aliases[Int(number)]
      }
      return numbers
    }
  }

  /// Whether it pays to guess: as long as a quarter of all guesses was right.
  private struct Guesses {
    private static let countMin = 64
    private var all = 0
    private var right = 0
    var pay: Bool { all < Self.countMin || right * 4 > all }

    mutating func count(_ isRight: Bool) {
      guard pay else { return }
      all += 1
      if isRight { right += 1 }
    }
  }

  /// The text behind `last` in the last dictionary, if it is this one: a comparison in place of a
  /// look-up.
  private func follower(
    of last: UInt32?, _ text: Span<UInt8>, _ state: borrowing State
  ) -> UInt32? {
    guard let last else { return nil }
    let guess = state.followers[Int(last)]
    guard guess < state.names.count,
      compareBytes(state.names.strings.span(Int(guess)), text) == 0
    else { return nil }
    return guess
  }

  private func place(of text: Span<UInt8>, _ state: inout State) -> UInt32 {
    let known = state.names.count
    let number = state.names.number(of: text)
    if Int(number) == known { take(text, into: &state) }
    while state.followers.count < state.names.count { state.followers.append(.max) }
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
