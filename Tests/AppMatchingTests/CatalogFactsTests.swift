import AppMatching
import Testing

/// What the file says beside names and domains.
@Suite struct CatalogFactsTests {
  /// Columns of each app of the file; fields with quotes are none of these.
  private static func rows() throws -> [[String: String]] {
    let text = String(decoding: try file("Datasets/catalog/apps.csv"), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    let names = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(names.suffix(4), cells.suffix(4))) { one, _ in one }
    }
  }

  @Test func thereAreAtLeastEightHundred() throws {
    #expect(try AppCatalog.embedded().count >= 800)
  }

  @Test func everyRowNamesAPublicSource() throws {
    for row in try Self.rows() {
      let source = row["source"] ?? ""
      #expect(source.hasPrefix("https://") && source.contains("."), "\(row)")
      let rangesSource = row["ip_ranges_source"] ?? ""
      #expect(row["ip_ranges"]?.isEmpty == rangesSource.isEmpty, "\(row)")
      #expect(rangesSource.isEmpty || rangesSource.hasPrefix("https://"), "\(row)")
    }
  }

  @Test func countriesAreThoseOfTheStandard() {
    #expect(CountryCode.all.count == 249)
    #expect(CountryCode.isKnown("DE") && CountryCode.isKnown("GB"))
    for none in ["XX", "UK", "EU", "de", "D", ""] { #expect(!CountryCode.isKnown(none)) }
  }

  /// Private, reserved and documentation ranges (RFC 6890 and its followers).
  static let reserved = [
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "2002::/16",
  ].compactMap { AppRange($0) }

  @Test func rangesArePublicAndOfOneAppEach() throws {
    #expect(Self.reserved.count == 14)
    let catalog = try AppCatalog.embedded()
    var all: [(range: AppRange, text: String)] = []
    for app in catalog.appsByName {
      for text in catalog.ranges(app) {
        let range = try #require(AppRange(text), "\(text)")
        #expect(!Self.reserved.contains { $0.overlaps(range) }, "\(text) is nobody's")
        let first = UInt8(text.prefix { $0 != "." }) ?? 255
        let isUnicast = text.contains(":") ? text.hasPrefix("2") : first < 224
        #expect(isUnicast, "\(text)")
        let other = all.first { $0.range.overlaps(range) }
        #expect(other == nil, "\(text) overlaps \(other?.text ?? "")")
        all.append((range, text))
      }
    }
    #expect(all.count > 100)
  }

  @Test func headquartersAreTwoLettersOrBlank() throws {
    let stated = try Self.rows().compactMap { $0["headquarters"] }.filter { !$0.isEmpty }
    #expect(stated.count > 500)
    for country in stated {
      #expect(country.count == 2 && country.allSatisfy { $0.isUppercase && $0.isASCII })
    }
    let catalog = try AppCatalog.embedded()
    #expect(catalog.appsByName.filter { catalog.country($0) != nil }.count == stated.count)
  }

  /// Many tenants share these: whoever claimed one would get the traffic of all of them.
  @Test(arguments: [
    "akamai.net", "akamaihd.net", "akamaiedge.net", "akamaized.net", "edgekey.net", "edgesuite.net",
    "fastly.net", "fastlylb.net", "cloudfront.net", "azureedge.net", "azurefd.net",
    "azurewebsites.net", "cloudapp.net", "trafficmanager.net",
    "googleusercontent.com", "googleapis.com", "gstatic.com", "appspot.com", "run.app",
    "web.app", "firebaseapp.com", "cdn77.org", "bunnycdn.com", "b-cdn.net", "stackpathcdn.com",
    "llnwd.net", "edgecastcdn.net", "jsdelivr.net", "unpkg.com", "cdnjs.com",
    "cloudflare.net", "pages.dev", "workers.dev", "herokuapp.com", "netlify.app", "vercel.app",
    "github.io", "gitlab.io", "githubusercontent.com", "blogspot.com", "wixsite.com",
    "myshopify.com", "onrender.com", "fly.dev", "ngrok.io", "ngrok-free.app", "azurestaticapps.net",
    "digitaloceanspaces.com", "backblazeb2.com", "r2.dev", "repl.co", "glitch.me",
    "amazonaws.com", "amazonaws.com.cn", "s3.amazonaws.com", "compute.amazonaws.com",
    "elasticbeanstalk.com", "awsapprunner.com", "amplifyapp.com", "on.aws",
    "windows.net", "blob.core.windows.net", "azure.net", "azure.com", "cloudapp.azure.com",
    "azure-api.net", "azurecontainer.io", "azurecontainerapps.io", "powerappsportals.com",
    "storage.googleapis.com", "cloudfunctions.net", "firebaseio.com",
    "oraclecloud.com", "objectstorage.eu-frankfurt-1.oraclecloud.com", "oraclecloudapps.com",
    "appdomain.cloud", "mybluemix.net", "aliyuncs.com", "myqcloud.com", "myhuaweicloud.com",
    "scw.cloud", "obs.eu-de.otc.t-systems.com", "hana.ondemand.com", "members.linode.com",
    "linodeobjects.com", "linodeusercontent.com", "vultrusercontent.com", "vultrobjects.com",
    "ondigitalocean.app", "wasabisys.com", "your-server.de", "ovh.net", "secureserver.net",
    "contaboserver.net", "kasserver.com", "dreamhosters.com",
    "force.com", "my.site.com", "squarespace.com", "static1.squarespace.com", "weebly.com",
    "jimdo.com", "wpengine.com", "wp.com", "webflow.io", "website-files.com", "wixstatic.com",
    "shopifycdn.com", "ctfassets.net", "cdnjs.cloudflare.com", "typekit.net",
    "csb.app", "webcontainer.io", "replit.app", "replit.dev", "lovable.app", "hf.space",
    "streamlit.app", "supabase.co", "up.railway.app", "deno.dev", "surge.sh", "kinsta.cloud",
    "notion.site", "carrd.co", "gitbook.io", "readthedocs.io", "readthedocs.org", "ghost.io",
    "bubbleapps.io", "hs-sites.com", "ts.net", "pythonhosted.org", "translate.goog",
  ])
  func noAppClaimsWhatManyShare(domain: String) throws {
    let catalog = try AppCatalog.embedded()
    #expect(app(catalog, domain) == nil)
    #expect(app(catalog, "tenant.\(domain)") == nil)
  }

  @Test func headquartersThatAreNoCountryAreRefused() {
    let head = "app_id,name,category,domains,headquarters\n"
    #expect(throws: MatchingError.badCountry(line: 2)) {
      try read(Array((head + "1,A,B,a.example,Germany\n").utf8))
    }
    #expect(throws: MatchingError.header(.headquarters)) {
      try read(Array("app_id,name,category,domains,headquarters,headquarters\n".utf8))
    }
  }
}
