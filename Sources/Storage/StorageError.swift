import Glibc

/// A call to the file system that failed.
package struct StorageError: Error, Equatable, CustomStringConvertible {
  /// What was tried.
  package enum Operation: String, Sendable {
    case openRoot = "open the folder"
    case makeFolder = "make the folder"
    case list = "list the folder"
    case status = "look at"
    case read = "read"
    case create = "create the file"
    case write = "write the file"
    case synchronise = "make durable"
    case link = "publish"
    case rename = "rename"
    case remove = "remove"
    case lock = "lock"
  }

  package let operation: Operation
  /// Relative to the root of the storage.
  package let path: String
  /// The kernel's error number.
  package let errorNumber: Int32

  package init(_ operation: Operation, _ path: String, errorNumber: Int32) {
    self.operation = operation
    self.path = path
    self.errorNumber = errorNumber
  }

  /// The exit code that fits: 73 what cannot be created, 74 input and output, 75 try again.
  package var exitCode: Int32 {
    switch errorNumber {
    case EMFILE, ENFILE, ENOMEM, EAGAIN, ESTALE, ENOLCK: return 75
    case EIO: return 74
    default: break
    }
    return switch operation {
    case .openRoot, .makeFolder, .create, .write, .link, .lock: 73
    case .list, .status, .read, .synchronise, .rename, .remove: 74
    }
  }

  package var description: String {
    "Cannot \(operation.rawValue) \(path): \(reason) (\(name)). \(advice)"
  }

  private var name: String { Self.names[errorNumber] ?? "errno \(errorNumber)" }

  private static let names: [Int32: String] = [
    ENOSPC: "ENOSPC", EDQUOT: "EDQUOT", EACCES: "EACCES", EPERM: "EPERM", EROFS: "EROFS",
    EMFILE: "EMFILE", ENFILE: "ENFILE", EIO: "EIO", ENOENT: "ENOENT", ENOTDIR: "ENOTDIR",
    EISDIR: "EISDIR", EEXIST: "EEXIST", ELOOP: "ELOOP", EXDEV: "EXDEV", EINVAL: "EINVAL",
    ENAMETOOLONG: "ENAMETOOLONG", EFBIG: "EFBIG", EMLINK: "EMLINK", ENOMEM: "ENOMEM",
    ENOTEMPTY: "ENOTEMPTY", ESTALE: "ESTALE", ENOLCK: "ENOLCK", EAGAIN: "EAGAIN",
    EOPNOTSUPP: "EOPNOTSUPP",
  ]

  private var reason: String {
    switch errorNumber {
    case ENOSPC: "the disk is full"
    case EDQUOT: "the disk quota is used up"
    case EACCES, EPERM: "permission denied"
    case EROFS: "the file system is read-only"
    case EMFILE, ENFILE: "too many files are open"
    case EIO: "the disk reports an error"
    case ENOENT: "it is not there"
    case ENOTDIR: "a part of the path is no folder"
    case EISDIR: "it is a folder"
    case EEXIST: "it is there already"
    case ELOOP: "a part of the path is a symbolic link"
    case EXDEV: "the path leads out of its folder"
    case EINVAL: "the path or the call is not allowed"
    case EFBIG: "it would pass the limit for file sizes"
    case ENAMETOOLONG: "the path is too long"
    case ENOMEM: "memory is short"
    case EOPNOTSUPP, EMLINK: "the file system does not support it"
    default: "the call failed"
    }
  }

  private var advice: String {
    switch errorNumber {
    case ENOSPC, EDQUOT: "Nothing half-done counts; free some space and run the command again."
    case EACCES, EPERM: "Run the command as the account that owns the home folder."
    case EROFS: "Remount the file system for writing, or choose another home folder."
    case EMFILE, ENFILE: "Raise the limit of open files (ulimit -n) and run the command again."
    case EIO: "Look at the kernel log (dmesg) and the disk before you run the command again."
    case ELOOP, EXDEV: "Replace the link by a real folder; links below the home are not followed."
    case EFBIG: "Raise the limit of file sizes (ulimit -f) and run the command again."
    case EOPNOTSUPP, EMLINK: "Choose a file system with hard links for the home folder."
    case ENOMEM, EAGAIN, ESTALE, ENOLCK: "Run the command again."
    default: "Check the home folder; `logveil doctor` tells more."
    }
  }
}
