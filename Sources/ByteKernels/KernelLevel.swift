internal import CKernels

/// Which form of a kernel runs.
public enum KernelLevel: UInt32, Sendable, Comparable, CaseIterable {
  case scalar = 0
  case avx2 = 1
  case avx512 = 2

  /// The best level of this processor, or the lower one that `LOGVEIL_KERNELS` asks for.
  public static let best = KernelLevel(rawValue: ck_cpu_level().rawValue) ?? .scalar

  /// All levels of this processor, worst first.
  public static var supported: [KernelLevel] { allCases.filter { $0 <= best } }

  /// The level as a person reads it.
  public var name: String {
    switch self {
    case .scalar: "scalar"
    case .avx2: "AVX2"
    case .avx512: "AVX-512"
    }
  }

  /// Whether `a` is the worse one.
  public static func < (a: KernelLevel, b: KernelLevel) -> Bool { a.rawValue < b.rawValue }

  var kernel: ck_level { ck_level(rawValue) }
}
