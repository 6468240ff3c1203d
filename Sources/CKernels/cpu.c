#define _GNU_SOURCE
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

static ck_level best_of_processor(void) {
#if defined(__x86_64__)
  const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
                       __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes");
  // Processors without VBMI2, before Ice Lake and Zen 4, gain nothing from AVX-512.
  if (has_avx2 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2"))
    return CK_AVX512;
  if (has_avx2) return CK_AVX2;
#endif
  return CK_SCALAR;
}

ck_level ck_cpu_level(void) {
  ck_level best = best_of_processor();
  const char *wanted = secure_getenv("LOGVEIL_KERNELS");
  if (!wanted) return best;
  if (!strcmp(wanted, "scalar")) return CK_SCALAR;
  if (!strcmp(wanted, "avx2") && best > CK_AVX2) return CK_AVX2;
  return best;
}
