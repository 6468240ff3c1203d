/// The steps that look at bytes only.
package enum Spelling {
  /// Copies `raw` in lower case, if it is plain: ASCII without `%`, `=`, quotes and control
  /// characters, which need no step but case, backslashes, blanks and realms.
  ///
  /// - Returns: whether it is; what `name` holds is of no use otherwise.
  static func lowerPlain(_ raw: Span<UInt8>, into name: inout [UInt8]) -> Bool {
    name.removeAll(keepingCapacity: true)
    var isPlain = true
    name.append(addingCapacity: raw.count) { lower in
      for index in raw.indices {
        let byte = raw[index]
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): lower.append(byte | 0x20)
        case UInt8(ascii: "%"), UInt8(ascii: "="), UInt8(ascii: "\""), 0..<0x20, 0x7f...:
          isPlain = false
          return
        default: lower.append(byte)
        }
      }
    }
    return isPlain
  }

  /// Makes one backslash of several in a row: logs double them, once or twice.
  static func collapseBackslashes(_ name: inout [UInt8]) {
    let backslash = UInt8(ascii: "\\")
    guard name.contains(backslash) else { return }
    var count = 0
    for byte in name {
      if byte == backslash, count > 0, name[count - 1] == backslash { continue }
      name[count] = byte
      count += 1
    }
    name.removeLast(name.count - count)
  }

  /// Takes away blanks and pairs of double quotes around a name.
  static func trim(_ name: inout [UInt8]) {
    let kept = trimmed(name.indices, of: name)
    if kept.upperBound < name.count { name.removeLast(name.count - kept.upperBound) }
    if kept.lowerBound > 0 { name.removeFirst(kept.lowerBound) }
  }

  /// What of `range` is left without blanks and pairs of double quotes around it.
  static func trimmed(_ range: Range<Int>, of name: [UInt8]) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end {
      if isBlank(name[start]) {
        start += 1
      } else if isBlank(name[end - 1]) {
        end -= 1
      } else if end - start > 1, name[start] == 0x22, name[end - 1] == 0x22 {
        start += 1
        end -= 1
      } else {
        break
      }
    }
    return start..<end
  }

  /// Takes away blanks around a name, and with them `front` before and any of `ends` behind it.
  static func trim(
    _ name: inout [UInt8],
    alsoInFront front: UInt8,
    alsoBehind ends: some Collection<UInt8>
  ) {
    let end = name.lastIndex { !isBlank($0) && !ends.contains($0) }.map { $0 + 1 } ?? 0
    name.removeLast(name.count - end)
    let start = name.firstIndex { !isBlank($0) && $0 != front } ?? name.count
    name.removeFirst(start)
  }

  /// Undoes `%xx`, also where it spells another `%`; nothing where the outcome would hold control
  /// characters or be no valid UTF-8.
  static func undoEscapes(_ name: inout [UInt8]) {
    guard name.contains(UInt8(ascii: "%")) else { return }
    var undone: [UInt8] = []
    undone.reserveCapacity(name.count)
    for byte in name {
      undone.append(byte)
      // What was just completed may complete another one: %2541 is %41 is A.
      while let byte = escape(atEndOf: undone) {
        if byte < 0x20 || byte == 0x7f { return }
        undone.removeLast(2)
        undone[undone.count - 1] = byte
      }
    }
    if String(validating: undone, as: UTF8.self) != nil { name = undone }
  }

  private static func escape(atEndOf bytes: [UInt8]) -> UInt8? {
    guard bytes.count >= 3, bytes[bytes.count - 3] == UInt8(ascii: "%"),
      let high = hexadecimalValue(bytes[bytes.count - 2]),
      let low = hexadecimalValue(bytes[bytes.count - 1])
    else { return nil }
    return high << 4 | low
  }

  /// The value of a hexadecimal digit of either case.
  package static func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
