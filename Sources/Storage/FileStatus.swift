/// What is at a path.
package struct FileStatus: Sendable, Equatable {
  package enum Kind: Sendable { case file, folder, other }
  package var kind: Kind
  package var byteCount: Int64
  /// Last change, in milliseconds since 1970.
  package var modifiedMilliseconds: Int64

  package init(kind: Kind, byteCount: Int64, modifiedMilliseconds: Int64) {
    self.kind = kind
    self.byteCount = byteCount
    self.modifiedMilliseconds = modifiedMilliseconds
  }
}
