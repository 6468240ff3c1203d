extension Layouts {
  /// Web servers and load balancers; where they are forward proxies, lines name the host.
  static let webServers = [
    LogLayout(format: "squid", name: "common", line: "\(commonLog) \(squidResult)"),
    LogLayout(
      format: "squid",
      name: "combined",
      line: #"\#(commonLog) "-" "\#(.agent)" \#(squidResult)"#
    ),
    LogLayout(format: "apache", name: "combined", line: #"\#(commonLog) "-" "\#(.agent)""#),
    LogLayout(format: "apache", name: "common", line: commonLog),
    LogLayout(
      format: "haproxy",
      name: "http",
      prefix: "<134>\(.monthName) \(.paddedDay) \(.clock) lb-1 ",
      line: #"""
        haproxy[1234]: \#(.clientIPv4):\#(.clientPort) \#
        [\#(.day)/\#(.monthName)/\#(.year):\#(.clock).\#(.milliseconds)] fe-https~ \#
        be-web/web-1 10/0/30/69/\#(.elapsed) \#(.status) \#(.downloaded) - - \#
        \#(if: .denied, "PR--", else: "----") 1/1/1/1/0 0/0 "\#(.method) \#(.url) HTTP/1.1"
        """#,
      others: ["haproxy[1234]: Proxy fe-https started."]
    ),
    LogLayout(
      format: "iis",
      name: "w3c",
      header: """
        #Software: Microsoft Internet Information Services 10.0
        #Version: 1.0
        #Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip \
        cs(User-Agent) cs(Referer) cs-host sc-status sc-substatus sc-win32-status sc-bytes \
        cs-bytes time-taken
        """,
      line: """
        \(.date) \(.clock) \(.server) \(.method) \(.path) - \(.port) \
        \(if: .user, "\(.user)", else: "-") \(.client) Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) \
        - \(.host) \(.status) 0 0 \(.downloaded) \(.uploaded) \(.elapsed)
        """
    ),
    LogLayout(
      format: "aws-alb",
      name: "application",
      line: #"""
        https \#(.date)T\#(.clock).\#(.microseconds)Z app/web/0123456789abcdef \#
        \#(.clientIPv4):\#(.clientPort) 192.0.2.80:8080 0.001 0.020 0.000 \#(.status) \#(.status) \#
        \#(.uploaded) \#(.downloaded) "\#(.method) https://\#(.urlHost):443\#(.target) HTTP/1.1" \#
        "\#(.agent)" TLS_AES_128_GCM_SHA256 TLSv1.3 \#
        arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/web/0123 \#
        "Root=1-\#(.hex8)-\#(.hex16)" "\#(.host)" "session-reused" 0 \#
        \#(.date)T\#(.clock).\#(.microseconds)Z "forward" "-" "-"
        """#
    ),
    LogLayout(
      format: "aws-cloudfront",
      name: "standard",
      line: """
        \(.date)\t\(.clock)\tFRA56-P1\t\(.downloaded)\t\(.client)\t\(.method)\
        \td111111abcdef8.cloudfront.net\t\(.path)\t\(.status)\t-\tMozilla/5.0%20(X11)\t-\t-\
        \t\(if: .denied, "Error", else: "Miss")\t\(.hex16)==\t\(.host)\thttps\t\(.uploaded)\t0.010\
        \t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\t\(if: .denied, "Error", else: "Miss")\tHTTP/2.0\t-\t-
        """
    ),
    LogLayout(
      format: "aws-s3",
      name: "access",
      line: #"""
        79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be corp-files \#
        \#(bracketedTime) \#(.client) \#
        \#(if: .user, "arn:aws:iam::000000000000:user/\(.user)", else: "-") \#(.hex16) \#
        REST.GET.OBJECT a.zip "GET \#(.path) HTTP/1.1" \#
        \#(if: .denied, "403 AccessDenied", else: "200 -") \#(.downloaded) \#(.downloaded) \#
        20 19 "-" "aws-cli/2.15" - \#(.hex16)= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader \#(.host) \#
        TLSv1.3 - -
        """#
    ),
    LogLayout(
      format: "aws-vpc-flow",
      name: "version-2",
      line: """
        2 000000000000 eni-0123456789abcdef0 \(.client) \(.server) \(.clientPort) \(.port) 6 \
        \(.packets) \(.total) \(.epoch) \(.epoch) \(if: .denied, "REJECT", else: "ACCEPT") OK
        """
    ),
  ]

  private static let bracketedTime: LineTemplate =
    "[\(.day)/\(.monthName)/\(.year):\(.clock) +0000]"
  private static let commonLog: LineTemplate = #"""
    \#(.client) - \#(if: .user, "\(.user)", else: "-") \#(bracketedTime) \#
    "\#(if: .tunnel, "CONNECT \(.urlHost):443", else: "\(.method) \(.url)") HTTP/1.1" \#
    \#(.status) \#(.downloaded)
    """#
  private static let squidResult: LineTemplate = """
    \(if: .denied, "TCP_DENIED:HIER_NONE", else: "TCP_MISS:HIER_DIRECT")
    """
}
