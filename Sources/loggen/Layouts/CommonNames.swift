extension Layouts {
  /// Makers that publish no layout of theirs: their lines have the names that most products use.
  static let commonNames =
    commonNames("contentkeeper", vendor: "ContentKeeper", gateway: "ck-1")
    + commonNames("corrata", vendor: "Corrata", gateway: "corrata-1")
    + commonNames("open-systems", vendor: "Open Systems", gateway: "swg-1")
    + commonNames("wandera", vendor: "Wandera", gateway: "wandera-1")

  private static func commonNames(
    _ format: String, vendor: LineTemplate, gateway: LineTemplate
  ) -> [LogLayout] {
    [
      LogLayout(
        format: format,
        name: "json",
        line: #"""
          {"vendor":"\#(vendor)","timestamp":"\#(.date)T\#(.clock).\#(.milliseconds)Z",\#
          "user":"\#(.user)","device":"\#(.device)","src_ip":"\#(.client)",\#
          "dst_ip":"\#(.server)","host":"\#(.host)","url":"\#(.url)","method":"\#(.method)",\#
          "status":\#(.status),"bytes_sent":\#(.uploaded),"bytes_received":\#(.downloaded),\#
          "category":"\#(.category)","action":"\#(if: .denied, "blocked", else: "allowed")"}
          """#,
        doublesBackslashes: true
      ),
      LogLayout(
        format: format,
        name: "cef",
        line: """
          CEF:0|\(vendor)|Web Gateway|1.0|100|web|3|rt=\(.epochMilliseconds) src=\(.client) \
          shost=\(.device)\(if: .user, " suser=\(.user)") dst=\(.server) dhost=\(.host) \
          request=\(.scheme)://\(.urlHost)\(.path) requestMethod=\(.method) \
          act=\(if: .denied, "blocked", else: "allowed") in=\(.downloaded) out=\(.uploaded)
          """,
        others: [
          "CEF:0|\(vendor)|Console|1.0|200|login|1|rt=\(.epochMilliseconds) suser=admin"
        ],
        doublesBackslashes: true,
        countsTogether: true
      ),
      LogLayout(
        format: format,
        name: "pairs",
        prefix: "<134>\(.monthName) \(.paddedDay) \(.clock) \(gateway) ",
        line: #"""
          gateway: product="\#(vendor)"\#(if: .user, #" user="\#(.user)""#) src=\#(.client) \#
          dst=\#(.server) host=\#(.host) url="\#(.url)" method=\#(.method) sent=\#(.uploaded) \#
          rcvd=\#(.downloaded) action=\#(if: .denied, "blocked", else: "allowed")
          """#,
        doublesBackslashes: true
      ),
    ]
  }
}
