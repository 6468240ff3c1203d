/// Words that a log may name as the method of a request.
///
/// A closed set: a field of a log may hold anything, also a name, where a line is damaged or a
/// profile does not fit.
package enum RequestMethod {
  /// Bytes of the longest word.
  private static let bytesMax = 18

  // IANA's registry of HTTP methods with WebDAV's; Microsoft's WebDAV, RPC over HTTP, BITS and
  // configuration manager; UPnP; RTSP and ICAP; methods of caches and words that proxies write of
  // FTP, tunnels, and requests they could not read.
  private static let words: Set<[UInt8]> = Set(
    """
    ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE
    MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PRI
    PROPFIND PROPPATCH PUT QUERY REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE
    UPDATEREDIRECTREF VERSION-CONTROL
    BCOPY BDELETE BMOVE BPROPFIND BPROPPATCH NOTIFY POLL SUBSCRIBE UNSUBSCRIBE X-MS-ENUMATTS
    RPC_CONNECT RPC_IN_DATA RPC_OUT_DATA BITS_POST CCM_POST SMS_POST
    M-SEARCH
    ANNOUNCE DESCRIBE GET_PARAMETER PAUSE PLAY RECORD REDIRECT SETUP SET_PARAMETER TEARDOWN
    REQMOD RESPMOD
    BAN PURGE REFRESH ICP_QUERY HTCP_CLR HTCP_TST
    ABOR APPE CDUP CWD DELE EPRT EPSV FTP LIST MDTM MKD MLSD MLST NLST PASV PORT PWD QUIT RETR RMD
    RNFR RNTO SIZE STOR STOU
    DOWNLOAD NONE OTHER TCP_CONNECT TUNNEL UDP_ASSOCIATE UNKNOWN UPLOAD
    """.split { $0 == " " || $0 == "\n" }.map { Array($0.utf8) })

  /// Whether a text is one of the words, whatever its case.
  ///
  /// - Complexity: one hash; to be asked once for each distinct text.
  package static func isKnown(_ text: Span<UInt8>) -> Bool {
    guard !text.isEmpty, text.count <= bytesMax else { return false }
    return words.contains(
      text.indices.map { place in
        let byte = text[place]
        return byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte & 0xDF : byte
      })
  }
}
