#define _GNU_SOURCE
// The structural index of delimited text. The algorithm is in index_body.h; here are its shells.
#include <string.h>

#include "CKernels.h"

typedef struct {
  uint64_t separators, newlines, quotes, nuls;
} ck_masks;

// --- scalar twin: byte by byte, as the header says it ---

static ck_index_counts index_scalar(const uint8_t *bytes, uint32_t start, uint32_t end,
                                    ck_dialect dialect, uint32_t *positions,
                                    uint32_t *line_ends) {
  size_t position = 0, line = 0;
  int inside = 0, has_nul = 0;
  for (uint32_t at = start; at < end; at++) {
    const uint8_t byte = bytes[at];
    has_nul |= byte == 0;
    if (byte == '\n') {
      line_ends[line++] = (uint32_t)position | (inside ? CK_ODD_QUOTES : 0);
      positions[position++] = at;
      inside = 0;
    } else if (byte == dialect.quote && dialect.quote != dialect.separator) {
      inside = !inside;
    } else if (byte == dialect.separator && !inside) {
      const int follows = at > start && bytes[at - 1] == dialect.separator;
      if (!(dialect.collapses && follows)) positions[position++] = at;
    }
  }
  if (end > start && bytes[end - 1] != '\n') {
    line_ends[line++] = (uint32_t)position | (inside ? CK_ODD_QUOTES : 0);
    positions[position++] = end;
  }
  return (ck_index_counts){position, line, has_nul};
}

static size_t lines_scalar(const uint8_t *bytes, uint32_t start, uint32_t end, uint8_t first,
                           uint32_t *offsets, size_t room) {
  size_t count = 0;
  for (uint32_t at = start; at < end && count < room; at++)
    if (bytes[at] == first && (at == start || bytes[at - 1] == '\n')) offsets[count++] = at;
  return count;
}

#if defined(__x86_64__)
#include "bits.h"

AVX2 static inline ck_masks load_avx2(const uint8_t *bytes, uint8_t separator, uint8_t quote) {
  const __m256i low = _mm256_loadu_si256((const __m256i *)bytes);
  const __m256i high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  // Whether there is a NUL, not where.
  const __m256i nul = _mm256_cmpeq_epi8(_mm256_min_epu8(low, high), _mm256_setzero_si256());
  return (ck_masks){match_avx2(bytes, separator), match_avx2(bytes, '\n'),
                    match_avx2(bytes, quote), (uint32_t)_mm256_movemask_epi8(nul)};
}

AVX512 static inline ck_masks load_avx512(const uint8_t *bytes, uint8_t separator,
                                          uint8_t quote) {
  return (ck_masks){match_avx512(bytes, separator), match_avx512(bytes, '\n'),
                    match_avx512(bytes, quote), match_avx512(bytes, 0)};
}

#define INLINE __attribute__((always_inline)) static inline

// Where an index stands between two steps.
typedef struct {
  uint32_t *positions, *line_ends;
  uint32_t position_count, line_count;
  uint64_t inside;            // All ones while a quote is open.
  uint64_t separator_before;  // Bit 0: the byte before this one was a separator.
  uint64_t nuls;              // Any bit: the text holds a NUL.
} index_state;

#define INDEX_(name) name##_avx2
#define INDEX_TARGET AVX2
#include "index_body.h"
#undef INDEX_
#undef INDEX_TARGET

#define INDEX_(name) name##_avx512
#define INDEX_TARGET AVX512
#include "index_body.h"
#endif

ck_index_counts ck_index_delimited(ck_level level, const uint8_t *bytes, uint32_t start,
                                   uint32_t end, ck_dialect dialect, uint32_t *positions,
                                   uint32_t *line_ends) {
  positions[-1] = start - 1;
#if defined(__x86_64__)
  if (level == CK_AVX512)
    return index_avx512(bytes, start, end, dialect, positions, line_ends);
  if (level == CK_AVX2) return index_avx2(bytes, start, end, dialect, positions, line_ends);
#endif
  (void)level;
  return index_scalar(bytes, start, end, dialect, positions, line_ends);
}

size_t ck_lines_starting_with(ck_level level, const uint8_t *bytes, uint32_t start, uint32_t end,
                              uint8_t first, uint32_t *offsets, size_t room) {
#if defined(__x86_64__)
  if (level == CK_AVX512) return lines_avx512(bytes, start, end, first, offsets, room);
  if (level == CK_AVX2) return lines_avx2(bytes, start, end, first, offsets, room);
#endif
  (void)level;
  return lines_scalar(bytes, start, end, first, offsets, room);
}

size_t ck_behind_last_newline(const uint8_t *bytes, size_t start, size_t end) {
  const uint8_t *found = end > start ? memrchr(bytes + start, '\n', end - start) : NULL;
  return found ? (size_t)(found - bytes) + 1 : start;
}
