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

// XXH3 adds what it makes of each 64 bytes to its accumulators, and scrambles them behind each
// block. So the sums of a block do not depend on what came before it.
static void sums_avx2(const uint8_t *bytes, size_t blocks, uint64_t *sums) {
  for (; blocks > 0; blocks--, bytes += CK_HASH_BLOCK, sums += CK_HASH_LANES) {
    __attribute__((aligned(64))) xxh_u64 lanes[CK_HASH_LANES] = {0};
    for (size_t at = 0; at < CK_HASH_BLOCK; at += XXH_STRIPE_LEN)
      XXH3_accumulate_512(lanes, bytes + at, XXH3_kSecret + at / XXH_STRIPE_LEN * 8);
    memcpy(sums, lanes, sizeof lanes);
  }
}

static void fold_avx2(XXH3_state_t *state, const uint64_t *sums, size_t blocks) {
  __attribute__((aligned(64))) xxh_u64 lanes[CK_HASH_LANES];
  memcpy(lanes, state->acc, sizeof lanes);
  for (size_t block = 0; block < blocks; block++, sums += CK_HASH_LANES) {
    for (size_t lane = 0; lane < CK_HASH_LANES; lane++) lanes[lane] += sums[lane];
    XXH3_scrambleAcc(lanes, XXH3_kSecret + XXH_SECRET_DEFAULT_SIZE - XXH_STRIPE_LEN);
  }
  memcpy(state->acc, lanes, sizeof lanes);
  state->totalLen += blocks * CK_HASH_BLOCK;
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

int ck_content_sums(ck_level level, const uint8_t *bytes, size_t blocks, uint64_t *sums) {
#if defined(__x86_64__)
  if (level >= CK_AVX2) {
    sums_avx2(bytes, blocks, sums);
    return 1;
  }
#endif
  (void)level, (void)bytes, (void)blocks, (void)sums;
  return 0;
}

int ck_content_fold(ck_level level, void *state, const uint64_t *sums, size_t blocks) {
#if defined(__x86_64__)
  const XXH3_state_t *const known = state;
  if (level >= CK_AVX2 && known->bufferedSize == 0 && known->nbStripesSoFar == 0) {
    fold_avx2(state, sums, blocks);
    return 1;
  }
#endif
  (void)level, (void)state, (void)sums, (void)blocks;
  return 0;
}
