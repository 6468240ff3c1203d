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
  /// The ledger of releases is not what the governance log says was cut.
  case releaseBroken(ReleaseFault)
  /// The triggers that keep the governance log append-only are gone or changed.
  case guardsChanged(path: String)
  /// The key that signs the next records is gone, or not the one that was certified.
  case signingKeyLost(path: String)
  /// The last records are not signed.
  case unsignedEnd(path: String)
  /// The key for the next records could not be made.
  case signingFailed(path: String)
  /// The place that keeps anchors took none.
  case anchorRefused(place: String, errorNumber: Int32)
  /// The file was changed by a newer Logveil.
  case newerSchema(path: String)
  case fieldTooLong(field: String, byteCount: Int)
  case notPermitted(account: String, Permission, tenant: String)
  case blankJustification
  /// The kernel does not tell who asks.
  case unknownInitiator
  case alreadyAdmin(account: String)
  case noAdmin(account: String)
  /// Nobody would be left who could give permissions.
  case lastAdmin(account: String, tenant: String)
  /// Nobody gives what he has not.
  case lacks(account: String, Permission, tenant: String)
  /// The names of a day that an admin may turn are used up.
  case budgetSpent(account: String, direction: String, limit: Int64, left: Int64)
  /// A second person must agree first; the request waits under this number.
  case awaitsApproval(request: Int64, expires: String)
  case noRequest(id: Int64, tenant: String)
  /// Nobody approves his own request.
  case ownRequest(id: Int64)
  /// It was decided, used or has expired.
  case requestClosed(id: Int64, state: String)
  case badSetting(key: String, expected: String)
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
    case .cannotWrite(_, .inputOutput), .corrupt, .damagedRecord, .guardsChanged, .signingKeyLost,
      .unsignedEnd, .releaseBroken:
      74
    case .signingFailed, .anchorRefused: 73
    case .budgetSpent, .lastAdmin, .lacks, .awaitsApproval, .ownRequest, .requestClosed: 77
    case .fieldTooLong, .blankJustification, .alreadyAdmin, .noAdmin, .noRequest, .badSetting: 64
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
    case .releaseBroken(let fault):
      """
      \(fault) Nothing was published; keep a copy of the home and run `logveil governance verify`.
      """
    case .guardsChanged(let path):
      """
      The triggers in \(path) that keep the governance log append-only are gone or changed. \
      Nothing was added; keep a copy of the home and run `logveil governance verify`.
      """
    case .signingKeyLost(let path):
      """
      The key that signs the governance log in \(path) is gone or another one: the log was put \
      back to an older copy, or its end was cut off. Nothing was done; keep a copy of the home \
      and run `logveil governance verify`.
      """
    case .unsignedEnd(let path):
      """
      The last records of the governance log in \(path) are not signed, or some are missing. \
      Nothing was done; keep a copy of the home and run `logveil governance verify`.
      """
    case .signingFailed(let path):
      "The key \(path) for the governance log cannot be made or read. Nothing was recorded."
    case .anchorRefused(let place, let errorNumber):
      """
      \(place) takes no anchor of the governance log: \(SystemError.text(errorNumber)). What was \
      asked for is recorded and was not done; put the place right, or change the setting `anchor`.
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
      "The justification shows no text. Nothing was done; say why."
    case .unknownInitiator:
      """
      /proc/self/loginuid does not tell who asks, or names somebody else than sudo does. Nothing \
      was done; check that /proc is mounted, and that sudo sets the login uid (pam_loginuid).
      """
    case .alreadyAdmin(let account):
      "\(account) is an admin already. Nothing was changed."
    case .noAdmin(let account):
      "\(account) is no admin. Nothing was changed; `logveil admin list` shows who is."
    case .lastAdmin(let account, let tenant):
      """
      \(account) is the last one who has `manage_admins` for tenant \(tenant). Nothing was \
      changed; grant it to somebody else first.
      """
    case .lacks(let account, let permission, let tenant):
      """
      \(account) has no permission `\(permission.rawValue)` for tenant \(tenant), and nobody \
      gives what he has not. Nothing was changed.
      """
    case .budgetSpent(let account, let direction, let limit, let left):
      """
      \(account) may \(direction) \(limit) names a day, of which \(left) are left. None of \
      these was shown; come back tomorrow (UTC), or have the setting \(direction)_budget raised.
      """
    case .awaitsApproval(let request, let expires):
      """
      A second admin must agree: this waits as request \(request) until \(expires). Once \
      `logveil approve \(request)` was done, give the same command again.
      """
    case .noRequest(let id, let tenant):
      "There is no request \(id) of tenant \(tenant). `logveil approve` lists those that wait."
    case .ownRequest(let id):
      "Request \(id) is your own: a second admin must decide it. Nothing was done."
    case .requestClosed(let id, let state):
      "Request \(id) is \(state) and can't be decided any more. Nothing was done."
    case .badSetting(let key, let expected):
      "The setting \(key) is \(expected). Nothing was changed."
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
