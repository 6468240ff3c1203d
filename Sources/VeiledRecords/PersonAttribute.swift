/// What a directory may say of a person beside names.
package enum PersonAttribute: String, CaseIterable, Sendable {
  case function, title, organisation, region
}
