extension Layouts {
  /// Balancers of load that know connections, requests and who came in by VPN.
  static let balancers = [
    LogLayout(
      format: "citrix",
      name: "tcp",
      prefix: "<134> ",
      line: """
        \(citrixTime) GMT ns-1 0-PPE-0 : default TCP CONN_TERMINATE \(.id) 0 :  \
        Source \(.clientIPv4):\(.clientPort) - Destination \(.server):\(.port) - \
        Start Time \(citrixTime) GMT - End Time \(citrixTime) GMT - \
        Total_bytes_send \(.uploaded) - Total_bytes_recv \(.downloaded)
        """,
      others: [
        """
        \(citrixTime) GMT ns-1 0-PPE-0 : default SSLVPN LOGIN \(.id) 0 : Context \
        admin@\(.clientIPv4) - SessionId: 12- User admin - Client_ip \(.clientIPv4)
        """
      ],
      countsTogether: true
    ),
    LogLayout(
      format: "citrix",
      name: "vpn",
      prefix: "<134> ",
      line: #"""
        \#(citrixTime) GMT ns-1 0-PPE-0 : default SSLVPN TCPCONNSTAT \#(.id) 0 :  Context \#
        \#(citrixUser)@\#(.clientIPv4) - SessionId: 9- User \#(citrixUser) - \#
        Client_ip \#(.clientIPv4) - Nat_ip 192.0.2.9 - Vserver 192.0.2.10:443 - \#
        Source \#(.clientIPv4):\#(.clientPort) - Destination \#(.server):\#(.port) - \#
        Start_time "\#(citrixTime) GMT" - End_time "\#(citrixTime) GMT" - Duration 00:00:01 - \#
        Total_bytes_send \#(.uploaded) - Total_bytes_recv \#(.downloaded) - \#
        Total_compressedbytes_send 0 - Total_compressedbytes_recv 0
        """#,
      countsTogether: true
    ),
    LogLayout(
      format: "f5-bigip",
      name: "irule",
      prefix: "<190>\(.monthName) \(.paddedDay) \(.clock) bigip-1 ",
      line: #"""
        f5_irule=Splunk-iRule-HTTP,src_ip=\#(.client),vip=\#(.server),http_method=\#(.method),\#
        http_host=\#(.urlHost),http_uri=\#(.target),http_url=\#(.urlHost)\#(.target),\#
        http_version=1.1,http_user_agent="\#(.agent)",http_content_type=,http_referrer="",\#
        req_start_time=\#(.date)T\#(.clock)Z\#(if: .user, ",user=\(.user)"),\#
        virtual_server="/Common/web",bytes_in=\#(.uploaded),node_port=443,\#
        http_status=\#(.status),req_elapsed_time=\#(.elapsed),bytes_out=\#(.downloaded)
        """#,
      others: [
        "notice mcpd[7777]: 01070638:5: Pool /Common/web member monitor status down.",
        """
        f5_irule=Splunk-iRule-LB_FAILED,src_ip=\(.client),vip=\(.server),http_method=GET
        """,
      ]
    ),
    LogLayout(
      format: "f5-bigip",
      name: "access-json",
      line: #"""
        {"event_type":"HTTP_REQUEST",\#
        "timestamp":"\#(.weekdayName), \#(.day) \#(.monthName) \#(.year) \#(.clock) GMT",\#
        "src_ip":"\#(.client)","src_port":\#(.clientPort),"dest_ip":"\#(.server)",\#
        "dest_port":\#(.port),"user":"\#(.user)","http_host":"\#(.urlHost)",\#
        "http_method":"\#(.method)","uri_path":"\#(.path)","http_status":\#(.status),\#
        "bytes_in":\#(.uploaded),"bytes_out":\#(.downloaded)}
        """#,
      doublesBackslashes: true
    ),
  ]

  private static let citrixTime: LineTemplate = "\(.month)/\(.day)/\(.year):\(.clock)"
  private static let citrixUser: LineTemplate = "\(if: .user, "\(.user)", else: "anonymous")"
}
