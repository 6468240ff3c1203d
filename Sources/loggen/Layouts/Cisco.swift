extension Layouts {
  /// Firewalls: a connection's end tells its bytes, both directions together.
  static let cisco = [
    LogLayout(
      format: "cisco-asa",
      name: "syslog",
      prefix: "<166>\(.monthName) \(.day) \(.year) \(.clock) asa-1 : ",
      line: """
        %ASA-6-302014: Teardown TCP connection \(.id) for outside:\(.server)/\(.port) to \
        inside:\(.client)/\(.clientPort) duration \(.duration) bytes \(.total) \
        \(if: .denied, "Flow closed by inspection", else: "TCP FINs")\(asaUser)
        """,
      others: [
        """
        %ASA-6-302013: Built outbound TCP connection \(.id) for outside:\(.server)/\(.port) \
        (\(.server)/\(.port)) to inside:\(.client)/\(.clientPort) (192.0.2.1/\(.clientPort))\
        \(asaUser)
        """,
        """
        %ASA-6-305011: Built dynamic TCP translation from inside:\(.client)/\(.clientPort) to \
        outside:192.0.2.1/\(.clientPort)
        """,
        "%ASA-7-609001: Built local-host outside:\(.server)",
        "%ASA-5-111008: User 'enable_15' executed the 'write memory' command.",
      ]
    )
  ]

  private static let asaUser: LineTemplate = "\(if: .user, " (\(.user))")"
}
