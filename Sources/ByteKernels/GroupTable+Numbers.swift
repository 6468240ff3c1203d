internal import ByteBlocks
internal import CKernels

extension GroupTable {
  /// Gives events whose prints were known the numbers of their groups' names, which is cheaper than
  /// to look the names up.
  ///
  /// - Parameter places: where the events' prints are here, before the events were added.
  public borrowing func fillNumbers(
    of events: inout EventColumns, at places: borrowing GroupPlaces
  ) {
    precondition(places.places.count >= events.count, "Fewer places than events.")
    // SAFETY: the places lead to groups that are there, and all columns have an entry an event.
    unsafe ck_group_numbers(
      kernelGroups, places.places.address, events.status.address, events.count,
      events.users.address, events.hosts.address, events.addresses.address,
      events.devices.address)
  }
}
