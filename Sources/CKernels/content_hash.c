// XXH3 of text, by AVX2 where the processor has it: distributions build the library for the oldest
// processor of an architecture, and all text goes through this hash. The algorithm is the library's
// own, compiled from its header; a state is the library's state.
#include "CKernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define XXH_VECTOR 2  // XXH_AVX2, which the header has not defined yet.
#define XXH_INLINE_ALL
#include <xxhash.h>

static void update_avx2(void *state, const uint8_t *bytes, size_t count) {
  XXH3_128bits_update(state, bytes, count);
}
#pragma clang attribute pop
#endif

int ck_content_hash_update(ck_level level, void *state, const uint8_t *bytes, size_t count) {
#if defined(__x86_64__)
  if (level >= CK_AVX2) {
    update_avx2(state, bytes, count);
    return 1;
  }
#endif
  (void)level, (void)state, (void)bytes, (void)count;
  return 0;
}
