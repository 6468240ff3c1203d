extension Layouts {
  /// Services that companies send their traffic through.
  static let cloudServices = [
    LogLayout(
      format: "menlo-security",
      name: "cef",
      line: """
        CEF:0|Menlo Security|MSIP|2.0|100|web_request|1|rt=\(.epochMilliseconds) src=\(.client) \
        spt=\(.clientPort) shost=\(.device)\(if: .user, " suser=\(.user)") dst=\(.server) \
        dpt=\(.port) dhost=\(.host) request=\(.scheme)://\(.urlHost)\(.path) \
        requestMethod=\(.method) act=\(menloAction) in=\(.downloaded) out=\(.uploaded) \
        requestClientApplication=\(.agent)
        """,
      others: [
        """
        CEF:0|Menlo Security|MSIP|2.0|200|audit_change|1|rt=\(.epochMilliseconds) \
        suser=admin@corp.example msg=policy saved
        """
      ],
      doublesBackslashes: true,
      countsTogether: true
    ),
    LogLayout(
      format: "menlo-security",
      name: "json",
      line: #"""
        {"event":{"event_time":"\#(.date)T\#(.clock).\#(.microseconds)","name":"web",\#
        "userid":"\#(.user)","x-client-ip":"\#(.client)","dst":"\#(.server)",\#
        "domain":"\#(.host)","url":"\#(.url)","pe_action":"\#(menloAction)",\#
        "request_type":"\#(.method)","response_code":"\#(.status)","categories":"\#(.category)",\#
        "user-agent":"\#(.agent)"}}
        """#,
      others: [
        #"""
        {"event":{"event_time":"\#(.date)T\#(.clock).\#(.microseconds)","name":"email",\#
        "userid":"\#(.user)","pe_action":"allow","domain":"corp.example"}}
        """#
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "cato",
      name: "json",
      line: #"""
        {"event_type":"Security","event_sub_type":"Internet Firewall",\#
        "time":\#(.epochMilliseconds),"user_name":"\#(.user)","device_name":"\#(.device)",\#
        "src_ip":"\#(.client)","src_port":\#(.clientPort),"dest_ip":"\#(.server)",\#
        "dest_port":\#(.port),"domain_name":"\#(.host)","full_path_url":"\#(.url)",\#
        "http_request_method":"\#(.method)","upstream_bytes":\#(.uploaded),\#
        "downstream_bytes":\#(.downloaded),"rule_name":"web","action":"\#(catoAction)",\#
        "user_agent":"\#(.agent)"}
        """#,
      others: [
        #"""
        {"event_type":"Connectivity","event_sub_type":"Connected","time":\#(.epochMilliseconds),\#
        "src_ip":"\#(.client)","user_name":"\#(.user)"}
        """#,
        #"""
        {"event_type":"Sockets Management","event_sub_type":"Socket Upgrade",\#
        "time":\#(.epochMilliseconds),"action":"Succeeded"}
        """#,
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "cato",
      name: "wrapped-json",
      line: #"""
        {"time":"\#(.date)T\#(.clock)Z","fieldsMap":{"time":"\#(.epochMilliseconds)",\#
        "event_type":"Security","event_sub_type":"TLS Inspection","user_name":"\#(.user)",\#
        "device_name":"\#(.device)","src_ip":"\#(.client)","dest_ip":"\#(.server)",\#
        "domain_name":"\#(.host)","action":"\#(catoAction)"}}
        """#,
      doublesBackslashes: true
    ),
  ]

  private static let menloAction: LineTemplate = "\(if: .denied, "block", else: "isolate")"
  private static let catoAction: LineTemplate = "\(if: .denied, "Block", else: "Monitor")"
}
