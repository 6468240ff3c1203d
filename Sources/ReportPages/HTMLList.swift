/// A list that the page's script sorts, filters and shortens.
enum HTMLList {
  /// A section with the head of the list; rows follow, then `end`.
  ///
  /// - Parameters:
  ///   - texts: heads of the columns on the left.
  ///   - numbers: heads of those on the right.
  static func begin(
    _ page: inout HTMLText, _ title: String, texts: some Sequence<String>,
    numbers: some Sequence<String>
  ) {
    page.raw("<section>")
    page.element("h2", "", title)
    page.raw("<div class=\"card long\"><div class=\"filters\"><input type=\"search\" aria-label=\"")
    page.raw("Filter\" placeholder=\"Filter …\"><output aria-live=\"polite\"></output></div>")
    page.raw("<div class=\"scroll\"><table data-list=\"40\"><caption class=\"sr\">")
    page.add(title)
    page.raw("</caption><thead><tr>")
    for head in texts { add(&page, head, "") }
    for head in numbers { add(&page, head, " class=\"n\"") }
    page.raw("</tr></thead><tbody>")
  }

  private static func add(_ page: inout HTMLText, _ head: String, _ attributes: String) {
    page.raw("<th scope=\"col\"\(attributes)>")
    page.element("button", " type=\"button\"", head)
    page.raw("</th>")
  }

  static func end(_ page: inout HTMLText) {
    page.raw("</tbody></table></div><button type=\"button\" class=\"tool all\" hidden>")
    page.raw("Show all</button></div></section>")
  }

  /// A cell that is sorted by `value`.
  static func number(_ page: inout HTMLText, _ value: Int64, _ text: String) {
    page.element("td", " class=\"n\" data-v=\"\(value)\"", text)
  }
}
