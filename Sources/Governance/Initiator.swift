import Glibc

/// Who asks: the person behind the process, as far as the kernel knows.
package struct Initiator: Equatable, Sendable {
  package let uid: UInt32
  /// The account's name, or `#` and the uid where the machine knows no account for it.
  package let account: String

  package init(uid: UInt32, account: String) {
    self.uid = uid
    self.account = account
  }

  /// The login uid of the kernel's audit session where one is set, else the real uid; of a program
  /// that runs by its set-uid bit always the real uid.
  ///
  /// The login uid stays what it was through `sudo -u`, so the log names the person and not the
  /// service account. It is not set in containers, at boot and on kernels without audit.
  package static func current() throws(GovernanceError) -> Initiator {
    try current(loginUidPath: "/proc/self/loginuid")
  }

  static func current(loginUidPath: String) throws(GovernanceError) -> Initiator {
    let uid = try trusted(loginUid(loginUidPath), sudoUid: Self.sudoUid)
    return Initiator(uid: uid, account: try SystemAccount.name(uid) ?? "#\(uid)")
  }

  /// Whom to believe.
  ///
  /// A program with the service account's set-uid bit is started by the person, who can set a login
  /// uid that was not set before: there the real uid is the person's. Behind `sudo -u`, which says
  /// who asked for it, a login uid of somebody else was set by hand.
  private static func trusted(
    _ loginUid: UInt32?, sudoUid: UInt32?
  ) throws(GovernanceError) -> UInt32 {
    guard getuid() == geteuid() else { return getuid() }
    guard let loginUid else { return getuid() }
    // 0: root asked for somebody, as it may.
    if let sudoUid, sudoUid != 0, sudoUid != loginUid { throw .unknownInitiator }
    return loginUid
  }

  private static var sudoUid: UInt32? {
    // SAFETY: the text is copied before anybody can change the environment.
    guard let text = unsafe getenv("SUDO_UID") else { return nil }
    return unsafe UInt32(String(cString: text))
  }

  // What the kernel writes for "not set": -1 as an unsigned number.
  private static let unset = UInt32.max

  /// The uid in the file, or `nil` where there is no such file or no uid is set.
  ///
  /// A file that is there and cannot be read or understood is an error: falling back to the real
  /// uid would then name the wrong account.
  private static func loginUid(_ path: String) throws(GovernanceError) -> UInt32? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 {
      if errno == ENOENT { return nil }
      throw .unknownInitiator
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    // SAFETY: the array has the sixteen bytes that are read at most.
    let count = unsafe read(file, &bytes, 16)
    guard count > 0, count < 16 else { throw .unknownInitiator }
    let text = String(decoding: bytes[..<count], as: UTF8.self)
    guard let uid = UInt32(text.hasSuffix("\n") ? text.dropLast() : text[...]) else {
      throw .unknownInitiator
    }
    return uid == unset ? nil : uid
  }
}

/// The accounts that the machine knows.
enum SystemAccount {
  // 1 MiB: far above what a directory service answers.
  private static let bytesMax = 1 << 20

  /// The name of `uid`, or `nil` where there is none.
  static func name(_ uid: UInt32) throws(GovernanceError) -> String? {
    unsafe try lookUp { record, buffer, count, found in
      unsafe getpwuid_r(uid, record, buffer, count, found)
    }?.name
  }

  /// The uid of `account`, or `nil` where there is none.
  static func uid(_ account: String) throws(GovernanceError) -> UInt32? {
    if account.utf8.contains(0) { return nil }
    return unsafe try lookUp { record, buffer, count, found in
      unsafe getpwnam_r(account, record, buffer, count, found)
    }?.uid
  }

  private typealias Call = (
    UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
    UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
  ) -> Int32

  /// Calls with a growing buffer.
  ///
  /// A lookup that fails is an error: it does not mean "no account".
  private static func lookUp(
    _ call: Call
  ) throws(GovernanceError) -> (name: String, uid: UInt32)? {
    var byteCount = 4096
    while byteCount <= bytesMax {
      var buffer = [CChar](repeating: 0, count: byteCount)
      var answer: (name: String, uid: UInt32)?
      // SAFETY: the record's texts lie in the buffer; they are copied before it ends.
      let status = unsafe buffer.withUnsafeMutableBufferPointer { buffer -> Int32 in
        guard let base = buffer.baseAddress else { return ENOMEM }
        var record = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        let status = unsafe call(&record, base, buffer.count, &found)
        if status == 0, let entry = unsafe found, let name = unsafe entry.pointee.pw_name {
          answer = unsafe (String(cString: name), entry.pointee.pw_uid)
        }
        return status
      }
      switch status {
      case 0, ENOENT, ESRCH: return answer
      case EINTR: continue
      case ERANGE: byteCount *= 4
      default: throw .unknownInitiator
      }
    }
    throw .unknownInitiator
  }
}

/// Words for error numbers.
enum SystemError {
  static func text(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // SAFETY: the text is written into the buffer, ended by a zero, and copied from it.
    return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress, unsafe strerror_r(number, base, buffer.count) == 0
      else { return "errno \(number)" }
      return unsafe String(cString: base)
    }
  }
}
