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
      return Dictionary(zip(names.suffix(2), cells.suffix(2))) { one, _ in one }
    }
  }

  @Test func thereAreAtLeastEightHundred() throws {
    #expect(try AppCatalog.embedded().count >= 800)
  }

  @Test func everyRowNamesAPublicSource() throws {
    for row in try Self.rows() {
      let source = row["source"] ?? ""
      #expect(source.hasPrefix("https://") && source.contains("."), "\(row)")
    }
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
