internal import ByteBlocks
import Glibc
import Synchronization

/// One archive by name.
package struct ArchiveReference: Sendable, Hashable {
  /// The path as it was given, or found below the folder given; `-` for standard input.
  package let path: String
  /// Size of a regular file when it was listed, or of a file in a container by its header; `nil`
  /// where nothing tells it.
  package let byteCount: UInt64?
  /// When a regular file was changed last, in seconds since 1970, as it was listed.
  package let modifiedSeconds: Int64?
  /// The file in the container at `path`; `nil` where the file at `path` is the archive.
  package let entry: Entry?
  /// Why nothing of a container can be read, found when it was looked into.
  let damage: ArchiveError?

  /// A file in a container: its name is for people only, and never a path.
  package struct Entry: Sendable, Hashable {
    package let number: Int
    package let name: String
  }

  /// An archive at `path`, not looked up.
  package init(path: String, byteCount: UInt64? = nil, modifiedSeconds: Int64? = nil) {
    self.path = path
    self.byteCount = byteCount
    self.modifiedSeconds = modifiedSeconds
    entry = nil
    damage = nil
  }

  /// A file in a container.
  init(
    _ container: ArchiveReference, entry number: Int, named name: String,
    byteCount: UInt64? = nil, damage: ArchiveError? = nil
  ) {
    self.damage = damage
    path = container.path
    self.byteCount = byteCount
    modifiedSeconds = container.modifiedSeconds
    entry = Entry(number: number, name: name)
  }

  /// The last part of the path: what tables call the archive. Behind it stands the last part of
  /// the name of a file in a container.
  package var name: String {
    Self.lastPart(of: path) + (entry.map { ":" + Self.lastPart(of: $0.name) } ?? "")
  }

  /// The path for messages, with the name of a file in a container.
  package var label: String {
    (path + (entry.map { ":" + $0.name } ?? "")).withoutControls
  }

  private static func lastPart(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.index(after: $0)...]) }
      ?? path
  }

  /// Whether this is standard input.
  package var isStandardInput: Bool { path == "-" }
}

extension String {
  /// With U+FFFD in place of control characters: a name is for people, and no sign in it starts a
  /// line or moves a cursor.
  var withoutControls: String {
    let scalars = unicodeScalars.map {
      $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
    }
    return String(String.UnicodeScalarView(scalars))
  }
}

