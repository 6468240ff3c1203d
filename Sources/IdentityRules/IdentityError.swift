/// What is wrong with the rules for names.
package enum IdentityError: Error, Equatable, CustomStringConvertible {
  /// A realm of the map is empty, or holds a separator of names or a blank at an end.
  case badRealm(String)
  /// Realms are mapped in a circle, or through more than eight steps.
  case circularRealm(String)

  package var description: String {
    switch self {
    case .badRealm(let realm):
      """
      The realm "\(realm)" in the realm map is empty, or holds a backslash, a slash, an @, an \
      equals sign, a per cent sign, a quote, a control character or a blank at an end. No archive \
      was read; correct the map.
      """
    case .circularRealm(let realm):
      """
      The realm "\(realm)" in the realm map leads back to itself, or through more than eight \
      others. No archive was read; let each realm name its final one.
      """
    }
  }
}
