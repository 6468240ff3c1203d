extension Layouts {
  /// Web gateways and cloud services.
  static let webGateways = [
    LogLayout(
      format: "forcepoint",
      name: "cef",
      line: "CEF:0|Forcepoint|\(tritonCEF)",
      doublesBackslashes: true
    ),
    LogLayout(format: "forcepoint", name: "leef", line: "LEEF:1.0|Forcepoint|\(tritonLEEF)"),
    LogLayout(
      format: "forcepoint",
      name: "key-value",
      prefix: "<159>\(.monthName) \(.paddedDay) \(.clock) fp-1 ",
      line: """
        vendor=Forcepoint product=Security product_version=8.5.5 action=\(tritonAction) \
        severity=1 category=76 user=\(tritonUser) src_host=\(.client) src_port=\(.clientPort) \
        dst_host=\(.host) dst_ip=\(.server) dst_port=\(.port) bytes_out=\(.uploaded) \
        bytes_in=\(.downloaded) http_response=\(.status) http_method=\(.method) \
        http_content_type=\(.type) http_user_agent=\(.agent) http_proxy_status_code=\(.status) \
        reason=- disposition=1048 policy=Super_Administrator**Default role=8 \
        duration=\(.elapsed) url=\(.url)
        """
    ),
    LogLayout(
      format: "forcepoint",
      name: "cloud-csv",
      line: #"""
        "\#(.day)/\#(.month)/\#(.year)","\#(.clock)","\#(.user)","\#(.device)","\#(.category)",\#
        "\#(if: .denied, "Blocked", else: "Allowed")","Low","Default","\#(.url)","192.0.2.20",\#
        "\#(.server)","\#(.client)","","","\#(.agent)","\#(.status)","\#(.method)"
        """#
    ),
    LogLayout(
      format: "websense",
      name: "cef",
      line: "CEF:0|Websense|\(tritonCEF)",
      doublesBackslashes: true
    ),
    LogLayout(format: "websense", name: "leef", line: "LEEF:1.0|Websense|\(tritonLEEF)"),
    LogLayout(
      format: "websense",
      name: "csv",
      header: "Date,Time,User,Source IP,URL Hostname,URL,Action,Bytes Sent,Bytes Received",
      line: """
        \(.month)/\(.day)/\(.year),\(.clock),\(.user),\(.client),\(.host),\(.url),\
        Category \(tritonAction),\(.uploaded),\(.downloaded)
        """
    ),
    LogLayout(
      format: "netskope",
      name: "json",
      line: #"""
        {"_id":"\#(.hex16)","type":"page","timestamp":\#(.epoch),"access_method":"Client",\#
        "user":"\#(.user)","userkey":"\#(.user)","srcip":"\#(.client)","dstip":"\#(.server)",\#
        "dstport":\#(.port),"domain":"\#(.host)","url":"\#(.bareURL)","hostname":"\#(.device)",\#
        "category":"\#(.category)","client_bytes":\#(.uploaded),"server_bytes":\#(.downloaded),\#
        "numbytes":\#(.total),"ccl":"high","action":"\#(if: .denied, "block", else: "allow")",\#
        "useragent":"\#(.agent)"}
        """#,
      others: [
        #"""
        {"_id":"\#(.hex16)","type":"audit","timestamp":\#(.epoch),"access_method":"",\#
        "user":"admin@corp.example","ur_normalized":"admin@corp.example"}
        """#
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "netskope",
      name: "cef",
      line: """
        CEF:0|Netskope|corp|1.0|application|application|Low|timestamp=\(.epoch)\
        \(if: .user, " suser=\(.user)") src=\(.client) dst=\(.server) dhost=\(.host) \
        url=\(.scheme)://\(.urlHost)\(.path) act=\(if: .denied, "block", else: "allow") \
        client_bytes=\(.uploaded) server_bytes=\(.downloaded) numbytes=\(.total)
        """,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "cloudflare-gateway",
      name: "http",
      line: #"""
        {"Datetime":"\#(.date)T\#(.clock)Z","SourceIP":"\#(.client)","SourcePort":\#(.clientPort),\#
        "DestinationIP":"\#(.server)","DestinationPort":\#(.port),"Email":"\#(.user)",\#
        "DeviceName":"\#(.device)","HTTPHost":"\#(.host)","HTTPMethod":"\#(.method)",\#
        "HTTPStatusCode":\#(.status),"URL":"\#(.url)","PolicyName":"web",\#
        "Action":"\#(if: .denied, "block", else: "allow")","UserAgent":"\#(.agent)"}
        """#,
      others: [
        #"""
        {"Datetime":"\#(.date)T\#(.clock)Z","QueryName":".","QueryTypeName":"NS",\#
        "ResolverDecision":"allowedByQueryName","SrcIP":"\#(.client)","Email":"\#(.user)"}
        """#
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "cloudflare-gateway",
      name: "sessions",
      line: #"""
        {"SessionID":"\#(.hex16)","SessionStartTime":"\#(.date)T\#(.clock)Z",\#
        "SourceIP":"\#(.client)","SourcePort":\#(.clientPort),"Email":"\#(.user)",\#
        "DeviceName":"\#(.device)","OriginIP":"\#(.server)","OriginPort":\#(.port),\#
        "SNI":"\#(.host)","BytesSent":\#(.uploaded),"BytesReceived":\#(.downloaded),\#
        "ConnectionCloseReason":"CLIENT_CLOSED"}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "microsoft-defender-endpoint",
      name: "json",
      line: #"""
        {"Timestamp":"\#(.date)T\#(.clock).\#(.milliseconds)Z",\#
        "DeviceName":"\#(.device).corp.example","ActionType":"\#(defenderAction)",\#
        "LocalIP":"\#(.client)","LocalPort":\#(.clientPort),"RemoteIP":"\#(.server)",\#
        "RemotePort":\#(.port),"RemoteUrl":"\#(.host)","Protocol":"Tcp",\#
        "InitiatingProcessFileName":"browser.exe","InitiatingProcessAccountUpn":"\#(.user)"}
        """#,
      others: [
        #"""
        {"Timestamp":"\#(.date)T\#(.clock).\#(.milliseconds)Z",\#
        "DeviceName":"\#(.device).corp.example","ActionType":"ConnectionRequest",\#
        "LocalIP":"\#(.client)","RemoteIP":"\#(.server)","RemoteUrl":"\#(.host)"}
        """#
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "microsoft-defender-endpoint",
      name: "csv",
      header: """
        Timestamp,DeviceName,ActionType,LocalIP,LocalPort,RemoteIP,RemotePort,RemoteUrl,Protocol,\
        InitiatingProcessAccountUpn
        """,
      line: """
        \(.date)T\(.clock).\(.milliseconds)Z,\(.device).corp.example,\(defenderAction),\
        \(.client),\(.clientPort),\(.server),\(.port),\(.host),Tcp,\(.user)
        """
    ),
  ]

  private static let tritonCEF: LineTemplate = """
    Security|8.5.5|194|Transaction \(tritonAction)|1| act=\(tritonAction) app=https \
    dvc=192.0.2.10 dst=\(.server) dhost=\(.host) dpt=\(.port) src=\(.client) \
    spt=\(.clientPort) suser=\(tritonUser) destinationTranslatedPort=0 \
    rt=\(.epochMilliseconds) in=\(.downloaded) out=\(.uploaded) requestMethod=\(.method) \
    requestClientApplication=\(.agent) reason=- cs1Label=Policy cs1=Default \
    cn1Label=DispositionCode cn1=1048 cn2Label=ScanDuration cn2=12 \
    request=\(.scheme)://\(.urlHost)\(.path)
    """
  private static let tritonLEEF: LineTemplate = """
    Security|8.5.5|transaction:\(tritonAction)|sev=1\tcat=76\tusrName=\(tritonUser)\
    \tsrc=\(.client)\tsrcPort=\(.clientPort)\tsrcBytes=\(.uploaded)\tdstBytes=\(.downloaded)\
    \tdst=\(.server)\tdstPort=\(.port)\tproxyStatus-code=\(.status)\tserverStatus-code=\(.status)\
    \tduration=\(.elapsed)\tmethod=\(.method)\tdisposition=1025\turl=\(.url)\tdevTime=\(.epoch)
    """
  private static let tritonUser: LineTemplate = "\(if: .user, "\(.user)", else: "-")"
  private static let tritonAction: LineTemplate = "\(if: .denied, "blocked", else: "permitted")"
  private static let defenderAction: LineTemplate =
    "\(if: .denied, "ExploitGuardNetworkProtectionBlocked", else: "ConnectionSuccess")"
}
