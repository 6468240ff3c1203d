// Looks for texts; compiled once per instruction set, see cutting.c.

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
    if (memcmp(bytes + start, texts->bytes + text.offset, text.length) != 0) continue;
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
