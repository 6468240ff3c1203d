// Looks for texts; compiled once per instruction set, see cutting.c.

// Whether `length` bytes, at least four, are the same.
CUT_TARGET INLINE int CUT_(same_text)(const uint8_t *a, const uint8_t *b, uint32_t length) {
  uint64_t first, second, differs = 0;
  if (length < 8) {
    uint32_t head, other, tail, other_tail;
    memcpy(&head, a, 4), memcpy(&other, b, 4);
    memcpy(&tail, a + length - 4, 4), memcpy(&other_tail, b + length - 4, 4);
    return ((head ^ other) | (tail ^ other_tail)) == 0;
  }
  for (uint32_t at = 0; at < length; at += 8) {
    const uint32_t place = at + 8 <= length ? at : length - 8;
    memcpy(&first, a + place, 8), memcpy(&second, b + place, 8);
    differs |= first ^ second;
  }
  return differs == 0;
}

// Notes that a text was found, if it is the first time and lies in the line.
CUT_TARGET INLINE void CUT_(note_text)(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                       uint32_t at, ck_found_texts *found) {
  uint32_t window;
  memcpy(&window, bytes + at, 4);
  size_t entry = window * 0x9e3779b1u >> 16 & texts->mask;
  while (texts->entries[entry].text && texts->entries[entry].window != window)
    entry = (entry + 1) & texts->mask;
  for (uint32_t number = texts->entries[entry].text; number;) {
    const ck_text text = texts->texts[number - 1];
    const uint32_t id = number - 1, start = at - text.window_at;
    number = text.next;
    if (found->seen[id / 64] >> id % 64 & 1) continue;
    if (at < line.start + text.window_at || line.end - start < text.length) continue;
    if (!CUT_(same_text)(bytes + start, texts->bytes + text.offset, text.length)) continue;
    found->seen[id / 64] |= 1ull << id % 64;
    found->ends[id] = start + text.length;
  }
}

CUT_TARGET static void CUT_(find_texts)(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                        ck_found_texts *found) {
  memset(found->seen, 0, sizeof found->seen);
  found->has_nul = CUT_(scan_texts)(bytes, line, texts, found);
  for (size_t id = 0; id < texts->count; id++) {
    if (texts->texts[id].length >= 4) break;  // The short ones come first.
    const ck_text text = texts->texts[id];
    const uint8_t *place =
        CUT_(find_text)(bytes, line.start, line.end, texts->bytes + text.offset, text.length);
    if (!place) continue;
    found->seen[id / 64] |= 1ull << id % 64;
    found->ends[id] = (uint32_t)(place - bytes) + text.length;
  }
}
