import Glibc

/// Why the state of a home could not be opened, read or written.
package enum GovernanceError: Error, Equatable, CustomStringConvertible {
  /// What is wrong with a file or folder that must be of this account alone.
  package enum Danger: Equatable, Sendable {
    case foreignOwner(uid: UInt32)
    case openToOthers(mode: UInt32)
    case notRegular
    case linked(count: UInt64)
  }
  /// What stood in the way of a write.
  package enum Obstacle: Equatable, Sendable {
    case diskFull
    case readOnly
    /// SQLite's extended result code.
    case inputOutput(code: Int32)
  }

  /// The home has no state yet, or its making was interrupted.
  case missing(path: String)
  /// A file or the folder could be read, changed or swapped by others.
  case unsafePlace(path: String, Danger)
  /// The system refused to open or to make something; `errorNumber` is the kernel's.
  case cannotOpen(path: String, errorNumber: Int32)
  /// The kernel or SQLite refused access.
  case accessRefused(path: String)
  /// Another process kept the lock for longer than was waited.
  case busy(path: String, milliseconds: Int)
  case cannotWrite(path: String, Obstacle)
  /// The file is no state of Logveil, or damaged.
  case corrupt(path: String)
  /// A record of the governance log is not as it was written.
  case damagedRecord(sequence: Int64)
  /// The triggers that keep the governance log append-only are gone or changed.
  case guardsChanged(path: String)
  /// The file was changed by a newer Logveil.
  case newerSchema(path: String)
  case fieldTooLong(field: String, byteCount: Int)
  case notPermitted(account: String, Permission, tenant: String)
  case blankJustification
  /// The kernel does not tell who asks.
  case unknownInitiator
  case alreadyAdmin(account: String)
  case digestFailed
  /// SQLite failed in a way that has no name here.
  case databaseFailed(path: String, code: Int32)

  /// The exit code of a command that ends with this error.
  package var exitCode: Int32 {
    switch self {
    case .missing, .newerSchema: 78
    case .unsafePlace, .accessRefused, .notPermitted, .unknownInitiator: 77
    case .busy, .cannotOpen(_, EMFILE), .cannotOpen(_, ENFILE), .cannotOpen(_, ENOMEM): 75
    case .cannotOpen, .cannotWrite(_, .diskFull), .cannotWrite(_, .readOnly): 73
    case .cannotWrite(_, .inputOutput), .corrupt, .damagedRecord, .guardsChanged: 74
    case .fieldTooLong, .blankJustification, .alreadyAdmin: 64
    case .digestFailed, .databaseFailed: 1
    }
  }

  package var description: String {
    switch self {
    case .missing(let path):
      "There is no state at \(path). Nothing was done; make the home with `logveil init`."
    case .unsafePlace(let path, let danger):
      "\(path) is not safe to use: \(danger.reason). Nothing was read; \(danger.advice)."
    case .cannotOpen(let path, let errorNumber):
      """
      Cannot open \(path): \(SystemError.text(errorNumber)). Nothing was written; check the \
      folder and run the command again.
      """
    case .accessRefused(let path):
      """
      Access to \(path) was refused. Nothing was written; run the command as the account that \
      owns the home.
      """
    case .busy(let path, let milliseconds):
      """
      Another process held \(path) for more than \(milliseconds) ms. Nothing was written; run \
      the command again.
      """
    case .cannotWrite(let path, let obstacle):
      "Cannot write \(path): \(obstacle.reason). Nothing was recorded."
    case .corrupt(let path):
      """
      \(path) is damaged, or no state of Logveil. Nothing was written; keep a copy and restore \
      the last good one.
      """
    case .damagedRecord(let sequence):
      """
      Record \(sequence) of the governance log is not as it was written. Nothing was added; keep \
      a copy of the home and run `logveil governance verify`.
      """
    case .guardsChanged(let path):
      """
      The triggers in \(path) that keep the governance log append-only are gone or changed. \
      Nothing was added; keep a copy of the home and run `logveil governance verify`.
      """
    case .newerSchema(let path):
      "\(path) was changed by a newer Logveil. Nothing was written; install that version."
    case .fieldTooLong(let field, let byteCount):
      """
      The \(field) has \(byteCount) bytes, at most \(GovernanceRecord.fieldBytesMax) are kept. \
      Nothing was done; shorten it.
      """
    case .notPermitted(let account, let permission, let tenant):
      """
      \(account) has no permission `\(permission.rawValue)` for tenant \(tenant). Nothing was \
      done; an admin can grant it.
      """
    case .blankJustification:
      "The justification shows no text. Nothing was done; say why with --justification."
    case .unknownInitiator:
      """
      /proc/self/loginuid does not tell who asks. Nothing was done; check that /proc is mounted.
      """
    case .alreadyAdmin(let account):
      "\(account) is an admin already. Nothing was changed."
    case .digestFailed:
      "OpenSSL refused SHA-256. Nothing was recorded; check which libcrypto is installed."
    case .databaseFailed(let path, let code):
      "SQLite failed on \(path) with code \(code). Nothing was written; run `logveil doctor`."
    }
  }
}

extension GovernanceError.Danger {
  fileprivate var reason: String {
    switch self {
    case .foreignOwner(let uid): "it belongs to the account with uid \(uid)"
    case .openToOthers(let mode): "its mode is \(String(mode, radix: 8)), which lets others in"
    case .notRegular: "it is a link or no plain file"
    case .linked(let count): "it has \(count) names in the file system"
    }
  }

  fileprivate var advice: String {
    switch self {
    case .foreignOwner: "run the command as that account, or choose another home"
    case .openToOthers: "look who changed it, then take the access of group and others away"
    case .notRegular, .linked: "put the real file in its place"
    }
  }
}

extension GovernanceError.Obstacle {
  fileprivate var reason: String {
    switch self {
    case .diskFull: "the disk is full; free some space and run the command again"
    case .readOnly: "the file or its file system is read-only"
    case .inputOutput(let code): "an input or output error (SQLite code \(code)); check the disk"
    }
  }
}
