extension Layouts {
  /// SRX sessions: the end tells the bytes, the client's first. They name no host.
  static let juniper = [
    LogLayout(
      format: "juniper-srx",
      name: "structured",
      prefix: "<14>1 \(.date)T\(.clock).\(.milliseconds)Z srx-1 ",
      line: #"""
        RT_FLOW - RT_FLOW_SESSION_CLOSE [junos@2636.1.1.1.2.129 reason="TCP FIN" \#
        source-address="\#(.client)" source-port="\#(.clientPort)" \#
        destination-address="\#(.server)" destination-port="\#(.port)" connection-tag="0" \#
        service-name="junos-https" nat-source-address="192.0.2.1" \#
        nat-source-port="\#(.clientPort)" nat-destination-address="\#(.server)" \#
        nat-destination-port="\#(.port)" protocol-id="6" policy-name="web" \#
        source-zone-name="trust" destination-zone-name="untrust" session-id-32="\#(.id)" \#
        packets-from-client="\#(.packetsUp)" bytes-from-client="\#(.uploaded)" \#
        packets-from-server="\#(.packetsDown)" bytes-from-server="\#(.downloaded)" \#
        elapsed-time="\#(.elapsedSeconds)" application="SSL" nested-application="UNKNOWN" \#
        username="\#(srxUser)" roles="N/A" packet-incoming-interface="ge-0/0/1.0" encrypted="Yes"]
        """#,
      others: [
        #"""
        RT_FLOW - RT_FLOW_SESSION_CREATE [junos@2636.1.1.1.2.129 source-address="\#(.client)" \#
        source-port="\#(.clientPort)" destination-address="\#(.server)" \#
        destination-port="\#(.port)" service-name="junos-https" policy-name="web" \#
        username="\#(srxUser)" roles="N/A"]
        """#,
        #"mgd 1234 UI_COMMIT [junos@2636.1.1.1.2.129 username="admin" command="commit"]"#,
      ]
    ),
    LogLayout(
      format: "juniper-srx",
      name: "unstructured",
      prefix: "<14>\(.monthName) \(.paddedDay) \(.clock) srx-1 ",
      line: """
        RT_FLOW: RT_FLOW_SESSION_CLOSE: session closed TCP FIN: \(.client)/\(.clientPort)->\
        \(.server)/\(.port) 0x0 junos-https 192.0.2.1/\(.clientPort)->\(.server)/\(.port) 0x0 \
        source rule out N/A N/A 6 web trust untrust \(.id) \(.packetsUp)(\(.uploaded)) \
        \(.packetsDown)(\(.downloaded)) \(.elapsedSeconds) SSL UNKNOWN \(srxUser)(N/A) \
        ge-0/0/1.0 Yes
        """,
      others: [
        """
        RT_FLOW: RT_FLOW_SESSION_CREATE: session created \(.client)/\(.clientPort)->\
        \(.server)/\(.port) 0x0 junos-https 192.0.2.1/\(.clientPort)->\(.server)/\(.port) 0x0 \
        source rule out N/A N/A 6 web trust untrust \(.id) \(srxUser)(N/A) ge-0/0/1.0 UNKNOWN \
        UNKNOWN UNKNOWN
        """
      ]
    ),
    LogLayout(
      format: "juniper-srx",
      name: "welf",
      prefix: "<14>\(.monthName) \(.paddedDay) \(.clock) srx-1 ",
      line: #"""
        id=firewall time="\#(.date) \#(.clock)" fw=srx-1 vpn=root \#
        msg="RT_FLOW_SESSION_CLOSE: session closed TCP FIN" proto=https src=\#(.client) \#
        dst=\#(.server)\#(if: .user, #" user="\#(.user)""#) sent=\#(.uploaded) \#
        rcvd=\#(.downloaded) duration=\#(.elapsedSeconds)
        """#
    ),
  ]

  private static let srxUser: LineTemplate = "\(if: .user, "\(.user)", else: "N/A")"
}
