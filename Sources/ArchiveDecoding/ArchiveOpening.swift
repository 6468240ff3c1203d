import Glibc

/// What a file is once it is open.
package enum OpenedArchive {
  case bytes(any StoredBytes)
  /// The files in a container, each an archive of its own; see `ContainerList.expanded`.
  case container([ArchiveReference])
}

extension ArchiveReference {
  /// Opens the archive for reading, or lists what is in it where it is a container.
  package func openedOrListed() throws(ArchiveError) -> OpenedArchive {
    guard mayBeContainer else { return .bytes(try open()) }
    let source = try openStored()
    if let entries = ContainerList.entries(of: self, source) { return .container(entries) }
    return .bytes(try Self.filtered(source))
  }

  /// Opens the archive for reading; what is in xz or bzip2 is a stream of what is in it.
  package func open() throws(ArchiveError) -> any StoredBytes {
    if let damage { throw damage }
    if let entry {
      let stream = try ArchiveStream(try ContainerTap(path, entry: entry.number))
      return try Self.filtered(stream)
    }
    return try Self.filtered(try openStored())
  }

  private static func filtered(_ source: any StoredBytes) throws(ArchiveError) -> any StoredBytes {
    guard let kind = StoredFilter.Kind(of: try source.bytes(at: 0, count: 16)) else {
      return source
    }
    return try ArchiveStream(
      try FilteredStream(source), filter: StoredFilter(kind: kind, source: source))
  }

  /// Whether it is a container, or in xz or bzip2: all that is read here and never written.
  package func isForeign() throws(ArchiveError) -> Bool {
    if ContainerList.entries(of: self) != nil { return true }
    let source = try openStored()
    guard source.byteCount != nil else { return false }
    return StoredFilter.Kind(of: try source.bytes(at: 0, count: 16)) != nil
  }

  /// Opens the archive as it is stored.
  ///
  /// A regular file, also one that standard input was redirected from, can be read in any order;
  /// pipes and terminals are streams. Opening a named pipe waits for its writer.
  func openStored() throws(ArchiveError) -> any StoredBytes {
    let number: Int32
    if isStandardInput {
      number = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    } else {
      number = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    }
    guard number >= 0 else {
      throw errno == ENOENT ? .notFound(path: path) : .cannotOpen(path: path, code: errno)
    }
    let descriptor = Descriptor(number)
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw .cannotOpen(path: path, code: errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      let base = isStandardInput ? UInt64(max(lseek(number, 0, SEEK_CUR), 0)) : 0
      let byteCount = UInt64(max(status.st_size, 0))
      return try ArchiveFile(descriptor, base: base, byteCount: byteCount - min(base, byteCount))
    case S_IFIFO: return try ArchiveStream(DescriptorTap(descriptor))
    case S_IFCHR where isStandardInput, S_IFSOCK where isStandardInput:
      return try ArchiveStream(DescriptorTap(descriptor))
    default: throw .notAnArchive(path: path)
    }
  }
}
