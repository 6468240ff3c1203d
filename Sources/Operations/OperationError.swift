internal import DeltaLake
internal import Glibc
internal import Governance
internal import IngestPipeline
internal import Pseudonymisation
internal import Storage

/// Exit codes of the command line, stable for scripts.
package enum ExitCode: Int32, Sendable {
  case done = 0
  /// Any failure that has no code of its own; nothing was committed.
  case failure = 1
  /// Committed, but an archive was left out, or too many lines were refused.
  case incomplete = 3
  case usage = 64
  /// Nothing was committed, because of the data.
  case badData = 65
  /// No input at all.
  case noInput = 66
  case cannotCreate = 73
  case inputOutput = 74
  /// Locked, in conflict or interrupted: try again.
  case tryAgain = 75
  case notPermitted = 77
  case configuration = 78
}

/// Why an operation could not be done: a sentence for people and a code for scripts.
package struct OperationError: Error, CustomStringConvertible {
  package let exitCode: ExitCode
  package let description: String

  package init(_ exitCode: ExitCode, _ description: String) {
    self.exitCode = exitCode
    self.description = description
  }

  /// Gives an error of a room its exit code.
  package init(_ error: any Error) {
    switch error {
    case let error as OperationError: self = error
    case let error as DeltaError:
      self.init(ExitCode(rawValue: error.exitCode) ?? .failure, error.description)
    case let error as StorageError:
      self.init(ExitCode(rawValue: error.exitCode) ?? .failure, error.description)
    case VeilError.keyFile(.badTenantName, let path):
      self.init(.usage, VeilError.keyFile(.badTenantName, path: path).description)
    case VeilError.keyFile(.system(let number), let path):
      let text = VeilError.keyFile(.system(errno: number), path: path).description
      self.init(Self.exitCode(ofSystemError: number), text)
    case IngestError.cancelled:
      self.init(.tryAgain, IngestError.cancelled.description)
    case let error as VeilError: self.init(.configuration, error.description)
    case let error as GovernanceError:
      self.init(ExitCode(rawValue: error.exitCode) ?? .failure, error.description)
    case let error as any CustomStringConvertible: self.init(.failure, error.description)
    default: self.init(.failure, "Something failed that has no words yet. Nothing was committed.")
    }
  }

  /// The exit code for a key file that the system would not let us read or write.
  private static func exitCode(ofSystemError number: Int32) -> ExitCode {
    switch number {
    case ENOSPC, EDQUOT, EROFS: .cannotCreate
    case EIO: .inputOutput
    case EMFILE, ENFILE, ENOMEM, EAGAIN, ENOLCK, ESTALE: .tryAgain
    default: .configuration
    }
  }
}
