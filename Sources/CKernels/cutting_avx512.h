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

// The groups of texts that may stand at each of 64 places, as far as the byte there says.
CUT_TARGET INLINE __m512i groups_avx512(const uint8_t *bytes, const __m512i *table) {
  return _mm512_permutex2var_epi8(table[0], _mm512_loadu_si512(bytes), table[1]);
}

CUT_TARGET static void note_texts_avx512(const uint8_t *bytes, ck_range line,
                                         const ck_texts *texts, const uint32_t *places,
                                         size_t count, ck_found_texts *found);

// Notes the texts of at least four bytes; whether the line holds a NUL.
CUT_TARGET INLINE int scan_texts_avx512(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                        ck_found_texts *found) {
  __m512i tables[5][2];
  for (int i = 0; i < 5; i++)
    for (int half = 0; half < 2; half++)
      tables[i][half] = _mm512_loadu_si512(texts->groups[i] + 64 * half);
  uint32_t kept[CANDIDATES_MAX], at = line.start, left = line.end - at;
  uint64_t nuls = 0;
  size_t count = 0;
  // No text starts in the last three bytes, and none but these would be read behind the padding.
  for (; left > 3; at += 64, left = left > 64 ? left - 64 : 0) {
    const __m512i text = _mm512_loadu_si512(bytes + at);
    __m512i all = _mm512_permutex2var_epi8(tables[0][0], text, tables[0][1]);
    for (uint32_t i = 1; i < 5; i++)
      all = _mm512_and_si512(all, groups_avx512(bytes + at + i, tables[i]));
    nuls |= _bzhi_u64(_mm512_testn_epi8_mask(text, text), left < 64 ? left : 64);
    const uint64_t places =
        _bzhi_u64(_mm512_test_epi8_mask(all, all), left < 64 + 3 ? left - 3 : 64);
    const uint32_t more = (uint32_t)_mm_popcnt_u64(places);
    write_places_avx512(kept + count, places, more, at);
    count += more;
    if (__builtin_expect(count > CANDIDATES_MAX - 64, 0)) {
      note_texts_avx512(bytes, line, texts, kept, count, found);
      count = 0;
    }
  }
  if (left > 0) nuls |= _bzhi_u64(match_avx512(bytes + at, 0), left);
  if (count > 0) note_texts_avx512(bytes, line, texts, kept, count, found);
  return nuls != 0;
}
