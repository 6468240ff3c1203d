extension Layouts {
  /// Web gateways that stand in the company's own racks.
  static let webAppliances = [
    LogLayout(
      format: "skyhigh-swg",
      name: "pairs",
      prefix: "<30>\(.date)T\(.clock)+00:00 mwg-1 ",
      line: #"""
        mwg: status="\#(.status)/\#(if: .denied, "80", else: "0")" srcip="\#(.client)" \#
        user="\#(if: .user, "\(.user)", else: "-")" dhost="\#(.host)" urlp="\#(.port)" \#
        proto="HTTPS/https" mtd="\#(.method)" urlc="\#(.category)" rep="5" mt="\#(.type)" \#
        mlwr="-" app="-" bytes="\#(.uploaded)/\#(.uploaded)/\#(.downloaded)/\#(.downloaded)" \#
        ua="Chrome120" lat="0/0/12/\#(.elapsed)" rule="Default" url="\#(.url)"
        """#
    ),
    LogLayout(
      format: "cyberoam",
      name: "content-filtering",
      line: #"""
        date=\#(.date) time=\#(.clock) timezone="UTC" device_name="CR50ia" \#
        device_id=C000000001-AB log_id=050901616001 log_type="Content Filtering" \#
        log_component="HTTP" log_subtype="\#(if: .denied, "Denied", else: "Allowed")" status="" \#
        priority=Information fw_rule_id=1 user_name="\#(.user)" user_gp="Staff" iap=2 \#
        category="\#(.category)" url="\#(.url)" src_ip=\#(.client) dst_ip=\#(.server) \#
        protocol="TCP" src_port=\#(.clientPort) dst_port=\#(.port) sent_bytes=\#(.uploaded) \#
        recv_bytes=\#(.downloaded) domain=\#(.host)
        """#
    ),
    LogLayout(
      format: "iboss",
      name: "json",
      line: #"""
        {"logTime":"\#(.date)","time":"\#(.clock)","ibossIpAddress":"192.0.2.30",\#
        "sourceIpAddress":"\#(.client)","username":"\#(.user)","computerName":"\#(.device)",\#
        "ipAddress":"\#(.server)","host":"\#(.host)","url":"\#(.bareURL)",\#
        "action":"\#(if: .denied, "Blocked", else: "Allowed")","requestMethod":"\#(.method)",\#
        "upstreamByteUsage":"\#(.uploaded)","downstreamByteUsage":"\#(.downloaded)"}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "microsoft-tmg",
      name: "web-proxy",
      line: """
        \(.client)\t\(if: .user, "\(.user)", else: "anonymous")\tMozilla/5.0\tY\t\(.date)\
        \t\(.clock)\tw3proxy\tTMG-1\t-\t\(.host)\t\(.server)\t\(.port)\t\(.elapsed)\t\(.uploaded)\
        \t\(.downloaded)\thttp\tTCP\t\(.method)\t\(.url)\t-\tInet\t\(.status)\t0x0\tweb\
        \tReq ID: \(.hex8)\tInternal\tExternal\t0x0\t\(if: .denied, "Denied", else: "Allowed")
        """
    ),
    LogLayout(
      format: "i-filter",
      name: "access",
      line: #"""
        [\#(filterTime)] proxy[2211] 1000/01/ 192.0.2.2:15080 \#(.server):\#(.port) \#
        \#(.clientIPv4):\#(.clientPort) \#(.client) \#(.device) \#
        \#(if: .user, "\(.user)", else: "-") [\#(filterTime)] \#(.status) - \#(.downloaded) \#
        \#(if: .denied, "block", else: "0") - - - - - - - staff - - - "\#(.method) \#
        \#(if: .tunnel, "\(.urlHost):443", else: "\(.url)") HTTP/1.1" "-" "\#(.agent)" \#
        \#(.type) -
        """#
    ),
  ]

  private static let filterTime: LineTemplate =
    "\(.day)/\(.monthName)/\(.year):\(.clock) +0000"
}
