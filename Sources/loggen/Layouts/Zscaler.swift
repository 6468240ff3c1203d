extension Layouts {
  /// Zscaler's web feeds as NSS writes them by default: `reqsize` is what the client sent.
  static let zscaler = [
    LogLayout(
      format: "zscaler",
      name: "json",
      line: #"""
        {"sourcetype":"zscalernss-web","event":{"time":"\#(.weekdayName) \#(.monthName) \#(.day) \#
        \#(.clock) \#(.year)","tz":"GMT","login":"\#(zscalerUser)","proto":"\#(zscalerProtocol)",\#
        "eurl":"\#(.bareURL)","action":"\#(zscalerAction)","appname":"General Browsing",\#
        "appclass":"Business","reqsize":"\#(.uploaded)","respsize":"\#(.downloaded)",\#
        "stime":"\#(.elapsed)","ctime":"\#(.elapsed)","urlclass":"Business Use",\#
        "urlsupercat":"\#(.category)","urlcat":"\#(.category)","malwarecat":"None",\#
        "threatname":"None","riskscore":"0","dlpeng":"None","dlpdict":"None","location":"HQ",\#
        "dept":"Research","cip":"\#(.client)","sip":"\#(.server)","reqmethod":"\#(.method)",\#
        "respcode":"\#(.status)","ua":"\#(.agent)","ereferer":"None","ruletype":"None",\#
        "rulelabel":"None","contenttype":"\#(.type)","unscannabletype":"None",\#
        "deviceowner":"asset","devicehostname":"\#(.device)","ehost":"\#(.host)",\#
        "totalsize":"\#(.total)"}}
        """#,
      doublesBackslashes: true
    ),
    LogLayout(
      format: "zscaler",
      name: "csv",
      line: #"""
        "\#(.weekdayName) \#(.monthName) \#(.day) \#(.clock) \#(.year)","\#(zscalerUser)",\#
        "\#(zscalerProtocol)","\#(.bareURL)","\#(zscalerAction)","General Browsing","Business",\#
        "\#(.uploaded)","\#(.downloaded)","\#(.elapsed)","\#(.elapsed)","Business Use",\#
        "\#(.category)","\#(.category)","None","None","0","None","None","HQ","Research",\#
        "\#(.client)","\#(.server)","\#(.method)","\#(.status)","\#(.agent)"
        """#
    ),
    LogLayout(
      format: "zscaler",
      name: "key-value",
      line: """
        \(.date) \(.clock)\treason=\(zscalerAction)\tevent_id=\(.id)\tprotocol=\(zscalerProtocol)\
        \taction=\(zscalerAction)\ttransactionsize=\(.total)\tresponsesize=\(.downloaded)\
        \trequestsize=\(.uploaded)\turlcategory=\(.category)\tserverip=\(.server)\
        \tclienttranstime=\(.elapsed)\trequestmethod=\(.method)\trefererURL=None\
        \tuseragent=\(.agent)\tproduct=NSS\tlocation=HQ\tClientIP=\(.client)\tstatus=\(.status)\
        \tuser=\(zscalerUser)\turl=\(.bareURL)\tvendor=Zscaler\thostname=\(.host)\
        \tclientpublicIP=192.0.2.1\tthreatcategory=None\tthreatname=None\tfiletype=None\
        \tappname=General Browsing\tpagerisk=0\tdepartment=Research\
        \turlsupercategory=\(.category)\tappclass=Business\tdlpengine=None\turlclass=Business Use\
        \tthreatclass=None\tdlpdictionaries=None\tfileclass=None\tbwthrottle=NO\
        \tcontenttype=\(.type)\tunscannabletype=None\tdeviceowner=asset\
        \tdevicehostname=\(.device)\tepochtime=\(.epoch)
        """
    ),
    LogLayout(
      format: "zscaler",
      name: "leef",
      line: """
        LEEF:1.0|Zscaler|NSS|4.1|\(zscalerAction)|cat=\(zscalerAction)\tdevTime=\(.monthName) \
        \(.day) \(.year) \(.clock) GMT\tdevTimeFormat=MMM dd yyyy HH:mm:ss z\tsrc=\(.client)\
        \tdst=\(.server)\tsrcPostNAT=192.0.2.1\trealm=HQ\tusrName=\(zscalerUser)\
        \tsrcBytes=\(.uploaded)\tdstBytes=\(.downloaded)\trole=Research\tpolicy=None\
        \trecordid=\(.id)\tbwthrottle=NO\tuseragent=\(.agent)\treferer=None\thostname=\(.host)\
        \tappproto=\(zscalerProtocol)\turlcategory=\(.category)\turlsupercategory=\(.category)\
        \turlclass=Business Use\tappclass=Business\tappname=General Browsing\
        \tmalwaretype=Clean Transaction\tmalwareclass=Clean Transaction\tthreatname=None\
        \triskscore=0\tdlpdict=None\tdlpeng=None\tfileclass=None\tfiletype=None\
        \treqmethod=\(.method)\trespcode=\(.status)\turl=\(.bareURL)
        """
    ),
    LogLayout(
      format: "zscaler",
      name: "cef",
      line: """
        CEF:0|Zscaler|NSSWeblog|5.7|\(zscalerAction)|\(zscalerAction)|3|act=\(zscalerAction) \
        app=\(zscalerProtocol) cat=\(.category) dhost=\(.host) dst=\(.server) src=\(.client) \
        in=\(.downloaded) outcome=\(.status) out=\(.uploaded) \
        request=\(.urlHost)\(.path) rt=\(.monthName) \(.day) \(.year) \(.clock) \
        sourceTranslatedAddress=192.0.2.1 requestClientApplication=\(.agent) \
        requestMethod=\(.method) suser=\(zscalerUser) spriv=HQ externalId=\(.id) \
        fileType=None reason=\(zscalerAction) cs1Label=dept cs1=Research cs2Label=urlcat \
        cs2=\(.category) cs3Label=malwareclass cs3=Clean Transaction cn1Label=riskscore cn1=0
        """,
      doublesBackslashes: true
    ),
  ]

  private static let zscalerUser: LineTemplate = "\(if: .user, "\(.user)", else: "None")"
  private static let zscalerAction: LineTemplate = "\(if: .denied, "Blocked", else: "Allowed")"
  private static let zscalerProtocol: LineTemplate = "\(if: .clear, "HTTP", else: "HTTPS")"
}
