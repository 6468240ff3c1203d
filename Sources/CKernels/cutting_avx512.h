// What the cutters stand on, with AVX-512; part of cutting.c. What looks at a few bytes only is
// that of AVX2.

CUT_TARGET INLINE uint64_t parity_avx512(uint64_t bits) { return parity_avx2(bits); }

CUT_TARGET INLINE uint32_t find_byte_avx512(const uint8_t *bytes, uint32_t at, uint32_t end,
                                            uint8_t value) {
  for (; at < end; at += 64) {
    const uint64_t places = match_avx512(bytes + at, value);
    if (!places) continue;
    at += (uint32_t)_tzcnt_u64(places);
    return at < end ? at : end;
  }
  return end;
}

CUT_TARGET INLINE const uint8_t *find_text_avx512(const uint8_t *bytes, uint32_t start,
                                                  uint32_t end, const uint8_t *text,
                                                  uint32_t length) {
  return find_text_avx2(bytes, start, end, text, length);
}

CUT_TARGET INLINE uint32_t key_start_avx512(const uint8_t *bytes, uint32_t from, uint32_t end,
                                            const ck_pairs *pairs) {
  return key_start_avx2(bytes, from, end, pairs);
}

CUT_TARGET INLINE __m512i table_avx512(const uint8_t *halves) {
  return _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)halves));
}

// The first `count` of 64 bytes, zeros behind them, where nothing is touched.
CUT_TARGET INLINE __m512i head_avx512(const uint8_t *bytes, uint32_t count) {
  const uint64_t wanted = count >= 64 ? ~0ull : ~(~0ull << count);
  return _mm512_maskz_loadu_epi8(wanted, bytes);
}

// The groups of texts that may start at each of 64 places, as far as one of their bytes says.
CUT_TARGET INLINE __m512i groups_avx512(__m512i text, __m512i low, __m512i high) {
  const __m512i ones = _mm512_set1_epi8(15);
  return _mm512_and_si512(
      _mm512_shuffle_epi8(low, _mm512_and_si512(text, ones)),
      _mm512_shuffle_epi8(high, _mm512_and_si512(_mm512_srli_epi16(text, 4), ones)));
}

CUT_TARGET static void note_texts_avx512(const uint8_t *bytes, ck_range line,
                                         const ck_texts *texts, const uint32_t *places,
                                         size_t count, ck_found_texts *found);

// Notes the texts of at least four bytes; whether the line holds a NUL.
CUT_TARGET INLINE int scan_texts_avx512(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                        ck_found_texts *found) {
  __m512i low[5], high[5];
  for (int i = 0; i < 5; i++)
    low[i] = table_avx512(texts->low[i]), high[i] = table_avx512(texts->high[i]);
  uint32_t kept[CANDIDATES_MAX];
  uint64_t nuls = 0;
  size_t count = 0;
  for (uint32_t at = line.start; at < line.end; at += 64) {
    const uint32_t left = line.end - at;
    const __m512i text = _mm512_loadu_si512(bytes + at);
    __m512i all = groups_avx512(text, low[0], high[0]);
    if (__builtin_expect(left >= 64 + 4, 1))
      for (uint32_t i = 1; i < 5; i++)
        all = _mm512_and_si512(
            all, groups_avx512(_mm512_loadu_si512(bytes + at + i), low[i], high[i]));
    else  // Fewer bytes behind the text are there than would be read.
      for (uint32_t i = 1; i < 5; i++) {
        const __m512i next = head_avx512(bytes + at + i, left > i ? left - i : 0);
        all = _mm512_and_si512(all, groups_avx512(next, low[i], high[i]));
      }
    uint64_t places = _mm512_test_epi8_mask(all, all), zeros = _mm512_testn_epi8_mask(text, text);
    if (left < 64 + 3) {  // Texts end before the line does.
      if (left < 64) zeros &= ~(~0ull << left);
      places &= left < 4 ? 0 : ~0ull >> (64 + 3 - left);
    }
    nuls |= zeros;
    for (; places; places &= places - 1) kept[count++] = at + (uint32_t)_tzcnt_u64(places);
    if (__builtin_expect(count > CANDIDATES_MAX - 64, 0)) {
      note_texts_avx512(bytes, line, texts, kept, count, found);
      count = 0;
    }
  }
  if (count > 0) note_texts_avx512(bytes, line, texts, kept, count, found);
  return nuls != 0;
}
