extension BlockList {
  /// Why nobody should block an app: by its name, or since a host that computers need lies within
  /// its domains; `nil` where neither is so.
  static func need(of app: ListedApp) -> String? {
    if let reason = apps[app.name] { return reason.words }
    for (reason, hosts) in hosts {
      for domain in app.domains {
        guard
          let host = hosts.first(where: {
            $0 == domain || $0.hasSuffix(".\(domain)") || domain.hasSuffix(".\($0)")
          })
        else { continue }
        return "\(reason.words): \(host)"
      }
    }
    return nil
  }

  private enum Reason {
    case signIn, updates, certificates, microsoft365

    var words: String {
      switch self {
      case .signIn: "people and computers need it to sign in"
      case .updates: "computers need it to be updated and managed"
      case .certificates: "computers need it to check certificates"
      case .microsoft365: "the parts of Microsoft 365 need one another"
      }
    }
  }

  /// By the names of the catalog.
  private static let apps: [String: Reason] = [
    "Auth0": .signIn, "Duo Security": .signIn, "Google Account": .signIn, "JumpCloud": .signIn,
    "Microsoft Entra ID": .signIn, "Okta": .signIn, "OneLogin": .signIn, "Ping Identity": .signIn,
    "Apple": .updates, "Google": .updates, "Microsoft Defender": .updates,
    "Microsoft Intune": .updates, "Windows Update": .updates,
    "DigiCert": .certificates, "GlobalSign": .certificates, "Let's Encrypt": .certificates,
    "Sectigo": .certificates,
    "Microsoft 365": .microsoft365, "Microsoft Exchange Online": .microsoft365,
    "Microsoft OneDrive": .microsoft365, "Microsoft SharePoint Online": .microsoft365,
    "Microsoft Teams": .microsoft365,
  ]

  /// Hosts that an app's domains may cover, whatever it is called, and own apps too.
  private static let hosts: [(Reason, [String])] = [
    (
      .signIn,
      [
        "account.live.com", "accounts.google.com", "appleid.apple.com", "idmsa.apple.com",
        "login.live.com", "login.microsoft.com", "login.microsoftonline.com", "login.windows.net",
        "oauth2.googleapis.com",
      ]
    ),
    (
      .updates,
      [
        "aus5.mozilla.org", "clients2.google.com", "definitionupdates.microsoft.com",
        "delivery.mp.microsoft.com", "gdmf.apple.com", "manage.microsoft.com", "mesu.apple.com",
        "swcdn.apple.com", "update.googleapis.com", "update.microsoft.com", "windowsupdate.com",
      ]
    ),
    (
      .certificates,
      [
        "cacerts.digicert.com", "crl.apple.com", "crl.globalsign.com", "crl.godaddy.com",
        "crl.microsoft.com", "crl3.digicert.com", "lencr.org", "ocsp.apple.com",
        "ocsp.digicert.com", "ocsp.globalsign.com", "ocsp.godaddy.com", "ocsp.sectigo.com",
        "oneocsp.microsoft.com", "pki.goog",
      ]
    ),
  ]
}
