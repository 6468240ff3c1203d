extension Layouts {
  /// PAN-OS traffic logs: `bytes_sent` is what the client sent. They name no host.
  static let paloAlto = [
    LogLayout(
      format: "palo-alto",
      name: "csv",
      line: """
        1,\(slashedTime),001801000123,TRAFFIC,\(if: .denied, "deny", else: "end"),2561,\
        \(slashedTime),\(.client),\(.server),192.0.2.1,\(.server),web access,\(.user),,\
        \(if: .clear, "web-browsing", else: "ssl"),vsys1,trust,untrust,ethernet1/2,ethernet1/1,\
        fwd-all,\(slashedTime),\(.id),1,\(.clientPort),\(.port),\(.clientPort),\(.port),0x400053,\
        tcp,\(if: .denied, "deny", else: "allow"),\(.total),\(.uploaded),\(.downloaded),\
        \(.packets),\(slashedTime),\(.elapsedSeconds),\(panCategory),,\(.id),0x0,\
        10.0.0.0-10.255.255.255,Germany,,\(.packetsUp),\(.packetsDown),\
        \(if: .denied, "policy-deny", else: "tcp-fin"),0,0,0,0,vsys1,PA-EDGE-1,from-policy,,,0,,0,\
        ,N/A,0,0,0,0,5a1c8e52-\(.hex4)-51ee-9b31-\(.hex8)0c21,0,0,,,,,,,,
        """,
      others: [
        """
        1,\(slashedTime),001801000123,TRAFFIC,start,2561,\(slashedTime),\(.client),\(.server),\
        192.0.2.1,\(.server),web access,\(.user),,ssl,vsys1,trust,untrust,ethernet1/2,\
        ethernet1/1,fwd-all,\(slashedTime),\(.id),1,\(.clientPort),\(.port),\(.clientPort),\
        \(.port),0x0,tcp,allow,700,500,200,4,\(slashedTime),0,any,,\(.id),0x0,\
        10.0.0.0-10.255.255.255,Germany,,2,2,n/a,0,0,0,0,vsys1,PA-EDGE-1,from-policy
        """,
        """
        1,\(slashedTime),001801000123,SYSTEM,general,2561,\(slashedTime),,general,,0,0,general,\
        informational,"Connection to Update server closed: updates.example.com",\(.id),0x0,0,0,\
        0,0,,PA-EDGE-1
        """,
      ]
    ),
    LogLayout(
      format: "palo-alto",
      name: "leef",
      line: """
        LEEF:1.0|Palo Alto Networks|PAN-OS Syslog Integration|10.1.0|\
        \(if: .denied, "deny", else: "allow")|cat=TRAFFIC|ReceiveTime=\(slashedTime)|\
        SerialNumber=001801000123|Type=TRAFFIC|Subtype=\(if: .denied, "deny", else: "end")|\
        devTime=\(.monthName) \(.day) \(.year) \(.clock) GMT|src=\(.client)|dst=\(.server)|\
        srcPostNAT=192.0.2.1|dstPostNAT=\(.server)|RuleName=web access|usrName=\(.user)|\
        SourceUser=\(.user)|DestinationUser=|Application=ssl|VirtualSystem=vsys1|\
        SourceZone=trust|DestinationZone=untrust|IngressInterface=ethernet1/2|\
        EgressInterface=ethernet1/1|LogForwardingProfile=fwd-all|SessionID=\(.id)|RepeatCount=1|\
        srcPort=\(.clientPort)|dstPort=\(.port)|srcPostNATPort=\(.clientPort)|\
        dstPostNATPort=\(.port)|Flags=0x400053|proto=tcp|\
        action=\(if: .denied, "deny", else: "allow")|totalBytes=\(.total)|\
        dstBytes=\(.downloaded)|srcBytes=\(.uploaded)|totalPackets=\(.packets)|\
        StartTime=\(slashedTime)|ElapsedTime=\(.elapsedSeconds)|URLCategory=\(panCategory)|\
        sequence=\(.id)|ActionFlags=0x0
        """
    ),
    LogLayout(
      format: "palo-alto",
      name: "cef",
      line: """
        CEF:0|Palo Alto Networks|PAN-OS|10.1.0|\(if: .denied, "deny", else: "end")|TRAFFIC|1|\
        rt=\(.monthName) \(.day) \(.year) \(.clock) GMT deviceExternalId=001801000123 \
        src=\(.client) dst=\(.server) sourceTranslatedAddress=192.0.2.1 \
        destinationTranslatedAddress=\(.server) cs1Label=Rule cs1=web access \
        suser=\(.user) duser= app=ssl cs3Label=Virtual System cs3=vsys1 \
        cs4Label=Source Zone cs4=trust cs5Label=Destination Zone cs5=untrust \
        deviceInboundInterface=ethernet1/2 deviceOutboundInterface=ethernet1/1 \
        cs6Label=LogProfile cs6=fwd-all cn1Label=SessionID cn1=\(.id) cnt=1 \
        spt=\(.clientPort) dpt=\(.port) proto=tcp \
        act=\(if: .denied, "deny", else: "allow") flexNumber1Label=Total bytes \
        flexNumber1=\(.total) in=\(.uploaded) out=\(.downloaded) cn2Label=Packets \
        cn2=\(.packets) PanOSPacketsReceived=\(.packetsDown) PanOSPacketsSent=\(.packetsUp) \
        start=\(.monthName) \(.day) \(.year) \(.clock) GMT cn3Label=Elapsed time in seconds \
        cn3=\(.elapsedSeconds) cs2Label=URL Category cs2=\(panCategory) externalId=\(.id)
        """,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "palo-alto",
      name: "url-csv",
      line: """
        1,\(slashedTime),001801000123,THREAT,url,2561,\(slashedTime),\(.client),\(.server),\
        192.0.2.1,\(.server),web access,\(.user),,web-browsing,vsys1,trust,untrust,ethernet1/2,\
        ethernet1/1,fwd-all,\(slashedTime),\(.id),1,\(.clientPort),\(.port),\(.clientPort),\
        \(.port),0x403000,tcp,\(if: .denied, "block-url", else: "alert"),"\(.bareURL)",(9999),\
        \(panCategory),informational,client-to-server,\(.id),0x0,10.0.0.0-10.255.255.255,Germany,\
        ,\(.type),0,,,1,"\(.agent)",,,,,,,0,0,0,0,0,vsys1,PA-EDGE-1,,,,\(.method)
        """
    ),
    LogLayout(
      format: "palo-alto",
      name: "json",
      line: #"""
        {"TimeReceived":"\#(.date)T\#(.clock)Z","VendorName":"Palo Alto Networks",\#
        "LogType":"TRAFFIC","Subtype":"end","TimeGenerated":"\#(.date)T\#(.clock)Z",\#
        "SourceAddress":"\#(.client)","DestinationAddress":"\#(.server)","Rule":"web access",\#
        "SourceUser":"\#(.user)","Application":"ssl","SourcePort":\#(.clientPort),\#
        "DestinationPort":\#(.port),"Protocol":"tcp",\#
        "Action":"\#(if: .denied, "deny", else: "allow")","Bytes":\#(.total),\#
        "BytesSent":\#(.uploaded),"BytesReceived":\#(.downloaded),"PacketsTotal":\#(.packets),\#
        "SourceDeviceHost":"\#(.device)"}
        """#,
      doublesBackslashes: true
    ),
  ]

  private static let slashedTime: LineTemplate = "\(.year)/\(.month)/\(.day) \(.clock)"
  private static let panCategory: LineTemplate = "business-and-economy"
}
