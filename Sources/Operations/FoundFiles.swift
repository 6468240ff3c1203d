internal import Glibc

/// Files below folders, whatever they are called: for searches that must not pass anything over.
///
/// A storage takes only names that Logveil itself makes; what lies beside them has others.
struct FoundFiles {
  /// Paths, each file once.
  private(set) var paths: [String] = []
  /// What could not be looked at, with the reason.
  private(set) var unread: [(path: String, reason: String)] = []

  private struct FileID: Hashable {
    let device: dev_t
    let inode: ino_t
  }
  private var seen: Set<FileID> = []

  /// Adds a file, or all files below a folder; links are followed, each target once.
  mutating func add(_ path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return note(path) }
    guard seen.insert(FileID(device: status.st_dev, inode: status.st_ino)).inserted else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: paths.append(path)
    case S_IFDIR: addAll(in: path)
    default: note(path, "it is no file: a pipe, a socket or a device is not read")
    }
  }

  private mutating func addAll(in folder: String) {
    guard let stream = unsafe opendir(folder) else { return note(folder) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      // SAFETY: the system ends the name with a zero byte, inside the entry.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe String(cString: UnsafeRawPointer(tuple).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    for name in names.sorted() { add(folder.hasSuffix("/") ? folder + name : folder + "/" + name) }
  }

  /// Notes that something cannot be read, for the reason of the last call.
  private mutating func note(_ path: String) { note(path, "it cannot be read (error \(errno))") }

  mutating func note(_ path: String, _ reason: String) { unread.append((path, reason)) }

  /// All bytes of a file whose name has `suffix` more; none where there is none.
  static func bytes(beside path: String, _ suffix: String) -> [UInt8] {
    var files = FoundFiles()
    files.add(path + suffix)
    return files.paths.first.flatMap { files.bytes(of: $0) } ?? []
  }

  /// All bytes of a file; `nil` where it cannot be read, which is noted.
  mutating func bytes(of path: String) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      note(path)
      return nil
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      // SAFETY: the array has the bytes that are read at most.
      let count = unsafe read(file, &chunk, chunk.count)
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        note(path)
        return nil
      }
      bytes += chunk[..<count]
    }
  }
}
