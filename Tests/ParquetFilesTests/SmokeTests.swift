import Testing
@testable import ParquetFiles
