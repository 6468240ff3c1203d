extension Layouts {
  /// Firewalls that know addresses and packets, but neither names nor sites.
  static let packetFilters = [
    LogLayout(
      format: "pfsense",
      name: "filterlog",
      prefix: "<134>\(.monthName) \(.paddedDay) \(.clock) fw-1 ",
      line: """
        filterlog[4711]: 84,,,1000001584,igb1,match,\(if: .denied, "block", else: "pass"),out,4,\
        0x0,,127,\(.clientPort),0,DF,6,tcp,52,\(.clientIPv4),\(.server),\(.clientPort),\(.port),\
        0,S,\(.id),,64240,,mss
        """
    ),
    LogLayout(
      format: "iptables",
      name: "ufw",
      prefix: "<4>\(.monthName) \(.paddedDay) \(.clock) gw-1 ",
      line: """
        kernel: [ 1234.\(.microseconds)] [UFW \(if: .denied, "BLOCK", else: "ALLOW")] IN=eth1 \
        OUT=eth0 MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=\(.clientIPv4) DST=\(.server) \
        LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=\(.clientPort) DF PROTO=TCP SPT=\(.clientPort) \
        DPT=\(.port) WINDOW=64240 RES=0x00 SYN URGP=0
        """
    ),
    LogLayout(
      format: "mikrotik",
      name: "firewall",
      prefix: "<30>\(.date)T\(.clock)+00:00 rb-1 ",
      line: """
        firewall,info \(if: .denied, "drop-out", else: "allow-web") forward: in:bridge out:ether1, \
        connection-state:new src-mac 00:00:5e:00:53:01, proto TCP (SYN), \
        \(.clientIPv4):\(.clientPort)->\(.server):\(.port), len 52
        """,
      others: ["system,info,account user admin logged in from 10.0.0.2 via ssh"]
    ),
    LogLayout(
      format: "juniper-ssg",
      name: "traffic",
      prefix: "<134>\(.monthName) \(.paddedDay) \(.clock) ssg-1 ",
      line: #"""
        ssg-1: NetScreen device_id=ssg-1  [Root]system-notification-00257(traffic): \#
        start_time="\#(.date) \#(.clock)" duration=\#(.elapsedSeconds) policy_id=4 service=https \#
        proto=6 src zone=Trust dst zone=Untrust action=\#(if: .denied, "Deny", else: "Permit") \#
        sent=\#(.uploaded) rcvd=\#(.downloaded) src=\#(.clientIPv4) dst=\#(.server) \#
        src_port=\#(.clientPort) dst_port=\#(.port) src-xlated ip=192.0.2.1 port=20311 \#
        dst-xlated ip=\#(.server) port=443 session_id=128001 reason=Close - TCP FIN
        """#
    ),
    LogLayout(
      format: "clavister",
      name: "conn",
      prefix: "<134>\(.date)T\(.clock)+00:00 cos-1 ",
      line: """
        EFW: CONN: prio=1 id=00600002 rev=1 event=conn_close_natsat action=close rule=lan-to-wan \
        conn=close connipproto=TCP connrecvif=lan connsrcip=\(.client) \
        connsrcport=\(.clientPort) conndestif=wan conndestip=\(.server) conndestport=\(.port) \
        origsent=\(.uploaded) termsent=\(.downloaded) conntime=\(.elapsedSeconds)
        """,
      others: [
        """
        EFW: CONN: prio=1 id=00600001 rev=1 event=conn_open_natsat action=none rule=lan-to-wan \
        conn=open connipproto=TCP connrecvif=lan connsrcip=\(.client) \
        connsrcport=\(.clientPort) conndestif=wan conndestip=\(.server) conndestport=\(.port)
        """
      ]
    ),
  ]

  /// UniFi's gateways: what their rules say, and what their controller says of it.
  static let unifi = [
    LogLayout(
      format: "ubiquiti-unifi",
      name: "cef",
      line: """
        CEF:0|Ubiquiti|UniFi Network|9.3.33|202|Firewall Traffic|1|UNIFIcategory=Firewall \
        UNIFIutcTime=\(.date)T\(.clock).\(.milliseconds)Z src=\(.client) spt=\(.clientPort) \
        dst=\(.server) dpt=\(.port) proto=TCP act=\(if: .denied, "blocked", else: "allowed") \
        UNIFIclientHostname=\(.device) UNIFIdstDomain=\(.host) UNIFIbytesSent=\(.uploaded) \
        UNIFIbytesReceived=\(.downloaded)
        """,
      others: [
        """
        CEF:0|Ubiquiti|UniFi Network|9.3.33|400|WiFi Client Connected|1|UNIFIcategory=Monitoring \
        UNIFIutcTime=\(.date)T\(.clock).\(.milliseconds)Z UNIFIclientHostname=\(.device)
        """
      ]
    ),
    LogLayout(
      format: "ubiquiti-unifi",
      name: "firewall",
      prefix: "<4>\(.monthName) \(.paddedDay) \(.clock) UDMP ",
      line: #"""
        kernel: [LAN_IN-\#(if: .denied, "3000-D", else: "2001-A")] \#
        DESCR="\#(if: .denied, "deny rest", else: "allow web")" IN=br0 OUT=eth8 \#
        MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=\#(.clientIPv4) DST=\#(.server) LEN=60 \#
        TOS=0x00 PREC=0x00 TTL=63 ID=\#(.clientPort) DF PROTO=TCP SPT=\#(.clientPort) \#
        DPT=\#(.port) WINDOW=64240 RES=0x00 SYN URGP=0
        """#
    ),
  ]
}
