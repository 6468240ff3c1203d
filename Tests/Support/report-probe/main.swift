import Foundation
import ReportPages
import ReportSamples

// Writes pages of a report that is made up, for tests that look at them in a browser:
// report-probe FILE plain|hostile APPS DAYS [executive]
let words = CommandLine.arguments
guard words.count >= 5, let apps = Int(words[3]), let days = Int(words[4]) else { exit(64) }
let report = SampleReport.make(
  seed: 1, apps: apps, days: days,
  name: words[2] == "hostile" ? SampleReport.hostile : SampleReport.plain)
let bytes = words.count > 5 ? ExecutivePage.bytes(report) : ReportPage.bytes(report)
try Data(bytes).write(to: URL(filePath: words[1]))
