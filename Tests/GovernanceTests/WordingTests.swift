import Glibc
import Testing

@testable import Governance

/// What a person reads, and the code that a script reads.
@Suite struct WordingTests {
  static let path = "/home/logveil/state.sqlite"
  static let cases: [(GovernanceError, Int32, String)] = [
    (
      .missing(path: path), 78,
      "There is no state at \(path). Nothing was done; make the home with `logveil init`."
    ),
    (
      .unsafePlace(path: path, .openToOthers(mode: 0o644)), 77,
      """
      \(path) is not safe to use: its mode is 644, which lets others in. Nothing was read; look \
      who changed it, then take the access of group and others away.
      """
    ),
    (
      .unsafePlace(path: path, .foreignOwner(uid: 7)), 77,
      """
      \(path) is not safe to use: it belongs to the account with uid 7. Nothing was read; run the \
      command as that account, or choose another home.
      """
    ),
    (
      .unsafePlace(path: path, .notRegular), 77,
      """
      \(path) is not safe to use: it is a link or no plain file. Nothing was read; put the real \
      file in its place.
      """
    ),
    (
      .unsafePlace(path: path, .linked(count: 2)), 77,
      """
      \(path) is not safe to use: it has 2 names in the file system. Nothing was read; put the \
      real file in its place.
      """
    ),
    (
      .cannotOpen(path: path, errorNumber: EMFILE), 75,
      """
      Cannot open \(path): Too many open files. Nothing was written; check the folder and run \
      the command again.
      """
    ),
    (
      .accessRefused(path: path), 77,
      """
      Access to \(path) was refused. Nothing was written; run the command as the account that \
      owns the home.
      """
    ),
    (
      .busy(path: path, milliseconds: 50), 75,
      """
      Another process held \(path) for more than 50 ms. Nothing was written; run the command \
      again.
      """
    ),
    (
      .cannotWrite(path: path, .diskFull), 73,
      """
      Cannot write \(path): the disk is full; free some space and run the command again. Nothing \
      was recorded.
      """
    ),
    (
      .cannotWrite(path: path, .inputOutput(code: 778)), 74,
      """
      Cannot write \(path): an input or output error (SQLite code 778); check the disk. Nothing \
      was recorded.
      """
    ),
    (
      .notPermitted(account: "bob", .viewPrivate, tenant: "default"), 77,
      """
      bob has no permission `view_private` for tenant default. Nothing was done; an admin can \
      grant it.
      """
    ),
    (
      .blankJustification, 64,
      "The justification shows no text. Nothing was done; say why."
    ),
  ]

  @Test(arguments: cases)
  func saysWhatAndWhatToDo(error: GovernanceError, exitCode: Int32, words: String) {
    #expect(error.description == words)
    #expect(error.exitCode == exitCode)
  }

  @Test(
    arguments: [
      (.cannotWrite(path: path, .readOnly), 73), (.corrupt(path: path), 74),
      (.damagedRecord(sequence: 3), 74), (.guardsChanged(path: path), 74),
      (.newerSchema(path: path), 78), (.fieldTooLong(field: "target", byteCount: 70_000), 64),
      (.unknownInitiator, 77), (.alreadyAdmin(account: "bob"), 64), (.digestFailed, 1),
      (.databaseFailed(path: path, code: 1), 1),
    ] as [(GovernanceError, Int32)])
  func hasAnExitCodeAndASentence(error: GovernanceError, exitCode: Int32) {
    #expect(error.exitCode == exitCode)
    #expect(error.description.hasSuffix("."))
    #expect(!error.description.contains("\n"))
  }
}
