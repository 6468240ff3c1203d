extension Layouts {
  /// Network sensors.
  static let sensors = [
    LogLayout(
      format: "zeek",
      name: "conn",
      header: """
        #separator \\x09
        #set_separator\t,
        #empty_field\t(empty)
        #unset_field\t-
        #path\tconn
        #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\
        \torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tmissed_bytes\thistory\torig_pkts\
        \tresp_pkts
        #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\
        \tbool\tcount\tstring\tcount\tcount
        """,
      line: """
        \(.epoch).\(.microseconds)\tC\(.hex16)\t\(.client)\t\(.clientPort)\t\(.server)\t\(.port)\
        \ttcp\tssl\t\(.elapsedSeconds).\(.microseconds)\t\(.uploaded)\t\(.downloaded)\
        \t\(if: .denied, "REJ", else: "SF")\tT\t0\tShADadFf\t\(.packetsUp)\t\(.packetsDown)
        """
    ),
    LogLayout(
      format: "zeek",
      name: "http",
      header: """
        #separator \\x09
        #set_separator\t,
        #empty_field\t(empty)
        #unset_field\t-
        #path\thttp
        #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\ttrans_depth\
        \tmethod\thost\turi\treferrer\tversion\tuser_agent\torigin\trequest_body_len\
        \tresponse_body_len\tstatus_code\tstatus_msg\tusername
        """,
      line: """
        \(.epoch).\(.microseconds)\tC\(.hex16)\t\(.client)\t\(.clientPort)\t\(.server)\t\(.port)\
        \t1\t\(.method)\t\(.host)\t\(.target)\t-\t1.1\t\(.agent)\t-\t\(.uploaded)\
        \t\(.downloaded)\t\(.status)\tOK\t\(if: .user, "\(.user)", else: "-")
        """
    ),
    LogLayout(
      format: "zeek",
      name: "conn-json",
      line: #"""
        {"ts":\#(.epoch).\#(.microseconds),"uid":"C\#(.hex16)","id.orig_h":"\#(.client)",\#
        "id.orig_p":\#(.clientPort),"id.resp_h":"\#(.server)","id.resp_p":\#(.port),\#
        "proto":"tcp","service":"ssl","duration":\#(.elapsedSeconds).5,\#
        "orig_bytes":\#(.uploaded),"resp_bytes":\#(.downloaded),\#
        "conn_state":"\#(if: .denied, "REJ", else: "SF")","history":"ShADadFf",\#
        "orig_pkts":\#(.packetsUp),"resp_pkts":\#(.packetsDown)}
        """#,
      others: [
        #"""
        {"ts":\#(.epoch).\#(.microseconds),"ts_delta":900.0,"peer":"zeek",\#
        "gaps":0,"acks":\#(.id),"percent_lost":0.0}
        """#
      ]
    ),
    LogLayout(
      format: "suricata",
      name: "flow",
      line: #"""
        {"timestamp":"\#(.date)T\#(.clock).\#(.microseconds)+0000","flow_id":\#(.id),\#
        "in_iface":"eth0","event_type":"flow","src_ip":"\#(.client)","src_port":\#(.clientPort),\#
        "dest_ip":"\#(.server)","dest_port":\#(.port),"proto":"TCP","app_proto":"tls",\#
        "flow":{"pkts_toserver":\#(.packetsUp),"pkts_toclient":\#(.packetsDown),\#
        "bytes_toserver":\#(.uploaded),"bytes_toclient":\#(.downloaded),\#
        "start":"\#(.date)T\#(.clock).\#(.microseconds)+0000","age":\#(.elapsedSeconds),\#
        "state":"closed","reason":"timeout","alerted":false},\#
        "tcp":{"tcp_flags":"1b","syn":true,"fin":true,"ack":true,"state":"closed"}}
        """#,
      others: [
        #"""
        {"timestamp":"\#(.date)T\#(.clock).\#(.microseconds)+0000","event_type":"stats",\#
        "stats":{"uptime":\#(.id),"decoder":{"pkts":\#(.id)}}}
        """#
      ]
    ),
    LogLayout(
      format: "suricata",
      name: "http",
      line: #"""
        {"timestamp":"\#(.date)T\#(.clock).\#(.microseconds)+0000","flow_id":\#(.id),\#
        "in_iface":"eth0","event_type":"http","src_ip":"\#(.client)","src_port":\#(.clientPort),\#
        "dest_ip":"\#(.server)","dest_port":\#(.port),"proto":"TCP","tx_id":0,\#
        "http":{"hostname":"\#(.host)","url":"\#(.target)","http_user_agent":"\#(.agent)",\#
        "http_method":"\#(.method)","protocol":"HTTP/1.1","status":\#(.status),\#
        "length":\#(.downloaded)}}
        """#
    ),
  ]
}
