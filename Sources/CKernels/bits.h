// Masks of 64 bytes, with AVX2 and AVX-512: for the index and for the cutters.
#ifndef LOGVEIL_BITS_H
#define LOGVEIL_BITS_H

#include <immintrin.h>
#include <stdint.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))
#define AVX512                                                                                  \
  __attribute__((target(                                                                        \
      "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))

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

// Writes where the bits are, `count` of them, behind `base`; there is room for 64. Eight at a time:
// writing a few too many is cheaper than a branch for each.
AVX2 __attribute__((always_inline)) static inline void write_places_avx2(
    uint32_t *target, uint64_t bits, uint32_t count, uint32_t base) {
  for (int slot = 0; slot < 8; slot++, bits &= bits - 1)
    target[slot] = base + (uint32_t)_tzcnt_u64(bits);
  for (uint32_t written = 8; __builtin_expect(written < count, 0); written += 8)
    for (int slot = 0; slot < 8; slot++, bits &= bits - 1)
      target[written + slot] = base + (uint32_t)_tzcnt_u64(bits);
}

static const uint8_t places_of_64[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

// The same, 16 at a time: of the places of 64 bytes those without a bit are squeezed out.
AVX512 __attribute__((always_inline)) static inline void write_places_avx512(
    uint32_t *target, uint64_t bits, uint32_t count, uint32_t base) {
  const __m512i all = _mm512_loadu_si512(places_of_64), from = _mm512_set1_epi32((int)base);
  const __m512i kept = _mm512_maskz_compress_epi8(bits, all);
#define WRITE_PART(part)                                                     \
  _mm512_storeu_si512(                                                       \
      target + 16 * part,                                                    \
      _mm512_add_epi32(                                                      \
          from, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(kept, part))))
  WRITE_PART(0);
  if (__builtin_expect(count > 16, 0)) {
    WRITE_PART(1);
    WRITE_PART(2);
    WRITE_PART(3);
  }
#undef WRITE_PART
}

#endif
