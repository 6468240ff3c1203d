// What the cutters stand on, with AVX2; part of cutting.c.

CUT_TARGET INLINE uint32_t find_byte_avx2(const uint8_t *bytes, uint32_t at, uint32_t end,
                                          uint8_t value) {
  const __m256i wanted = _mm256_set1_epi8((char)value);
  for (; at < end; at += 32) {
    const __m256i text = _mm256_loadu_si256((const __m256i *)(bytes + at));
    const uint32_t places = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, wanted));
    if (!places) continue;
    at += _tzcnt_u32(places);
    return at < end ? at : end;
  }
  return end;
}

// Places where the first and the last byte of the text stand, 32 at a time; only they are compared.
CUT_TARGET INLINE const uint8_t *find_text_avx2(const uint8_t *bytes, uint32_t start, uint32_t end,
                                                const uint8_t *text, uint32_t length) {
  if (end < start || end - start < length) return NULL;
  if (length > 32) return memmem(bytes + start, end - start, text, length);
  const __m256i first = _mm256_set1_epi8((char)text[0]);
  const __m256i last = _mm256_set1_epi8((char)text[length - 1]);
  const uint32_t stop = end - length + 1;  // Behind the last place.
  for (uint32_t at = start; at < stop; at += 32) {
    const __m256i heads = _mm256_loadu_si256((const __m256i *)(bytes + at));
    const __m256i tails = _mm256_loadu_si256((const __m256i *)(bytes + at + length - 1));
    const __m256i both =
        _mm256_and_si256(_mm256_cmpeq_epi8(heads, first), _mm256_cmpeq_epi8(tails, last));
    uint32_t places = (uint32_t)_mm256_movemask_epi8(both);
    if (stop - at < 32) places &= (1u << (stop - at)) - 1;
    for (; places; places &= places - 1) {
      const uint8_t *place = bytes + at + _tzcnt_u32(places);
      if (length <= 2 || same_bytes(place, text, length)) return place;
    }
  }
  return NULL;
}

// Where the key that ends at `end` starts: 16 bytes are judged at once by their halves.
CUT_TARGET INLINE uint32_t key_start_avx2(const uint8_t *bytes, uint32_t from, uint32_t end,
                                          const ck_pairs *pairs) {
  if (end < 16) return scalar_key_start(bytes, from, end, pairs);
  const __m128i rows = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m128i text = _mm_loadu_si128((const __m128i *)(bytes + end - 16));
  const __m128i low =
      _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)pairs->key_low), text);
  const __m128i halves = _mm_and_si128(_mm_srli_epi16(text, 4), _mm_set1_epi8(15));
  const __m128i both = _mm_and_si128(low, _mm_shuffle_epi8(rows, halves));
  // Bytes from 0x80 on, whose sign bit is set, may stand in keys.
  const __m128i others =
      _mm_andnot_si128(_mm_cmpgt_epi8(_mm_setzero_si128(), text),
                       _mm_cmpeq_epi8(both, _mm_setzero_si128()));
  const uint32_t places = (uint32_t)_mm_movemask_epi8(others);
  if (!places) return scalar_key_start(bytes, from, end > from + 16 ? end - 16 : from, pairs);
  const uint32_t start = end - 16 + 32 - _lzcnt_u32(places);
  return start > from ? start : from;
}

CUT_TARGET INLINE __m256i table_avx2(const uint8_t *halves) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)halves));
}

// The groups of texts that may start at each of 32 places, as far as their byte `place` says.
CUT_TARGET INLINE __m256i groups_avx2(const uint8_t *bytes, __m256i low, __m256i high) {
  const __m256i text = _mm256_loadu_si256((const __m256i *)bytes), ones = _mm256_set1_epi8(15);
  return _mm256_and_si256(
      _mm256_shuffle_epi8(low, _mm256_and_si256(text, ones)),
      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(text, 4), ones)));
}

CUT_TARGET static void note_texts_avx2(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                       const uint32_t *places, size_t count,
                                       ck_found_texts *found);

// Where, of 32 places, a text of at least four bytes may start.
CUT_TARGET INLINE uint32_t candidates_avx2(const uint8_t *bytes, __m256i text, const __m256i *low,
                                           const __m256i *high) {
  const __m256i ones = _mm256_set1_epi8(15);
  const __m256i head = _mm256_and_si256(
      _mm256_shuffle_epi8(low[0], _mm256_and_si256(text, ones)),
      _mm256_shuffle_epi8(high[0], _mm256_and_si256(_mm256_srli_epi16(text, 4), ones)));
  const __m256i first = _mm256_and_si256(head, groups_avx2(bytes + 1, low[1], high[1]));
  const __m256i second = _mm256_and_si256(groups_avx2(bytes + 2, low[2], high[2]),
                                          groups_avx2(bytes + 3, low[3], high[3]));
  const __m256i third = groups_avx2(bytes + 4, low[4], high[4]);
  const __m256i all = _mm256_and_si256(_mm256_and_si256(first, second), third);
  return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(all, _mm256_setzero_si256()));
}

// Places that are kept until their texts are noted.
#define CANDIDATES_MAX 128

// Notes the texts of at least four bytes; whether the line holds a NUL.
CUT_TARGET INLINE int scan_texts_avx2(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                      ck_found_texts *found) {
  __m256i low[5], high[5], least = _mm256_set1_epi8(1);
  for (int i = 0; i < 5; i++)
    low[i] = table_avx2(texts->low[i]), high[i] = table_avx2(texts->high[i]);
  uint32_t kept[CANDIDATES_MAX], nuls = 0;
  size_t count = 0;
  for (uint32_t at = line.start; at < line.end; at += 32) {
    const __m256i text = _mm256_loadu_si256((const __m256i *)(bytes + at));
    uint32_t places = candidates_avx2(bytes + at, text, low, high);
    const uint32_t left = line.end - at;
    if (__builtin_expect(left >= 35, 1)) {
      least = _mm256_min_epu8(least, text);
    } else {  // Texts end before the line does.
      const uint32_t zeros =
          (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_setzero_si256()));
      nuls |= left < 32 ? zeros & ((1u << left) - 1) : zeros;
      places &= left < 4 ? 0 : (uint32_t)((1ull << (left - 3)) - 1);
    }
    for (; places; places &= places - 1) kept[count++] = at + _tzcnt_u32(places);
    if (__builtin_expect(count > CANDIDATES_MAX - 32, 0)) {
      note_texts_avx2(bytes, line, texts, kept, count, found);
      count = 0;
    }
  }
  if (count > 0) note_texts_avx2(bytes, line, texts, kept, count, found);
  nuls |= (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(least, _mm256_setzero_si256()));
  return nuls != 0;
}
