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
    if (!same_bytes(bytes + start, texts->bytes + text.offset, text.length)) continue;
    found->seen[id / 64] |= 1ull << id % 64;
    found->layouts |= text.layouts;
    found->ends[id] = start + text.length;
  }
}

// The same at several places, from the first to the last.
CUT_TARGET static void CUT_(note_texts)(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                        const uint32_t *places, size_t count,
                                        ck_found_texts *found) {
  for (size_t i = 0; i < count; i++) CUT_(note_text)(bytes, line, texts, places[i], found);
}

// Looks for a text by itself.
CUT_TARGET static void CUT_(look_for)(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                      uint32_t id, ck_found_texts *found) {
  const ck_text text = texts->texts[id];
  const uint8_t *place =
      CUT_(find_text)(bytes, line.start, line.end, texts->bytes + text.offset, text.length);
  if (!place) return;
  found->seen[id / 64] |= 1ull << id % 64;
  found->ends[id] = (uint32_t)(place - bytes) + text.length;
}

// Looks for those of some texts that were not looked for yet.
CUT_TARGET INLINE void CUT_(look_for_open)(const uint8_t *bytes, ck_range line,
                                           const ck_texts *texts, uint64_t wanted,
                                           ck_found_texts *found) {
  wanted &= found->open;
  found->open &= ~wanted;
  for (; __builtin_expect(wanted != 0, 0); wanted &= wanted - 1)
    CUT_(look_for)(bytes, line, texts, (uint32_t)__builtin_ctzll(wanted), found);
}

// Looks for all texts but the short ones, which stay open.
CUT_TARGET static void CUT_(find_texts)(const uint8_t *bytes, ck_range line, const ck_texts *texts,
                                        ck_found_texts *found) {
  memset(found->seen, 0, sizeof found->seen);
  found->layouts = 0;
  found->has_nul = CUT_(scan_texts)(bytes, line, texts, found);
  found->open = texts->shorts;
  for (uint32_t id = 64; id < texts->count && texts->texts[id].length < 4; id++)
    if (texts->texts[id].is_searched) CUT_(look_for)(bytes, line, texts, id, found);
}
