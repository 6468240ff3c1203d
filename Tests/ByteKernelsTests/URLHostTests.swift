import ByteBlocks
import ByteKernels
import TestSupport
import Testing

/// The host inside of a URL; an empty one stands for none.
@Suite struct URLHostTests {
  static let hosts = [
    // Schemes.
    ("http://www.example.com", "www.example.com"),
    ("http://www.example.com/", "www.example.com"),
    ("https://www.example.com/index.html", "www.example.com"),
    ("ftp://ftp.example.com/pub", "ftp.example.com"),
    ("HTTP://WWW.EXAMPLE.COM/A", "WWW.EXAMPLE.COM"),
    ("wss://stream.example.com/ws", "stream.example.com"),
    ("tcp://teams.microsoft.com:443/", "teams.microsoft.com"),
    ("cache_object://localhost/info", "localhost"),
    ("ssl://example.com:443", "example.com"),
    ("x://y", "y"),
    ("coap+tcp://things.example/", "things.example"),
    ("blob:https://app.example.com/5c0f", "app.example.com"),
    // Ends of the host.
    ("http://example.com?x=http://other.example/", "example.com"),
    ("http://example.com#part", "example.com"),
    ("http://example.com/?q=a@b.c:80", "example.com"),
    ("http://example.com/a:b@c/d", "example.com"),
    ("http://example.com:8080?x", "example.com"),
    ("http://example.com:8080#x", "example.com"),
    ("http://example.com.", "example.com."),
    ("http://example.com:", "example.com"),
    ("http://example.com:/", "example.com"),
    // Ports.
    ("http://example.com:80/", "example.com"),
    ("http://example.com:65535/a", "example.com"),
    ("https://10.1.2.3:8443/a", "10.1.2.3"),
    ("https://10.1.2.3/a", "10.1.2.3"),
    ("http://localhost:3000", "localhost"),
    // CONNECT.
    ("www.dropbox.com:443", "www.dropbox.com"),
    ("localhost:443", "localhost"),
    ("10.1.2.3:443", "10.1.2.3"),
    ("EXAMPLE.COM:443", "EXAMPLE.COM"),
    (
      "a-very-long-first-label-of-a-host-name.example.com:443",
      "a-very-long-first-label-of-a-host-name.example.com"
    ),
    (
      "verylonglabelwithoutanydotinitatallwhichgoeson:8443",
      "verylonglabelwithoutanydotinitatallwhichgoeson"
    ),
    ("example.com:443/", "example.com"),
    // Hosts without scheme and port.
    ("www.example.com", "www.example.com"),
    ("www.example.com/index.html", "www.example.com"),
    ("www.example.com/a?url=http://other.example/", "www.example.com"),
    ("www.example.com?url=http://other.example/", "www.example.com"),
    ("localhost", "localhost"),
    ("10.1.2.3", "10.1.2.3"),
    ("under_score.example.com", "under_score.example.com"),
    ("münchen.example", "münchen.example"),
    ("xn--mnchen-3ya.example:443", "xn--mnchen-3ya.example"),
    // User and password.
    ("http://grace@files.example.com/a", "files.example.com"),
    ("http://grace:secret@files.example.com/a", "files.example.com"),
    ("http://grace:secret@files.example.com:8080/a", "files.example.com"),
    ("http://grace:se:cr:et@files.example.com/a", "files.example.com"),
    ("http://grace@corp.example:secret@files.example.com/a", "files.example.com"),
    ("http://:@files.example.com/", "files.example.com"),
    ("http://@files.example.com/", "files.example.com"),
    ("ftp://anonymous:a%40b.c@ftp.example.com/", "ftp.example.com"),
    ("http://grace:secret@[2001:db8::1]:80/", "2001:db8::1"),
    // IPv6.
    ("http://[2001:db8:2::26]/status", "2001:db8:2::26"),
    ("http://[2001:db8:2::26]:8080/status", "2001:db8:2::26"),
    ("[2001:db8:2::25]:443", "2001:db8:2::25"),
    ("[::1]", "::1"),
    ("[::1]:443", "::1"),
    ("http://[::ffff:10.1.2.3]/", "::ffff:10.1.2.3"),
    ("2001:db8:2::25", "2001:db8:2::25"),
    ("::1", "::1"),
    ("::ffff:10.1.2.3", "::ffff:10.1.2.3"),
    ("http://2001:db8::7/a", "2001:db8::7"),
    ("http://[FE80::1%25eth0]/", "FE80::1%25eth0"),
    // No host.
    ("", ""),
    ("-", "-"),
    ("/", ""),
    ("/index.html", ""),
    ("/a?u=http://other.example/", ""),
    ("?x=1", ""),
    ("#part", ""),
    ("*", ""),
    ("http://", ""),
    ("http:///path", ""),
    ("http://?q", ""),
    ("http://#q", ""),
    ("http://:8080/", ""),
    ("http://grace@/", ""),
    ("http://grace:secret@:80/", ""),
    ("http:/www.example.com/", ""),
    ("http:www.example.com", ""),
    ("http:", ""),
    ("http://[2001:db8::1", ""),
    ("http://[]/", ""),
    ("[2001:db8::1", ""),
    (":443", ""),
    (":", ""),
    ("::", "::"),
    ("error:invalid-request", ""),
    ("error:transaction-end-before-headers", ""),
    ("error:accept-client-connection", ""),
    ("error:unsupported-request-method", ""),
    ("error:double:colon", ""),
    ("NONE://", ""),
    ("mailto:grace@example.com", ""),
    ("data:text/html,hello", ""),
    ("about:blank", ""),
    ("javascript:void(0)", ""),
    ("urn:isbn:0451450523", ""),
    ("grace@example.com", ""),
    ("example.com:https", ""),
    ("example.com:123456", ""),
    ("example.com:", ""),
    ("http://x:y:z/", ""),
  ]

  static func read(_ urls: [[UInt8]]) throws -> [String] {
    let column = try FieldColumn(urls, between: Array("://x@".utf8))
    var hosts = Buffer<FieldRange>(count: urls.count + 2)
    FieldKernels.urlHosts(column.ranges.span, in: column.block, into: &hosts, at: 2)
    return urls.indices.map { place in
      String(decoding: column.block.bytes(of: hosts[place + 2]), as: UTF8.self)
    }
  }

  @Test(arguments: hosts) func hostOfURL(_ url: String, host: String) throws {
    #expect(try Self.read([Array(url.utf8)]) == [host])
  }

  /// A host never holds a byte that ends it, and lies inside of its URL.
  @Test func hostsOfJunk() throws {
    var random = SeededRandom(seed: 5)
    let urls = (0..<20_000).map { _ in
      random.bytes(random.below(20), of: Array("ab1:/:/@[]?#.-".utf8))
    }
    let odd = zip(urls, try Self.read(urls)).first { url, host in
      host.utf8.contains { "/?#@".utf8.contains($0) } || !url.debugText.contains(host)
    }
    #expect(odd == nil)
  }
}
