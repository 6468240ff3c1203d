import Foundation

/// One file of the tree, as the tidy tests look at it.
struct SourceFile {
  /// From the root of the tree: `Sources/ByteBlocks/Block.swift`.
  let path: String
  let lines: [String]

  /// The lines without comments and without what stands in quotes: words there are no code.
  let code: [String]

  /// The folder below `Sources`: `ByteBlocks`.
  var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  /// The name without folder and ending: `Block`.
  var name: String {
    path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? ""
  }

  /// The modules that the file imports.
  var imports: [String] {
    code.compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place < 3, words.count > place + 1,
        words[..<place].allSatisfy({ Self.beforeImport.contains(String($0)) })
      else { return nil }
      return String(words[place + 1].prefix { $0 != "." })
    }
  }

  private static let beforeImport: Set = [
    "public", "package", "internal", "private", "fileprivate", "@testable", "@preconcurrency",
  ]

  init(path: String, text: String) {
    self.path = path
    var lines = text.components(separatedBy: "\n")
    if lines.last == "" { lines.removeLast() }
    self.lines = lines
    var isInText = false
    code = lines.map { Self.code(of: $0, isInText: &isInText) }
  }

  /// `isInText` says whether the line lies between triple quotes.
  private static func code(of line: String, isInText: inout Bool) -> String {
    if line.contains("\"\"\"") {
      if line.components(separatedBy: "\"\"\"").count == 2 { isInText.toggle() }
      return ""
    }
    if isInText { return "" }
    var code = ""
    var isQuoted = false
    var isEscaped = false
    for character in line {
      if character == "\"", !isEscaped { isQuoted.toggle() }
      if !isQuoted, character == "/", code.last == "/" { return String(code.dropLast()) }
      if !isQuoted { code.append(character) }
      isEscaped = character == "\\" && isQuoted && !isEscaped
    }
    return code
  }
}

/// The files of the tree.
enum Tree {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// All files below a folder with one of these endings, in order.
  static func files(in folder: String, endings: [String]) throws -> [SourceFile] {
    let base = root.appending(path: folder)
    let found = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
    return try (found ?? []).filter { path in endings.contains { path.hasSuffix("." + $0) } }
      .sorted().map { SourceFile(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)")) }
  }
}
