// Masks of 64 bytes, with AVX2 and AVX-512: for the index and for the cutters.
#ifndef LOGVEIL_BITS_H
#define LOGVEIL_BITS_H

#include <immintrin.h>
#include <stdint.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))

// Whose bytes, 64 of them, are `value`.
__attribute__((target("avx2"), always_inline)) static inline uint64_t match_avx2(
    const uint8_t *bytes, uint8_t value) {
  const __m256i wanted = _mm256_set1_epi8((char)value);
  const __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
  const __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  const uint32_t first = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
  const uint32_t second = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
  return first | (uint64_t)second << 32;
}

AVX512 __attribute__((always_inline)) static inline uint64_t match_avx512(const uint8_t *bytes,
                                                                           uint8_t value) {
  return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes), _mm512_set1_epi8((char)value));
}

// Bits up to and with which the number of bits set is odd.
__attribute__((target("pclmul"), always_inline)) static inline uint64_t parity_avx2(
    uint64_t bits) {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, (int64_t)bits), _mm_set1_epi8(-1), 0);
  return (uint64_t)_mm_cvtsi128_si64(product);
}

#endif
