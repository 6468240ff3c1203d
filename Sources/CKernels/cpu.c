#include "CKernels.h"

ck_level ck_cpu_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") &&
      __builtin_cpu_supports("aes"))
    return CK_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes"))
    return CK_AVX2;
#endif
  return CK_SCALAR;
}
