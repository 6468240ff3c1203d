internal import ByteKernels
internal import Configuration
internal import VeiledRecords

/// What a profile must say beyond words that can be read: mistakes that would make each line of a
/// layout a reject, or leave an attribute empty without a reason.
enum ProfileCheck {
  /// Attributes and the keys under which a profile names their fields.
  private static let keys: [(key: String, attribute: Attribute)] = [
    ("user", .user), ("source", .sourceAddress), ("destination", .destinationAddress),
    ("host", .host), ("device", .device), ("uploaded", .uploadedBytes),
    ("downloaded", .downloadedBytes), ("total", .totalBytes), ("method", .method),
    ("status", .httpStatus), ("user-agent", .userAgent),
  ]

  static func check(
    _ layout: LineLayout, _ node: ConfigurationNode
  ) throws(ConfigurationError) {
    if layout.isNeverTraffic { return }
    guard !layout.time.isEmpty else {
      throw node.error("A layout needs `time`, unless its rules of `traffic` leave all lines out.")
    }
    let hasHost = [.host, .destinationAddress].contains { layout.fields[$0] != nil }
    guard hasHost || !layout.urls.isEmpty || layout.isHostOptional else {
      throw node.error("A layout needs `host`, `url` or `destination`, or `host-optional: true`.")
    }
    guard let known = knownFields(of: layout) else { return }
    for (place, rule) in layout.time.enumerated() {
      guard let name = rule.fields.first(where: { !known.contains($0.lowercased()) }) else {
        continue
      }
      let rules = node.child("time")?.elements ?? []
      throw unknown(name, rules.indices.contains(place) ? rules[place] : node)
    }
    for (key, attribute) in keys {
      try check(layout.fields[attribute]?.flatMap { $0 } ?? [], key, known, node)
    }
    try check(layout.told.map { [$0.name] } ?? [], "told-by", known, node)
    try check(layout.otherUsers, "other-users", known, node)
    try check(layout.urls, "url", known, node)
    try check(layout.actions, "action", known, node)
  }

  private static func check(
    _ names: [String], _ key: String, _ known: Set<String>, _ node: ConfigurationNode
  ) throws(ConfigurationError) {
    guard let name = names.first(where: { !known.contains($0.lowercased()) }) else { return }
    throw unknown(name, node.child(key) ?? node)
  }

  private static func unknown(_ name: String, _ node: ConfigurationNode) -> ConfigurationError {
    node.error("The layout has no field \(name): no column, capture or part has this name.")
  }

  /// The fields that lines of the layout can have; `nil` where each line names its own.
  private static func knownFields(of layout: LineLayout) -> Set<String>? {
    var names: [String]
    switch layout.shape {
    case .places(_, _, _, _, let columns, _):
      if layout.header != nil { return nil }
      names = columns
    case .templates(let templates):
      if layout.readsPairs { return nil }
      names = templates.flatMap { $0.pieces.compactMap(\.name) }
    default: return nil
    }
    names += layout.parts.flatMap(\.names)
    return Set(names.map { $0.lowercased() })
  }
}
