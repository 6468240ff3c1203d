internal import Glibc

/// Keeps what people name on the command line out of homes.
///
/// Commands run as the account that owns a home: whoever may enter it by `sudo -u` could else have
/// its state or its keys overwritten by a report, or read as if they were an export.
package enum HomeWall {
  /// Returns where no part of a path lies in a home; links are followed up to the last part.
  package static func checkOutput(_ path: String) throws(OperationError) {
    try check(path, doing: "Nothing is written there by name; choose a path outside of it.")
  }

  /// Returns where an open file does not lie in a home, whatever name led to it.
  static func checkInput(
    _ descriptor: Int32, named path: String
  ) throws(OperationError) {
    let link = "/proc/self/fd/\(descriptor)"
    guard let real = resolved(link) else {
      throw OperationError(.noInput, "\(path) cannot be read.")
    }
    guard !isInHome(real) else {
      throw OperationError(.notPermitted, "\(path) lies in a home, and is no export.")
    }
  }

  private static func check(_ path: String, doing advice: String) throws(OperationError) {
    // What is not there yet has a folder that is; a folder that is not will have its own.
    var folder = path.hasPrefix("/") ? path : "./" + path
    repeat {
      folder = parent(of: folder)
      guard let real = resolved(folder) else { continue }
      guard !isInHome(real + "/.") else {
        throw OperationError(.notPermitted, "\(path) lies in a home. \(advice)")
      }
      return
    } while folder != "/" && folder != "."
  }

  /// Whether one of the folders above `path`, which has no links in it, is a home.
  private static func isInHome(_ path: String) -> Bool {
    var folder = path
    while folder != "/" {
      folder = parent(of: folder)
      var status = stat()
      if unsafe lstat(folder + "/state.sqlite", &status) == 0 { return true }
    }
    return false
  }

  /// Whether two paths lead to one file.
  static func areSame(_ a: String, _ b: String) -> Bool {
    guard let (a, b) = resolved(a).flatMap({ a in resolved(b).map { (a, $0) } }) else {
      return false
    }
    return a == b
  }

  private static func parent(of path: String) -> String {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? path.dropLast() : path[...]
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
  }

  private static func resolved(_ path: String) -> String? {
    // SAFETY: the text that realpath makes is copied and given back.
    guard let text = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }
}
