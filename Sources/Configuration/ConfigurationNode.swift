internal import Yams

/// Why a YAML file was refused: where it stands, and what is wrong with it.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// From 1; `nil` where the whole file is meant.
  package var line: Int?
  /// Keys from the top down to the one that is meant, joined by dots.
  package var key: String
  package var reason: String

  package init(line: Int? = nil, key: String = "", _ reason: String) {
    self.line = line
    self.key = key
    self.reason = reason
  }

  package var description: String {
    (line.map { "line \($0): " } ?? "") + (key.isEmpty ? "" : "\(key): ") + reason
  }
}

/// A part of a YAML file that knows where it stands in it.
package struct ConfigurationNode {
  private let node: Node
  /// What stands under each key, where this is keys and values.
  private let children: [String: Node]
  /// Keys from the top down to this node, joined by dots.
  package let key: String

  /// The top of the file that `text` is.
  package init(parsing text: String) throws(ConfigurationError) {
    do {
      // Every value is text here: no words are taken for numbers or dates.
      let scalars = text.unicodeScalars
      let content = scalars.first == "\u{feff}" ? String(scalars.dropFirst()) : text
      guard let top = try Yams.compose(yaml: content, .basic) else {
        throw ConfigurationError("The file is empty.")
      }
      self.init(top, key: "")
    } catch let error as ConfigurationError {
      throw error
    } catch let error as YamlError {
      throw Self.error(of: error)
    } catch { throw ConfigurationError("\(error)") }
    guard case .mapping = node else { throw error("Keys and values were expected.") }
  }

  private init(_ node: Node, key: String) {
    self.node = node
    self.key = key
    guard case .mapping(let mapping) = node else {
      children = [:]
      return
    }
    var children: [String: Node] = [:]
    for (word, value) in mapping {
      if case .scalar(let scalar) = word { children[scalar.string] = value }
    }
    self.children = children
  }

  private static func error(of error: YamlError) -> ConfigurationError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      ConfigurationError(line: mark.line, "This is no YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      ConfigurationError(
        line: context.mark.line, key: duplicates.sorted().joined(separator: ", "),
        "This key stands twice.")
    default: ConfigurationError("This is no YAML: \(error)")
    }
  }

  /// An error about this node.
  package func error(_ reason: String) -> ConfigurationError {
    ConfigurationError(line: node.mark?.line, key: key, reason)
  }

  /// Refuses keys that are not among `known`.
  package func allow(_ known: [String]) throws(ConfigurationError) {
    guard case .mapping(let mapping) = node else {
      throw error("Keys and values were expected.")
    }
    for (name, _) in mapping {
      guard let word = name.string, known.contains(word) else {
        throw ConfigurationError(
          line: name.mark?.line, key: path(name.string ?? "?"),
          "There is no such key. Known: \(known.joined(separator: ", ")).")
      }
    }
  }

  private func path(_ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

  /// What stands under `name`; `nil` where nothing does.
  package func child(_ name: String) -> ConfigurationNode? {
    children[name].map { ConfigurationNode($0, key: path(name)) }
  }

  /// The elements of a list; one that is no list has itself.
  package var elements: [ConfigurationNode] {
    guard case .sequence(let sequence) = node else { return [self] }
    return sequence.enumerated().map { ConfigurationNode($1, key: "\(key)[\($0 + 1)]") }
  }

  /// Whether it is keys and values.
  package var isMapping: Bool { if case .mapping = node { true } else { false } }

  /// The text of a value that is neither a list nor a mapping.
  package func text() throws(ConfigurationError) -> String {
    guard case .scalar(let scalar) = node else { throw error("One value was expected.") }
    return scalar.string
  }

  /// The value under `name`, if there is one.
  package func text(_ name: String) throws(ConfigurationError) -> String? {
    try child(name)?.text()
  }

  /// The values under `name`: a list or a single one; none where there is no such key.
  package func texts(_ name: String) throws(ConfigurationError) -> [String] {
    guard let child = child(name) else { return [] }
    var texts: [String] = []
    for element in child.elements { texts.append(try element.text()) }
    return texts
  }

  /// `true` or `false` under `name`.
  package func flag(_ name: String) throws(ConfigurationError) -> Bool {
    guard let child = child(name) else { return false }
    switch try child.text() {
    case "true": return true
    case "false": return false
    default: throw child.error("This must be true or false.")
    }
  }

  /// A number under `name`, not negative.
  package func number(_ name: String) throws(ConfigurationError) -> Int? {
    guard let child = child(name) else { return nil }
    guard let number = Int(try child.text()), number >= 0 else {
      throw child.error("This must be a number.")
    }
    return number
  }
}
