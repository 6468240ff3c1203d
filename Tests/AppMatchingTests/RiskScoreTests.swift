import AppMatching
import Testing
import VeiledRecords

@Suite struct RiskScoreTests {
  @Test func nothingStatedIsNoScore() {
    #expect(RiskScore([:]) == nil)
    #expect(RiskScore(["iso_27001": .notApplicable]) == nil)
  }

  @Test func groupsAreMeansOfTheirFactors() throws {
    // Security (10 + 0) / 2 = 5, compliance 10: together 7.5.
    let score = try #require(
      RiskScore([
        "multi_factor_authentication": .points(100), "single_sign_on": .points(0),
        "iso_27001": .points(100),
      ]))
    #expect(score.tenths == 75)
    #expect(score.knownPercent == 3 * 100 / RiskFactor.all.count)
  }

  @Test func importanceWeighs() throws {
    var metric = RiskMetric()
    metric.importances = ["single_sign_on": .ignored, "compliance": .ignored]
    let values: [String: FactorValue] = [
      "multi_factor_authentication": .points(100), "single_sign_on": .points(0),
      "iso_27001": .points(0),
    ]
    #expect(RiskScore(values, metric: metric)?.tenths == 100)
    metric.importances = ["security": .veryHigh, "compliance": .low]
    // (5 × 8 + 0 × 1) / 9.
    #expect(RiskScore(values, metric: metric)?.tenths == 44)
    metric.importances = Dictionary(
      uniqueKeysWithValues: RiskFactor.Group.allCases.map { ($0.rawValue, .ignored) })
    #expect(RiskScore(values, metric: metric) == nil)
  }

  @Test func whatDoesNotApplyIsLeftOutOrCounts() throws {
    let values: [String: FactorValue] = ["soc_2": .points(100), "hipaa": .notApplicable]
    #expect(RiskScore(values)?.tenths == 100)
    var metric = RiskMetric()
    metric.notApplicableCounts = true
    #expect(RiskScore(values, metric: metric)?.tenths == 50)
  }

  @Test func allGoodIsTenAndFullyKnown() throws {
    let all = Dictionary(
      uniqueKeysWithValues: RiskFactor.all.map { ($0.name, FactorValue.points(100)) })
    #expect(RiskScore(all) == RiskScore(tenths: 100, knownPercent: 100))
    #expect(Set(RiskFactor.all.map(\.name)).count == RiskFactor.all.count)
  }

  @Test(
    arguments: [
      ("yes", .points(100)), ("No", .points(0)), ("n/a", .notApplicable), ("7", .points(70)),
      ("7.5", .points(75)), ("10", .points(100)), ("10.0", .points(100)), ("10.1", nil),
      ("11", nil), ("-1", nil), ("7.55", nil), ("7.", nil), (".5", nil), ("", nil), ("maybe", nil),
      ("+5", nil), ("5.-1", nil),
    ] as [(String, FactorValue?)])
  func values(text: String, value: FactorValue?) { #expect(FactorValue(text) == value) }

  @Test func filesOfFactors() throws {
    let good = Array("source,value,app,factor\nx,yes,Box,soc_2\n".utf8)
    let rows = try FactorFile.read(good.span)
    #expect(rows.map(\.app) == ["Box"] && rows[0].value == "yes")
    #expect(rows[0].source == "x" && rows[0].line == 2)
    for (text, error) in [
      ("", MatchingError.emptyFactors), ("app,value\n", .factorHeader),
      ("app,factor,value,value\nZoom,iso_27001,yes,no\n", .factorHeader),
      ("app,factor,value\nBox,charm,yes\n", .unknownFactor(line: 2)),
      ("app,factor,value\nBox,soc_2,perhaps\n", .badFactorValue(line: 2)),
      ("app,factor,value\nBox,soc_2\n", .fieldCount(line: 2, expected: 3, found: 2)),
    ] {
      let bytes = Array(text.utf8)
      #expect(throws: error) { try FactorFile.read(bytes.span) }
    }
  }

  @Test func ownAppsComeBesideTheCatalog() throws {
    let catalog = try AppCatalog.embedded()
    let own = CatalogApp(
      id: AppID(CatalogApp.firstOwnNumber), name: "Intranet", category: "Own",
      domains: ["corp.example", "dropbox.com"], country: "DE")
    let both = catalog.adding([own])
    #expect(both.count == catalog.count + 1)
    #expect(both.version != catalog.version)
    #expect(app(both, "wiki.corp.example") == own.id)
    #expect(app(both, "www.dropbox.com") == own.id)
    #expect(app(both, "api.dropboxapi.com") == app(catalog, "api.dropboxapi.com"))
    #expect(both.app(named: "intranet") == own.id)
    #expect(both.app(named: "1000000") == own.id)
    #expect(both.categories.contains("Own"))
    #expect(both.country(own.id) == "DE")
    #expect(catalog.adding([]).version == catalog.version)
    var bad = own
    bad.domains = ["fine.example", "bad"]
    #expect(bad.badDomain == "bad")
  }
}
