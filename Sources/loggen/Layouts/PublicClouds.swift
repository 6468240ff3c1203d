extension Layouts {
  /// Firewalls and load balancers that clouds give to their tenants.
  static let publicClouds = [
    LogLayout(
      format: "azure-firewall",
      name: "json",
      line: #"""
        {"category":"AZFWApplicationRule","time":"\#(.date)T\#(.clock).\#(.microseconds)0Z",\#
        "resourceId":"/SUBSCRIPTIONS/\#(.hex16)","operationName":"AZFWApplicationRule",\#
        "properties":{"Protocol":"HTTPS","SourceIp":"\#(.client)","SourcePort":\#(.clientPort),\#
        "DestinationPort":\#(.port),"Fqdn":"\#(.host)","TargetUrl":"",\#
        "Action":"\#(if: .denied, "Deny", else: "Allow")","Policy":"web"}}
        """#,
      others: [
        #"""
        {"category":"AZFWFlowTrace","time":"\#(.date)T\#(.clock).\#(.microseconds)0Z",\#
        "properties":{"Protocol":"TCP","SourceIp":"\#(.client)","DestinationIp":"\#(.server)",\#
        "Flag":"INVALID"}}
        """#
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "cloudflare",
      name: "json",
      line: #"""
        {"ClientIP":"\#(.client)","ClientRequestHost":"\#(.host)",\#
        "ClientRequestMethod":"\#(.method)","ClientRequestURI":"\#(.path)",\#
        "ClientRequestBytes":\#(.uploaded),"EdgeResponseBytes":\#(.downloaded),\#
        "EdgeResponseStatus":\#(.status),\#
        "SecurityAction":"\#(if: .denied, "block", else: "log")",\#
        "ClientRequestUserAgent":"\#(.agent)","RayID":"\#(.hex16)",\#
        "EdgeStartTimestamp":"\#(.date)T\#(.clock)Z"}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "gcp",
      name: "firewall",
      line: #"""
        {"insertId":"\#(.hex16)","jsonPayload":{"connection":{"dest_ip":"\#(.server)",\#
        "dest_port":\#(.port),"protocol":6,"src_ip":"\#(.client)","src_port":\#(.clientPort)},\#
        "disposition":"\#(if: .denied, "DENIED", else: "ALLOWED")"},\#
        "logName":"projects/p/logs/compute.googleapis.com%2Ffirewall",\#
        "timestamp":"\#(.date)T\#(.clock).\#(.microseconds)Z"}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "gcp",
      name: "requests",
      line: #"""
        {"httpRequest":{"remoteIp":"\#(.client)","requestMethod":"\#(.method)",\#
        "requestSize":"\#(.uploaded)","requestUrl":"\#(.url)",\#
        "responseSize":"\#(.downloaded)","status":\#(.status),"userAgent":"\#(.agent)"},\#
        "insertId":"\#(.hex16)","jsonPayload":{\#
        "statusDetails":"\#(if: .denied, "denied_by_security_policy", else: "response_sent")"},\#
        "logName":"projects/p/logs/requests",\#
        "timestamp":"\#(.date)T\#(.clock).\#(.microseconds)Z"}
        """#,
      doublesBackslashes: true
    ),
  ]
}
