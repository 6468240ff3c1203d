extension Layouts {
  /// Log Exporter: `sent_bytes` and `out` are what the client sent.
  static let checkPoint = [
    LogLayout(
      format: "check-point",
      name: "cef",
      line: """
        CEF:0|Check Point|URL Filtering|Check Point|\(checkPointAction)|URL Filtering|Unknown|\
        act=\(checkPointAction) deviceDirection=1 rt=\(.epochMilliseconds) spt=\(.clientPort) \
        dpt=\(.port) cs2Label=Rule Name cs2=web layer_name=Network ifname=eth1 \
        loguid={0x5f1,0x0,0x1,0x\(.hex8)} origin=192.0.2.1 src=\(.client) dst=\(.server) \
        proto=6 service_id=https\(if: .user, " suser=\(.user)") shost=\(.device) \
        dhost=\(.host) request=\(.scheme)://\(.urlHost)\(.path) requestMethod=\(.method) \
        in=\(.downloaded) out=\(.uploaded) product=URL Filtering
        """,
      others: [
        """
        CEF:0|Check Point|SmartConsole|Check Point|Log In|Log In|Unknown|act=Log In \
        rt=\(.epochMilliseconds) suser=admin
        """
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "check-point",
      name: "leef",
      line: """
        LEEF:2.0|Check Point|Application Control|1.0|\(checkPointAction)|cat=Application Control\
        \tdevTime=\(.epoch)\tsrcPort=\(.clientPort)\tdstPort=\(.port)\tsrc=\(.client)\
        \tdst=\(.server)\tproto=6\tservice_id=https\tusrName=\(.user)\taction=\(checkPointAction)\
        \tidentHostName=\(.device)\tresource=\(.url)\tsrcBytes=\(.uploaded)\
        \tdstBytes=\(.downloaded)\tlayer_name=Network\trule_name=web
        """
    ),
    LogLayout(
      format: "check-point",
      name: "syslog",
      prefix: "<134>1 \(.date)T\(.clock)Z gw-1 ",
      line: #"""
        CheckPoint 23402 - [action:"\#(checkPointAction)"; flags:"444676"; ifdir:"outbound"; \#
        ifname:"eth1"; loguid:"{0x5f1,0x0,0x1,0x\#(.hex8)}"; origin:"192.0.2.1"; \#
        sequencenum:"1"; time:"\#(.epoch)"; version:"5"; dst:"\#(.server)"; \#
        product:"URL Filtering"; proto:"6"; s_port:"\#(.clientPort)"; service:"443"; \#
        src:"\#(.client)"\#(if: .user, #"; src_user_name:"\#(.user)""#); \#
        resource:"\#(.url)"; sent_bytes:"\#(.uploaded)"; received_bytes:"\#(.downloaded)"; \#
        method:"\#(.method)"]
        """#
    ),
    LogLayout(
      format: "check-point",
      name: "bars",
      line: """
        time=\(.epoch)|hostname=gw-1|product=Application Control|action=\(checkPointAction)|\
        ifdir=outbound|ifname=eth1|loguid={0x5f1,0x0,0x1,0x\(.hex8)}|origin=192.0.2.1|\
        src=\(.client)|dst=\(.server)|s_port=\(.clientPort)|service=443|proto=6|\
        src_user_name=\(.user)|src_machine_name=\(.device)|resource=\(.url)|\
        client_outbound_bytes=\(.uploaded)|client_inbound_bytes=\(.downloaded)
        """
    ),
  ]

  private static let checkPointAction: LineTemplate = "\(if: .denied, "Block", else: "Accept")"
}
