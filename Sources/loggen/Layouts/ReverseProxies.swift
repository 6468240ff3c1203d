extension Layouts {
  /// What stands in front of sites of one's own, and delivery networks.
  static let reverseProxies = [
    LogLayout(
      format: "envoy",
      name: "text",
      line: #"""
        [\#(.date)T\#(.clock).\#(.milliseconds)Z] "\#(.method) \#(.target) HTTP/1.1" \#
        \#(.status) - \#(.uploaded) \#(.downloaded) \#(.elapsed) 29 "\#(.client)" "\#(.agent)" \#
        "\#(.hex8)-\#(.hex4)-4000-8000-\#(.hex8)0000" "\#(.urlHost)" "\#(.server):\#(.port)"
        """#
    ),
    LogLayout(
      format: "envoy",
      name: "json",
      line: #"""
        {"start_time":"\#(.date)T\#(.clock).\#(.milliseconds)Z","method":"\#(.method)",\#
        "path":"\#(.target)","authority":"\#(.urlHost)","response_code":\#(.status),\#
        "response_flags":"-","bytes_received":\#(.uploaded),"bytes_sent":\#(.downloaded),\#
        "downstream_remote_address":"\#(.clientIPv4):\#(.clientPort)",\#
        "upstream_host":"\#(.server):\#(.port)","user_agent":"\#(.agent)"}
        """#
    ),
    LogLayout(
      format: "caddy",
      name: "json",
      line: #"""
        {"level":"info","ts":\#(.epoch).\#(.microseconds),"logger":"http.log.access.log0",\#
        "msg":"handled request","request":{"remote_ip":"\#(.client)","client_ip":"\#(.client)",\#
        "proto":"HTTP/2.0","method":"\#(.method)","host":"\#(.urlHost)","uri":"\#(.target)",\#
        "headers":{"User-Agent":["\#(.agent)"]}},"bytes_read":\#(.uploaded),\#
        "user_id":"\#(.user)","duration":0.01,"size":\#(.downloaded),"status":\#(.status)}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "traefik",
      name: "json",
      line: #"""
        {"ClientAddr":"\#(.clientIPv4):\#(.clientPort)","ClientHost":"\#(.clientIPv4)",\#
        "ClientUsername":"\#(if: .user, "\(.user)", else: "-")",\#
        "DownstreamContentSize":\#(.downloaded),"DownstreamStatus":\#(.status),\#
        "RequestAddr":"\#(.urlHost)","RequestContentSize":\#(.uploaded),\#
        "RequestHost":"\#(.urlHost)","RequestMethod":"\#(.method)","RequestPath":"\#(.target)",\#
        "StartUTC":"\#(.date)T\#(.clock).\#(.microseconds)000Z","level":"info","msg":"",\#
        "time":"\#(.date)T\#(.clock)Z"}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "fastly",
      name: "json",
      line: #"""
        {"timestamp":"\#(.date)T\#(.clock)+0000","client_ip":"\#(.client)","geo_country":"x",\#
        "host":"\#(.urlHost)","url":"\#(.target)","request_method":"\#(.method)",\#
        "request_protocol":"HTTP/2","request_user_agent":"\#(.agent)","response_state":"MISS",\#
        "response_status":\#(.status),"response_body_size":\#(.downloaded),\#
        "fastly_server":"cache-fra-1","fastly_is_edge":true}
        """#
    ),
  ]
}
