import AppMatching
import Testing
import VeiledRecords

@Suite struct CatalogTests {
  @Test func embeddedCatalogIsTheFile() throws {
    let catalog = try AppCatalog.embedded()
    let fromFile = try read(catalogFile())
    #expect(catalog.version == fromFile.version)
    #expect(catalog.count >= 200)
    #expect(catalog.appsByName.count == catalog.count)
    #expect(catalog.categories.count >= 40)
  }

  @Test func namesAreInByteOrder() throws {
    let catalog = try AppCatalog.embedded()
    let names = catalog.appsByName.compactMap { catalog.name($0) }
    #expect(names.count == catalog.count)
    for (first, second) in zip(names, names.dropFirst()) {
      #expect(first.utf8.lexicographicallyPrecedes(second.utf8))
    }
  }

  @Test func everyDomainLiesUnderAPublicSuffix() throws {
    let catalog = try AppCatalog.embedded()
    var domains = try RegistrableDomain()
    for known in catalog.appsByName {
      for domain in catalog.domains(known) {
        let isRegistrable = domains.domain(of: Array(domain.utf8).span) != nil
        #expect(isRegistrable, "\(domain) is a public suffix: it is nobody's alone")
        #expect(app(catalog, domain) == known)
        #expect(app(catalog, "a.b.\(domain)") == known)
      }
    }
  }

  @Test func noDomainOfAnAppLiesUnderAnotherOfIt() throws {
    let catalog = try AppCatalog.embedded()
    for app in catalog.appsByName {
      let domains = catalog.domains(app)
      for domain in domains {
        #expect(!domains.contains { domain.hasSuffix(".\($0)") }, "\(domain) says nothing new")
      }
    }
  }

  @Test func categoriesAreThoseOfTheReadme() throws {
    let readme = String(decoding: try file("Datasets/README.md"), as: UTF8.self)
    for category in try AppCatalog.embedded().categories {
      #expect(readme.contains("\n- \(category)\n"), "\(category) is not listed")
    }
  }

  struct Named: CustomTestStringConvertible {
    var host: String
    var name: String
    var category: String
    var testDescription: String { host }
  }

  @Test(arguments: [
    Named(host: "www.dropbox.com", name: "Dropbox", category: "Cloud storage"),
    Named(host: "app.box.com", name: "Box", category: "Cloud storage"),
    Named(host: "drive.google.com", name: "Google Drive", category: "Cloud storage"),
    Named(host: "docs.google.com", name: "Google Docs", category: "Collaboration"),
    Named(
      host: "example.sharepoint.com",
      name: "Microsoft SharePoint Online",
      category: "Collaboration"
    ),
    Named(host: "teams.microsoft.com", name: "Microsoft Teams", category: "Collaboration"),
    Named(host: "outlook.office.com", name: "Microsoft Exchange Online", category: "Webmail"),
    Named(host: "www.office.com", name: "Microsoft 365", category: "Productivity"),
    Named(host: "api.github.com", name: "GitHub", category: "Code hosting"),
    Named(host: "raw.githubusercontent.com", name: "GitHub", category: "Code hosting"),
    Named(
      host: "signin.aws.amazon.com",
      name: "Amazon Web Services",
      category: "Cloud computing platform"
    ),
    Named(host: "www.amazon.com", name: "Amazon", category: "E-commerce"),
    Named(host: "chat.openai.com", name: "ChatGPT", category: "Generative AI"),
    Named(host: "api.openai.com", name: "OpenAI", category: "Generative AI"),
    Named(host: "claude.ai", name: "Claude", category: "Generative AI"),
    Named(host: "x.com", name: "X", category: "Social network"),
    Named(host: "portal.azure.com", name: "Microsoft Azure", category: "Cloud computing platform"),
    Named(host: "login.microsoftonline.com", name: "Microsoft Entra ID", category: "Security"),
    Named(host: "login.windows.net", name: "Microsoft Entra ID", category: "Security"),
    Named(host: "www.google.com", name: "Google Search", category: "Consumer"),
    Named(host: "www.google.co.uk", name: "Google Search", category: "Consumer"),
    Named(host: "accounts.google.com", name: "Google Account", category: "Security"),
    Named(host: "play.google.com", name: "Google Play", category: "Consumer"),
    Named(host: "clients2.google.com", name: "Google", category: "Consumer"),
    Named(host: "140.82.121.4", name: "GitHub", category: "Code hosting"),
    Named(host: "149.154.167.99", name: "Telegram", category: "Personal instant messaging"),
    Named(host: "2001:67c:4e8:f004::9", name: "Telegram", category: "Personal instant messaging"),
    Named(host: "52.113.194.132", name: "Microsoft Teams", category: "Collaboration"),
  ])
  func wellKnownHosts(_ row: Named) throws {
    let catalog = try AppCatalog.embedded()
    let found = try #require(app(catalog, row.host))
    #expect(catalog.name(found) == row.name)
    #expect(catalog.category(found) == row.category)
  }

  @Test func unknownAppHasNoName() throws {
    let catalog = try AppCatalog.embedded()
    #expect(catalog.name(AppID(.max)) == nil)
    #expect(catalog.category(AppID(.max)) == nil)
    #expect(catalog.domains(AppID(.max)).isEmpty)
  }
}
