extension Layouts {
  /// FortiOS traffic logs: `sentbyte` is what the client sent.
  static let fortinet = [
    LogLayout(
      format: "fortigate",
      name: "key-value",
      line: """
        date=\(.date) time=\(.clock) devname="FGT-HQ" devid="FGT60F0000000001" \
        eventtime=\(.epochNanoseconds) tz="+0000" logid="0000000013" type="traffic" \
        subtype="forward" level="notice" vd="root" srcip=\(.client) srcname="\(.device)" \
        srcport=\(.clientPort) srcintf="lan" srcintfrole="lan" dstip=\(.server) dstport=\(.port) \
        dstintf="wan1" dstintfrole="wan" srccountry="Reserved" dstcountry="Germany" \
        sessionid=\(.id) proto=6 action="\(if: .denied, "deny", else: "close")" policyid=4 \
        policytype="policy" poluuid="5a1c8e52-\(.hex4)-51ee-9b31-\(.hex8)0c21" \
        policyname="web"\(if: .user, #" user="\#(.user)" group="staff" authserver="ad""#) \
        service="\(if: .clear, "HTTP", else: "HTTPS")" hostname="\(.host)" trandisp="snat" \
        transip=192.0.2.1 transport=\(.clientPort) duration=\(.elapsedSeconds) \
        sentbyte=\(.uploaded) rcvdbyte=\(.downloaded) sentpkt=\(.packetsUp) \
        rcvdpkt=\(.packetsDown) appcat="unscanned"
        """,
      others: [
        """
        date=\(.date) time=\(.clock) devname="FGT-HQ" devid="FGT60F0000000001" \
        eventtime=\(.epochNanoseconds) tz="+0000" logid="0100032001" type="event" \
        subtype="system" level="information" vd="root" logdesc="Admin login successful" \
        sn="\(.id)" user="admin" ui="ssh(10.0.0.2)" method="ssh" srcip=10.0.0.2 action="login" \
        status="success" msg="Administrator admin logged in successfully from ssh(10.0.0.2)"
        """,
        """
        date=\(.date) time=\(.clock) devname="FGT-HQ" devid="FGT60F0000000001" \
        eventtime=\(.epochNanoseconds) tz="+0000" logid="0000000020" type="traffic" \
        subtype="forward" level="notice" vd="root" srcip=\(.client) srcport=\(.clientPort) \
        dstip=\(.server) dstport=\(.port) sessionid=\(.id) proto=6 action="accept" policyid=4 \
        duration=\(.elapsedSeconds) sentbyte=5000 rcvdbyte=700
        """,
      ],
      doublesBackslashes: true
    ),
    LogLayout(
      format: "fortigate",
      name: "cef",
      line: """
        CEF:0|Fortinet|Fortigate|v7.4.3|00013|traffic:forward \
        \(if: .denied, "deny", else: "close")|3|deviceExternalId=FGT60F0000000001 \
        FTNTFGTeventtime=\(.epochNanoseconds) FTNTFGTtz=+0000 FTNTFGTlogid=0000000013 \
        cat=traffic:forward FTNTFGTsubtype=forward FTNTFGTlevel=notice FTNTFGTvd=root \
        src=\(.client) shost=\(.device) spt=\(.clientPort) deviceInboundInterface=lan \
        dst=\(.server) dpt=\(.port) deviceOutboundInterface=wan1 dhost=\(.host) \
        externalId=\(.id) proto=6 act=\(if: .denied, "deny", else: "close") FTNTFGTpolicyid=4 \
        app=\(if: .clear, "HTTP", else: "HTTPS")\(if: .user, " duser=\(.user)") \
        sourceTranslatedAddress=192.0.2.1 sourceTranslatedPort=\(.clientPort) \
        FTNTFGTduration=\(.elapsedSeconds) out=\(.uploaded) in=\(.downloaded) \
        FTNTFGTsentpkt=\(.packetsUp) FTNTFGTrcvdpkt=\(.packetsDown) FTNTFGTappcat=unscanned
        """,
      doublesBackslashes: true
    ),
  ]

  /// FortiWeb stands in front of sites of one's own.
  static let fortiWeb = [
    LogLayout(
      format: "fortiweb",
      name: "key-value",
      line: #"""
        date=\#(.date) time=\#(.clock) log_id=30000000 msg_id=\#(.id) \#
        device_id=FVVM000000000001 vd="root" timezone="(GMT)" type=traffic \#
        subtype="\#(.scheme)" pri=notice proto=tcp service=https/tls1.3 \#
        status=\#(if: .denied, "blocked", else: "success") reason=none policy=shop \#
        original_src=\#(.client) src=192.0.2.40 src_port=\#(.clientPort) dst=\#(.server) \#
        dst_port=\#(.port) http_request_time=0 http_response_time=0 \#
        http_request_bytes=\#(.uploaded) http_response_bytes=\#(.downloaded) \#
        http_method=\#(.method) http_url="\#(.target)" http_host="\#(.urlHost)" \#
        http_agent="\#(.agent)" http_retcode=\#(.status) msg="HTTPS request" \#
        user_name="\#(if: .user, "\(.user)", else: "Unknown")"
        """#,
      others: [
        #"""
        date=\#(.date) time=\#(.clock) log_id=10000017 msg_id=\#(.id) \#
        device_id=FVVM000000000001 vd="root" timezone="(GMT)" type=event subtype="system" \#
        pri=information user=admin ui=GUI action=login status=success msg="User admin login"
        """#,
        #"""
        date=\#(.date) time=\#(.clock) log_id=20000008 msg_id=\#(.id) \#
        device_id=FVVM000000000001 vd="root" timezone="(GMT)" type=attack \#
        subtype="waf_signature_detection" pri=alert src=\#(.client) dst=\#(.server) \#
        http_url="\#(.path)" http_host="\#(.urlHost)" action=Alert_Deny
        """#,
      ],
      doublesBackslashes: true
    )
  ]
}
