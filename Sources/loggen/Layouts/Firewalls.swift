extension Layouts {
  /// Firewalls of smaller makers.
  static let firewalls = [
    LogLayout(
      format: "sonicwall",
      name: "enhanced",
      line: #"""
        id=firewall sn=00401010AB01 time="\#(.date) \#(.clock) UTC" fw=192.0.2.1 pri=6 c=1024 \#
        m=97 n=\#(.id)\#(if: .user, #" usr="\#(.user)""#) src=\#(.clientIPv4):\#(.clientPort):X0 \#
        dst=\#(.server):\#(.port):X1 srcMac=00:00:5e:00:53:01 proto=tcp/https op=\#(.method) \#
        sent=\#(.uploaded) rcvd=\#(.downloaded) result=\#(.status) dstname=\#(.host) \#
        arg=\#(.path) code=49 Category="\#(.category)" \#
        fw_action="\#(if: .denied, "drop", else: "NA")"
        """#,
      others: [
        #"""
        id=firewall sn=00401010AB01 time="\#(.date) \#(.clock) UTC" fw=192.0.2.1 pri=6 c=262144 \#
        m=98 msg="Connection Opened" n=\#(.id) src=\#(.clientIPv4):\#(.clientPort):X0 \#
        dst=\#(.server):\#(.port):X1 proto=tcp/https sent=52
        """#
      ]
    ),
    LogLayout(
      format: "sonicwall",
      name: "cef",
      line: """
        CEF:0|SonicWall|NSa 2700|7.0.1-5051|97|Web Request|4|rt=\(.epochMilliseconds) cat=1024 \
        src=\(.client) spt=\(.clientPort) dst=\(.server) dpt=\(.port)\
        \(if: .user, " susr=\(.user)") out=\(.uploaded) in=\(.downloaded) \
        requestMethod=\(.method) dstname=\(.host) request=\(.urlHost)\(.path) \
        fw_action=\(if: .denied, "drop", else: "NA")
        """,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "sophos-xg",
      name: "device",
      prefix: "<30>",
      line: #"""
        device="SFW" date=\#(.date) time=\#(.clock) timezone="UTC" device_name="XGS116" \#
        device_id=S0000000AB log_id=050901616001 log_type="Content Filtering" \#
        log_component="HTTP" log_subtype="\#(if: .denied, "Denied", else: "Allowed")" status="" \#
        priority=Information fw_rule_id=2 user_name="\#(.user)" user_gp="Staff" iap=13 \#
        category="\#(.category)" category_type="Acceptable" url="\#(.url)" contenttype="" \#
        override_token="" httpresponsecode="" src_ip=\#(.client) dst_ip=\#(.server) \#
        protocol="TCP" src_port=\#(.clientPort) dst_port=\#(.port) sent_bytes=\#(.uploaded) \#
        recv_bytes=\#(.downloaded) domain=\#(.host)
        """#,
      others: [
        #"""
        device="SFW" date=\#(.date) time=\#(.clock) timezone="UTC" device_name="XGS116" \#
        device_id=S0000000AB log_id=123526618031 log_type="System Health" log_component="CPU" \#
        log_subtype="Usage" priority=Information system=0.50%
        """#
      ]
    ),
    LogLayout(
      format: "sophos-xg",
      name: "central",
      prefix: "<30>\(.monthName) \(.paddedDay) \(.clock) sfw-1 ",
      line: #"""
        device_name="SFW" timestamp="\#(.date)T\#(.clock)+0000" device_model="XGS116" \#
        device_serial_id="S0000000AB" log_id="050901616001" log_type="Content Filtering" \#
        log_component="HTTP" log_subtype="\#(if: .denied, "Denied", else: "Allowed")" \#
        log_version=1 severity="Information" fw_rule_id="2" user_name="\#(.user)" \#
        category="\#(.category)" url="\#(.url)" src_ip="\#(.client)" dst_ip="\#(.server)" \#
        bytes_sent=\#(.uploaded) bytes_received=\#(.downloaded) domain="\#(.host)" \#
        http_status="\#(.status)" user_agent="\#(.agent)"
        """#
    ),
    LogLayout(
      format: "sophos-sg",
      name: "httpproxy",
      prefix: "<30>\(.year):\(.month):\(.day)-\(.clock) utm-1 ",
      line: #"""
        httpproxy[5123]: id="0001" severity="info" sys="SecureWeb" sub="http" \#
        name="\#(if: .denied, "web request blocked", else: "http access")" \#
        action="\#(if: .denied, "block", else: "pass")" method="\#(.method)" \#
        srcip="\#(.client)" dstip="\#(.server)" user="\#(.user)" group="" ad_domain="CORP" \#
        statuscode="\#(.status)" cached="0" profile="REF_1" filteraction="REF_2" \#
        size="\#(.downloaded)" request="0x\#(.hex8)" url="\#(.url)" referer="" error="" \#
        category="177" reputation="neutral" categoryname="\#(.category)"
        """#,
      others: [
        #"""
        aua[3333]: id="3006" severity="info" sys="System" sub="auth" \#
        name="Authentication successful" srcip="\#(.client)" user="admin" caller="http"
        """#
      ]
    ),
    LogLayout(
      format: "watchguard",
      name: "proxy",
      prefix: "<142>\(.date)T\(.clock)Z FB-HQ D0000000000AB ",
      line: #"""
        http-proxy[2102]: msg_id="1AFF-0024" \#(if: .denied, "ProxyDeny:", else: "Allow") \#
        1-Trusted 0-External tcp \#(.client) \#(.server) \#(.clientPort) \#(.port) \#
        msg="HTTP Request" proxy_act="HTTP-Client.1" op="\#(.method)" dstname="\#(.host)" \#
        arg="\#(.path)" sent_bytes="\#(.uploaded)" rcvd_bytes="\#(.downloaded)" \#
        elapsed_time="0.2 sec(s)" reputation="1"\#(if: .user, #" src_user="\#(.user)""#) \#
        (HTTP-proxy-00)
        """#
    ),
    LogLayout(
      format: "watchguard",
      name: "packet-filter",
      prefix: "<142>\(.date)T\(.clock)Z FB-HQ D0000000000AB ",
      line: #"""
        firewall: msg_id="3000-0148" \#(if: .denied, "Deny", else: "Allow") 1-Trusted \#
        0-External 52 tcp 20 127 \#(.client) \#(.server) \#(.clientPort) \#(.port) offset 8 S \#
        \#(.id) win 8192 geo_dst="DEU" duration="\#(.elapsedSeconds)" sent_bytes="\#(.uploaded)" \#
        rcvd_bytes="\#(.downloaded)"\#(if: .user, #" src_user="\#(.user)""#) (Outgoing-00)
        """#
    ),
    LogLayout(
      format: "stormshield",
      name: "web",
      line: #"""
        id=firewall time="\#(.date) \#(.clock)" fw="SN210-HQ" tz=+0000 \#
        startime="\#(.date) \#(.clock)" pri=5 confid=01 slotlevel=2 ruleid=4 srcif="Ethernet1" \#
        srcifname="in" ipproto=tcp dstif="Ethernet0" dstifname="out" proto=https \#
        src=\#(.client) srcport=\#(.clientPort) srcname=\#(.device) dst=\#(.server) \#
        dstport=\#(.port) dstname="\#(.host)" user="\#(.user)" op=\#(.method) \#
        result=\#(.status) arg="\#(.path)" action=\#(if: .denied, "block", else: "pass") \#
        sent=\#(.uploaded) rcvd=\#(.downloaded) logtype="web"
        """#,
      others: [
        #"""
        id=firewall time="\#(.date) \#(.clock)" fw="SN210-HQ" tz=+0000 \#
        startime="\#(.date) \#(.clock)" user="admin" src=\#(.client) confid=00 ruleid=0 \#
        method="LDAP" error=0 msg="User logged in" logtype="auth"
        """#
      ]
    ),
    LogLayout(
      format: "barracuda",
      name: "cloudgen",
      prefix: "<14>\(.date)T\(.clock)+00:00 cgf-1 ",
      line: """
        CGF/box_Firewall_Activity: Info cgf-1 \
        \(if: .denied, "Block: ", else: "Remove: ")\(cloudGenSession)
        """,
      others: ["CGF/box_Firewall_Activity: Info cgf-1 Allow: \(cloudGenSession)"]
    ),
    LogLayout(
      format: "barracuda",
      name: "web-log",
      line: """
        \(.epoch).\(.milliseconds) 1 \(.client) \(.server) \(.type) \(.client) \(.url) \
        \(.downloaded) BYF \(if: .denied, "BLOCKED", else: "ALLOWED") CLEAN 2 1 0 1 3 (-) 1 \
        business 0 - 0 \(.host) business \(if: .user, "[ldap0:\(.user)]", else: "[ANON]") \
        \(.host) - - 0
        """
    ),
  ]

  private static let cloudGenSession: LineTemplate = """
    type=FWD|proto=TCP|srcIF=eth1|srcIP=\(.client)|srcPort=\(.clientPort)|\
    srcMAC=00:00:5e:00:53:01|dstIP=\(.server)|dstPort=\(.port)|dstService=https|dstIF=eth0|\
    rule=LAN-2-INTERNET|info=\(if: .denied, "Block by Rule", else: "Session Idle Timeout")|\
    srcNAT=192.0.2.1|dstNAT=\(.server)|duration=\(.elapsed)|count=1|\
    receivedBytes=\(.downloaded)|sentBytes=\(.uploaded)|receivedPackets=\(.packetsDown)|\
    sentPackets=\(.packetsUp)|user=\(.user)|protocol=TLS|application=Web browsing|\
    target=\(.host)|content=|urlcat=Business
    """
}
