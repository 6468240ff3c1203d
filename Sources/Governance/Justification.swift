/// A reason that a person gave: some text that can be seen.
package struct Justification: Equatable, Sendable {
  /// As it was typed.
  package let text: String

  /// Refuses text in which nothing can be seen: blanks, controls and invisible marks only.
  package init(_ text: String) throws(GovernanceError) {
    guard text.unicodeScalars.contains(where: Self.shows) else { throw .blankJustification }
    let byteCount = text.utf8.count
    guard byteCount <= GovernanceRecord.fieldBytesMax else {
      throw .fieldTooLong(field: "justification", byteCount: byteCount)
    }
    self.text = text
  }

  private static func shows(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    // The blank pattern of braille is a symbol to Unicode, and white to the eye.
    if properties.isDefaultIgnorableCodePoint || properties.isWhitespace || scalar == "\u{2800}" {
      return false
    }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
      return false
    default: return true
    }
  }
}