/// The archives that a command line names.
package struct ArchiveList: Sendable {
  /// Sorted by the bytes of their paths, each file once, standard input last.
  package private(set) var archives: [ArchiveReference] = []
  /// Sockets, pipes and devices met inside folders, which were left out.
  package private(set) var passedOver: [String] = []
  /// What could not be listed, with the reason: folders met inside folders that may not be read,
  /// and arguments where these are not errors.
  package private(set) var unreadable: [(path: String, reason: String)] = []

  private var seen: Set<FileID> = []
  private let parallel: ParallelFor
  private struct FileID: Hashable, Sendable {
    let device: dev_t
    let inode: ino_t
  }

  /// Runs `body` for 0..<count, on as many threads as there are, and returns when all are done.
  package typealias ParallelFor =
    @Sendable (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void
  /// Names that are looked up at once.
  private static let namesAtOnce = 256

  /// Looks up `arguments`: files, named pipes, folders, `-`, and patterns of names, as `*.log`,
  /// where there is no file of that name.
  ///
  /// Folders are searched to their depths; hidden files and folders in them are left out, links to
  /// files followed, links to folders not. A file that is named twice, also by another path or
  /// link, is listed once.
  package init(_ arguments: [String]) throws(ArchiveError) {
    parallel = { count, body in for part in 0..<count { body(part) } }
    var found: [Entry] = []
    for argument in arguments where argument != "-" {
      try look(up: argument, Self.status(argument), into: &found)
    }
    take(found, arguments)
  }

  /// Looks up `arguments`, and notes those that there are not as `unreadable`.
  ///
  /// - Parameter parallel: looks up what is in large folders, and many arguments.
  package init(leavingOut arguments: [String], parallel: @escaping ParallelFor) {
    self.parallel = parallel
    var found: [Entry] = []
    let named = arguments.filter { $0 != "-" }
    for (argument, status) in zip(named, lookedUp(named, Self.status)) {
      do throws(ArchiveError) { try look(up: argument, status, into: &found) } catch {
        unreadable.append((argument, error.description))
      }
    }
    take(found, arguments)
  }

  private mutating func take(_ entries: [Entry], _ arguments: [String]) {
    let paths = entries.map { Array($0.reference.path.utf8) }
    let order = entries.indices.sorted { first, second in
      let (first, second) = (paths[first], paths[second])
      return compareBytes(first.span, second.span) < 0
    }
    for place in order where seen.insert(entries[place].id).inserted {
      archives.append(entries[place].reference)
    }
    if arguments.contains("-") { archives.append(ArchiveReference(path: "-")) }
    passedOver = Set(passedOver).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    unreadable.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  private struct Entry: Sendable {
    let reference: ArchiveReference
    let id: FileID
  }

  /// What `look` says of each name, in their order.
  private func lookedUp<Found: Sendable>(
    _ names: [String], _ look: @Sendable (String) -> Found
  ) -> [Found] {
    let parts = (names.count + Self.namesAtOnce - 1) / Self.namesAtOnce
    let found = Mutex([[Found]](repeating: [], count: parts))
    parallel(parts) { part in
      let first = part * Self.namesAtOnce
      let looks = names[first..<min(first + Self.namesAtOnce, names.count)].map(look)
      found.withLock { $0[part] = looks }
    }
    return found.withLock { $0 }.flatMap { $0 }
  }

  private mutating func look(
    up path: String, _ found: Result<stat, ArchiveError>, into entries: inout [Entry]
  ) throws(ArchiveError) {
    let status: stat
    switch found {
    case .success(let found): status = found
    case .failure(let error):
      let matches = Self.matches(of: path)
      guard case .notFound = error, !matches.isEmpty else { throw error }
      for match in matches { lookDeeper(match, into: &entries) }
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFIFO: entries.append(Self.entry(path, status))
    case S_IFDIR: search(path, try Self.names(in: path), into: &entries)
    default: throw .notAnArchive(path: path)
    }
  }

  private mutating func search(
    _ folder: String, _ names: [String], into found: inout [Entry]
  ) {
    let folder = folder.hasSuffix("/") ? folder : folder + "/"
    for look in lookedUp(names, { Self.look(at: folder + $0) }) {
      switch look {
      case .file(let entry): found.append(entry)
      case .folder(let path): lookDeeper(path, into: &found)
      case .passedOver(let path): passedOver.append(path)
      case .unreadable(let path, let error): unreadable.append((path, error.description))
      case .nothing: break
      }
    }
  }

  /// What a name in a folder stands for.
  private enum Look: Sendable {
    case file(Entry)
    case folder(String)
    case passedOver(String)
    case unreadable(String, ArchiveError)
    /// A link to a folder, or one that leads nowhere, which is no archive.
    case nothing
  }

  private static func look(at path: String) -> Look {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return .unreadable(path, error(path)) }
    let isLink = status.st_mode & S_IFMT == S_IFLNK
    if isLink, unsafe stat(path, &status) != 0 { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(entry(path, status))
    case S_IFDIR: return isLink ? .nothing : .folder(path)
    default: return .passedOver(path)
    }
  }

  /// Looks up what nobody named: it may be none of ours, as a socket or `lost+found` is.
  private mutating func lookDeeper(_ path: String, into found: inout [Entry]) {
    do throws(ArchiveError) { try look(up: path, Self.status(path), into: &found) } catch {
      if case .notAnArchive = error {
        passedOver.append(path)
      } else {
        unreadable.append((path, error.description))
      }
    }
  }

  private static func entry(_ path: String, _ status: stat) -> Entry {
    let isFile = status.st_mode & S_IFMT == S_IFREG
    return Entry(
      reference: ArchiveReference(
        path: path,
        byteCount: isFile ? UInt64(max(status.st_size, 0)) : nil,
        modifiedSeconds: isFile ? Int64(status.st_mtim.tv_sec) : nil
      ),
      id: FileID(device: status.st_dev, inode: status.st_ino)
    )
  }

  /// The paths that a pattern stands for: systemd and others hand patterns on as they are.
  private static func matches(of pattern: String) -> [String] {
    guard pattern.contains(where: { "*?[".contains($0) }) else { return [] }
    var found = unsafe glob_t()
    defer { unsafe globfree(&found) }
    guard unsafe glob(pattern, 0, nil, &found) == 0 else { return [] }
    // SAFETY: the call has filled in so many paths, each ended by a zero byte.
    return unsafe (0..<Int(found.gl_pathc)).compactMap { place in
      unsafe found.gl_pathv[place].map { unsafe String(cString: $0) }
    }
  }

  private static func status(_ path: String) -> Result<stat, ArchiveError> {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? .success(status) : .failure(error(path))
  }

  private static func error(_ path: String) -> ArchiveError {
    errno == ENOENT || errno == ENOTDIR
      ? .notFound(path: path) : .cannotOpen(path: path, code: errno)
  }

  /// Names in a folder, hidden ones left out, in no order.
  private static func names(in folder: String) throws(ArchiveError) -> [String] {
    guard let stream = unsafe opendir(folder) else { throw error(folder) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else { break }
      // SAFETY: the system ends the name with a zero byte, inside the entry.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe String(cString: UnsafeRawPointer(tuple).assumingMemoryBound(to: CChar.self))
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    if errno != 0 { throw error(folder) }
    return names
  }
}
