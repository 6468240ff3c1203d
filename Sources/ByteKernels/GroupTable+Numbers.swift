internal import ByteBlocks

extension GroupTable {
  /// Gives events whose prints were known the numbers of their groups' names, which is cheaper than
  /// to look the names up.
  ///
  /// - Parameter places: where the events' prints are here, before the events were added.
  public borrowing func fillNumbers(
    of events: inout EventColumns, at places: borrowing GroupPlaces
  ) {
    precondition(places.places.count >= events.count, "Fewer places than events.")
    let groups = all()
    for event in 0..<events.count where events.status[event] == 0 {
      let place = places.places[event]
      guard place != DictionaryTable.absent else { continue }
      let group = groups[Int(place)]
      events.users[event] = group.user
      events.hosts[event] = group.host
      events.addresses[event] = group.address
      events.devices[event] = group.device
    }
  }
}
