extension Layouts {
  /// Products that do not exist, for the formats that many products write.
  static let generic = [
    LogLayout(
      format: "cef",
      name: "url",
      line: """
        CEF:0|Bramble|Web Gateway|3.1|100|Web request|3|rt=\(.epochMilliseconds) src=\(.client) \
        spt=\(.clientPort) shost=\(.device)\(if: .user, " suser=\(.user)") dst=\(.server) \
        dpt=\(.port) dhost=\(.host) request=\(.scheme)://\(.urlHost)\(.path) \
        requestMethod=\(.method) act=\(if: .denied, "block", else: "allow") \
        bytesSent=\(.uploaded) bytesReceived=\(.downloaded) cn1Label=duration cn1=\(.elapsed) \
        requestClientApplication=\(.agent) cs1Label=category cs1=\(.category) externalId=\(.id)
        """,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "leef",
      name: "2.0",
      line: """
        LEEF:2.0|Bramble|Web Gateway|3.1|web|^|devTime=\(.epochMilliseconds)^src=\(.client)^\
        srcPort=\(.clientPort)^identHostName=\(.device)^usrName=\(.user)^dst=\(.server)^\
        dstPort=\(.port)^dhost=\(.host)^url=\(.url)^method=\(.method)^\
        action=\(if: .denied, "block", else: "allow")^srcBytes=\(.uploaded)^\
        dstBytes=\(.downloaded)^totalBytes=\(.total)^duration=\(.elapsed)^userAgent=\(.agent)^\
        category=\(.category)
        """
    ),
    LogLayout(
      format: "leef",
      name: "1.0",
      line: """
        LEEF:1.0|Bramble|Web Gateway|3.1|web|devTime=\(.monthName) \(.day) \(.year) \(.clock)\
        \tsrc=\(.client)\tsrcPort=\(.clientPort)\tidentHostName=\(.device)\tusrName=\(.user)\
        \tdst=\(.server)\tdstPort=\(.port)\tdhost=\(.host)\turl=\(.url)\tmethod=\(.method)\
        \taction=\(if: .denied, "block", else: "allow")\tsrcBytes=\(.uploaded)\
        \tdstBytes=\(.downloaded)\ttotalBytes=\(.total)\tduration=\(.elapsed)\
        \tuserAgent=\(.agent)\tcategory=\(.category)
        """
    ),
    LogLayout(
      format: "json-lines",
      name: "flat",
      line: #"""
        {"timestamp":"\#(.date)T\#(.clock).\#(.milliseconds)Z","user":"\#(.user)",\#
        "src_ip":"\#(.client)","src_port":\#(.clientPort),"device_name":"\#(.device)",\#
        "dst_ip":"\#(.server)","dst_port":\#(.port),"dest_host":"\#(.host)","url":"\#(.url)",\#
        "method":"\#(.method)","status":\#(.status),"sent_bytes":\#(.uploaded),\#
        "received_bytes":\#(.downloaded),"action":"\#(if: .denied, "blocked", else: "allowed")",\#
        "user_agent":"\#(.agent)"}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "json-lines",
      name: "nested",
      line: #"""
        {"@timestamp": "\#(.date)T\#(.clock).\#(.milliseconds)Z", \#
        "user": {"name": "\#(.user)"}, \#
        "source": {"ip": "\#(.client)", "port": \#(.clientPort), "bytes": \#(.uploaded)}, \#
        "destination": {"ip": "\#(.server)", "port": \#(.port), "bytes": \#(.downloaded)}, \#
        "url": {"domain": "\#(.host)", "original": "\#(.url)"}, \#
        "event": {"action": "\#(if: .denied, "blocked", else: "allowed")"}, \#
        "http": {"request": {"method": "\#(.method)"}, "response": {"status_code": \#(.status)}}, \#
        "user_agent": {"original": "\#(.agent)"}}
        """#,
      doublesBackslashes: true
    ),
  ]

  /// Tables of products that do not exist; the first line names the fields.
  static let tables = [
    LogLayout(
      format: "csv",
      name: "commas",
      header: """
        Timestamp,User Name,Source IP,Device Name,Destination IP,Host,URL,Method,Status Code,\
        Bytes Sent,Bytes Received,Action,User Agent
        """,
      line: #"""
        \#(.date)T\#(.clock).\#(.milliseconds)Z,\#(.user),\#(.client),\#(.device),\#(.server),\#
        \#(.host),\#(.url),\#(.method),\#(.status),\#(.uploaded),\#(.downloaded),\#
        \#(if: .denied, "Blocked", else: "Allowed"),"\#(.agent)"
        """#
    ),
    LogLayout(
      format: "csv",
      name: "semicolons",
      header: "date;time;username;client_ip;server_ip;url;upload_bytes;download_bytes;verdict",
      line: """
        \(.day).\(.month).\(.year);\(.clock);\(.user);\(.client);\(.server);\(.url);\
        \(.uploaded);\(.downloaded);\(if: .denied, "deny", else: "permit")
        """
    ),
    LogLayout(
      format: "csv",
      name: "tabs",
      header: "ts\tlogin\tsrc\tdst\tfqdn\ttotal_bytes\tdisposition",
      line: """
        \(.epoch)\t\(.user)\t\(.client)\t\(.server)\t\(.host)\t\(.total)\
        \t\(if: .denied, "dropped", else: "passed")
        """
    ),
  ]
}
