internal import CKernels

/// How the parts of a group's key fit into one number, the most significant first: day, host, user,
/// address, device, action.
public struct KeyLayout: Sendable {
  let layout: ck_key_layout
  /// Bits of a key. More than `bitsMax` can't be sorted.
  public let bits: Int

  /// The longest key that can be sorted.
  public static let bitsMax = 128

  /// A layout for groups of the days `days`, for actions whose codes are below `actions`, and for
  /// ranks below the other numbers.
  public init(
    days: Range<Int>, hosts: Int, users: Int, addresses: Int, devices: Int, actions: Int
  ) {
    var above = 0
    func shift(_ size: Int) -> UInt8 {
      defer { above += size <= 1 ? 0 : Int.bitWidth - (size - 1).leadingZeroBitCount }
      return UInt8(above)
    }
    let action = shift(actions)
    let device = shift(devices)
    let address = shift(addresses)
    let user = shift(users)
    let host = shift(hosts)
    let day = shift(days.count)
    bits = above
    layout = ck_key_layout(
      action: action, device: device, address: address, user: user, host: host, day: day,
      bits: UInt8(above), first_day: UInt16(days.lowerBound))
  }
}
