/// Words that lines are made of and that no seed changes.
struct Vocabulary: ~Copyable {
  static let categoryCount = 18
  /// Lines take these by 4 and 5 random bits: lengths are powers of two.
  static let agentCount = 8
  static let contentCount = 16
  static let wordCount = 32

  let categories = Phrases([
    "Uncategorized", "Search Engines/Portals", "Technology/Internet",
    "Office/Business Applications", "Audio/Video Clips", "Chat (IM)/SMS", "Email",
    "Social Networking", "File Storage/Sharing", "Cloud Infrastructure", "Web Ads/Analytics",
    "Reference", "Travel", "Financial Services", "Shopping", "News/Media", "Business/Economy",
    "Health",
  ])
  let agents = Phrases([
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
      + "Chrome/129.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
      + "Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
      + "Version/17.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)",
    "Microsoft-CryptoAPI/10.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 "
      + "(KHTML, like Gecko) Mobile/15E148",
    "python-requests/2.32.3",
  ])
  /// What is fetched: the ending of its path, and its type beside it.
  let endings = Phrases([
    "js", "css", "png", "json", "html", "woff2", "gif", "svg", "jpg", "-", "-", "-", "webp", "zip",
    "pdf", "mp4",
  ])
  let types = Phrases([
    "application/javascript", "text/css", "image/png", "application/json",
    "text/html;%20charset=utf-8", "font/woff2", "image/gif", "image/svg+xml", "image/jpeg",
    "application/json", "text/html", "application/octet-stream", "image/webp", "application/zip",
    "application/pdf", "video/mp4",
  ])
  static let noEnding = 9
  let words = Phrases([
    "api", "v1", "v2", "assets", "static", "users", "files", "images", "content", "search",
    "session", "events", "collect", "sync", "download", "upload", "media", "docs", "page", "app",
    "graphql", "auth", "token", "common", "en", "de", "data", "report", "widget", "messages",
    "channel", "feed",
  ])
}
