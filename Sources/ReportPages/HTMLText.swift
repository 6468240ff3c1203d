/// Writes HTML. What stands in elements and attributes is escaped by whoever adds it.
struct HTMLText {
  private(set) var text = ""

  /// Adds markup as it stands.
  mutating func raw(_ markup: String) { text += markup }

  /// Adds a text of any origin.
  mutating func add(_ value: String) { Self.escape(value, into: &text) }

  /// Adds an element with a text in it. `attributes` is markup: ` class="name"`.
  mutating func element(_ name: String, _ attributes: String = "", _ value: String) {
    raw("<\(name)\(attributes)>")
    add(value)
    raw("</\(name)>")
  }

  /// A text of any origin as markup, also for attributes in double quotes.
  static func escaped(_ value: String) -> String {
    var text = ""
    escape(value, into: &text)
    return text
  }

  private static func escape(_ value: String, into text: inout String) {
    for scalar in PlainText.visible(value).unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
