import CISAL
import CLZ4
import CXXHash
import CZstd

/// The libraries that decode and hash, for `doctor`.
package enum CodecLibraries {
  /// Names and versions; of ISA-L, which does not tell its own, the one it was compiled against.
  package static var versions: [(name: String, version: String)] {
    [
      // SAFETY: both functions give constant texts.
      ("zstd", unsafe String(cString: ZSTD_versionString())),
      ("lz4", unsafe String(cString: LZ4_versionString())),
      ("isal", "\(ISAL_MAJOR_VERSION).\(ISAL_MINOR_VERSION).\(ISAL_PATCH_VERSION)"),
      ("xxhash", dotted(Int(XXH_versionNumber()))),
    ]
  }

  /// 803 is 0.8.3.
  private static func dotted(_ number: Int) -> String {
    "\(number / 10_000).\(number / 100 % 100).\(number % 100)"
  }
}
