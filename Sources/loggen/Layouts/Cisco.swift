extension Layouts {
  /// Firewalls: the end of a connection tells its bytes, both directions together.
  static let ciscoFirewalls = [
    LogLayout(
      format: "cisco-asa",
      name: "syslog",
      prefix: "<166>\(.monthName) \(.day) \(.year) \(.clock) asa-1 : ",
      line: "%ASA-6-\(teardown)",
      others: [
        "%ASA-6-\(built)",
        """
        %ASA-6-305011: Built dynamic TCP translation from inside:\(.client)/\(.clientPort) to \
        outside:192.0.2.1/\(.clientPort)
        """,
        "%ASA-7-609001: Built local-host outside:\(.server)",
        "%ASA-5-111008: User 'enable_15' executed the 'write memory' command.",
      ]
    ),
    LogLayout(
      format: "cisco-fwsm",
      name: "syslog",
      prefix: "<166>\(.monthName) \(.day) \(.year) \(.clock) fwsm-1 : ",
      line: "%FWSM-6-\(teardown)",
      others: [
        "%FWSM-6-\(built)",
        "%FWSM-5-111008: User 'admin' executed the 'show run' command.",
      ]
    ),
    LogLayout(
      format: "cisco-firepower",
      name: "syslog",
      prefix: "<113>\(.year)-\(.month)-\(.day)T\(.clock)Z ftd-1 ",
      line: """
        %FTD-1-430003: EventPriority: Low, DeviceUUID: 5a1c8e52-\(.hex4)-51ee-9b31-\(.hex8)0c21, \
        InstanceID: 1, FirstPacketSecond: \(.date)T\(.clock)Z, ConnectionID: \(.id), \
        AccessControlRuleAction: \(if: .denied, "Block", else: "Allow"), SrcIP: \(.client), \
        DstIP: \(.server), SrcPort: \(.clientPort), DstPort: \(.port), Protocol: tcp, \
        IngressInterface: inside, EgressInterface: outside, ACPolicy: corp, \
        AccessControlRuleName: web, User: \(if: .user, "\(.user)", else: "Unknown"), \
        Client: SSL client, ApplicationProtocol: HTTPS, ConnectionDuration: \(.elapsedSeconds), \
        InitiatorPackets: \(.packetsUp), ResponderPackets: \(.packetsDown), \
        InitiatorBytes: \(.uploaded), ResponderBytes: \(.downloaded), NAPPolicy: Balanced, \
        ReferencedHost: \(.host), URLCategory: Business, URLReputation: Well Known
        """,
      others: [
        """
        %FTD-1-430002: EventPriority: Low, DeviceUUID: 5a1c8e52-\(.hex4)-51ee-9b31-\(.hex8)0c21, \
        InstanceID: 1, FirstPacketSecond: \(.date)T\(.clock)Z, ConnectionID: \(.id), \
        AccessControlRuleAction: Allow, SrcIP: \(.client), DstIP: \(.server), \
        SrcPort: \(.clientPort), DstPort: \(.port), Protocol: tcp, InitiatorBytes: 74, \
        ResponderBytes: 0
        """
      ]
    ),
    LogLayout(
      format: "cisco-meraki",
      name: "urls",
      prefix: "<134>1 \(.epoch).\(.microseconds)000 MX84-HQ ",
      line: """
        urls src=\(.clientIPv4):\(.clientPort) dst=\(.server):\(.port) mac=00:00:5E:00:53:01 \
        agent='\(.agent)' request: \(.method) \(.url)
        """,
      others: ["events type=vpn_connectivity_change vpn_type='site-to-site' connectivity='true'"]
    ),
    LogLayout(
      format: "cisco-meraki",
      name: "flows",
      prefix: "<134>1 \(.epoch).\(.microseconds)000 MX84-HQ ",
      line: """
        flows src=\(.client) dst=\(.server) mac=00:00:5E:00:53:01 protocol=tcp \
        sport=\(.clientPort) dport=\(.port) pattern: \(if: .denied, "deny", else: "allow") all
        """
    ),
  ]

  /// Proxies.
  static let ciscoProxies = [
    LogLayout(
      format: "cisco-wsa",
      name: "access",
      line: #"""
        \#(.epoch).\#(.milliseconds) \#(.elapsed) \#(.client) \#
        \#(if: .denied, "TCP_DENIED/403", else: "TCP_MISS_SSL/\(.status)") \#(.downloaded) \#
        \#(.method) \#(if: .tunnel, "tunnel://\(.urlHost):443/", else: "\(.url)") \#
        \#(if: .user, #""\#(.user)""#, else: "-") \#
        \#(if: .denied, "NONE/- -", else: "DIRECT/\(.server) \(.type)") \#
        \#(if: .denied, "BLOCK_WEBCAT", else: "DEFAULT_CASE")_12-DefaultGroup-Staff-NONE-NONE-\#
        NONE-DefaultGroup-NONE <"IW_fts",5.0,1,"-",-,-,-,-,"-",-,-,-,"-",-,-,"-","-",-,-,"IW_fts",\#
        -,"-","-","Unknown","Unknown","-","-",12.50,0,-,"-","-"> - "\#(.agent)"
        """#
    ),
    LogLayout(
      format: "cisco-umbrella",
      name: "proxy",
      line: #"""
        "\#(.date) \#(.clock)","\#(umbrellaIdentity)","\#(.client)","192.0.2.1","\#(.server)",\#
        "\#(.type)","\#(if: .denied, "BLOCKED", else: "ALLOWED")","\#(.url)","","\#(.agent)",\#
        "\#(.status)","\#(.uploaded)","\#(.downloaded)","\#(.downloaded)","","\#(.category)","",\#
        "","","","","\#(umbrellaType)","","\#(umbrellaIdentity),HQ","\#(umbrellaType),Networks",\#
        "\#(.method)","","",""
        """#
    ),
  ]

  /// Cloud Web Security, once ScanSafe, as its log extraction writes it.
  static let ciscoExtraction = [
    LogLayout(
      format: "cisco-cws",
      name: "extraction",
      header: """
        #Fields: datetime\tc-ip\tcs-username\tcs-method\tcs-uri\tcs-host\ts-ip\tsc-status\
        \tcs-bytes\tsc-bytes\tx-ss-category\tx-ss-last-rule-action\tcs(User-Agent)
        """,
      line: """
        \(.date) \(.clock)\t\(.client)\t\(if: .user, "WinNT://\(.user)", else: "-")\t\(.method)\
        \t\(.url)\t\(.host)\t\(.server)\t\(.status)\t\(.uploaded)\t\(.downloaded)\
        \t\(.category)\t\(if: .denied, "block", else: "allow")\t\(.agent)
        """
    )
  ]

  private static let teardown: LineTemplate = """
    302014: Teardown TCP connection \(.id) for outside:\(.server)/\(.port) to \
    inside:\(.client)/\(.clientPort) duration \(.duration) bytes \(.total) \
    \(if: .denied, "Flow closed by inspection", else: "TCP FINs")\(ciscoUser)
    """
  private static let built: LineTemplate = """
    302013: Built outbound TCP connection \(.id) for outside:\(.server)/\(.port) \
    (\(.server)/\(.port)) to inside:\(.client)/\(.clientPort) (192.0.2.1/\(.clientPort))\
    \(ciscoUser)
    """
  private static let ciscoUser: LineTemplate = "\(if: .user, " (\(.user))")"
  private static let umbrellaIdentity: LineTemplate =
    "\(if: .user, "\(.user)", else: "HQ network")"
  private static let umbrellaType: LineTemplate = "\(if: .user, "AD Users", else: "Networks")"
}
