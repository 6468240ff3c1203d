// The algorithm of the structural index, compiled once per instruction set.
//
// 64 bytes at a time become three bit masks (separators, newlines, quotes). A carry-less multiply
// of the quotes by all ones is their running parity: bits that lie inside quotes. What is left of
// the separators, and every newline, is written out bit by bit.
//
// The including file defines INDEX_TARGET and INDEX_(name), which gives names their suffix; of the
// suffix it has `load` (the masks of 64 bytes), `match` (the mask of one byte value) and
// `write_places` (where the bits of a mask are).

// Takes the structure of 64 bytes at `at`. `quoting` and `collapsing` are constants.
INDEX_TARGET INLINE void INDEX_(step)(index_state *state, ck_masks masks, uint32_t at, int quoting,
                                      int collapsing) {
  uint64_t quoted = quoting ? parity_avx2(masks.quotes) ^ state->inside : 0;
  uint64_t odd_lines = 0;
  if (quoting) {
    uint64_t odd = masks.newlines & quoted;
    while (__builtin_expect(odd != 0, 0)) {  // A newline inside quotes: the quoting ends there.
      odd_lines |= odd & -odd;
      quoted ^= ~0ull << __builtin_ctzll(odd);
      odd = masks.newlines & quoted & ~(odd_lines | (odd_lines - 1));
    }
    state->inside = (uint64_t)((int64_t)quoted >> 63);
  }
  uint64_t separators = masks.separators & ~quoted;
  if (collapsing) {
    separators &= ~(masks.separators << 1 | state->separator_before);
    state->separator_before = masks.separators >> 63;
  }
  const uint64_t structure = separators | masks.newlines;
  // Most often there is one newline or none; without one the entry is written over later.
  const uint64_t ends = masks.newlines;
  const uint32_t place = state->position_count;
  uint32_t *line_end = state->line_ends + state->line_count;
  *line_end = place + (uint32_t)__builtin_popcountll(structure & ((ends & -ends) - 1));
  state->line_count += ends != 0;
  if (__builtin_expect((ends & (ends - 1)) | odd_lines, 0)) {
    state->line_count--;
    for (uint64_t left = ends; left; left &= left - 1) {
      const uint64_t bit = left & -left;
      const uint32_t end = place + (uint32_t)__builtin_popcountll(structure & (bit - 1));
      state->line_ends[state->line_count++] = end | (odd_lines & bit ? CK_ODD_QUOTES : 0);
    }
  }
  const uint32_t count = (uint32_t)__builtin_popcountll(structure);
  INDEX_(write_places)(state->positions + place, structure, count, at);
  state->position_count = place + count;
}

// Takes 64 bytes of which only those of `bytes[start..<end]` are text.
INDEX_TARGET INLINE void INDEX_(edge)(index_state *state, const uint8_t *bytes, uint32_t start,
                                      uint32_t end, uint32_t at, ck_dialect dialect, int quoting,
                                      int collapsing) {
  uint64_t valid = at < start ? ~0ull << (start - at) : ~0ull;
  if (end - at < 64) valid &= ~0ull >> (64 - (end - at));
  ck_masks masks = INDEX_(load)(bytes + at, dialect.separator, dialect.quote);
  masks.separators &= valid;
  masks.newlines &= valid;
  masks.quotes &= valid;
  state->nuls |= INDEX_(match)(bytes + at, 0) & valid;
  INDEX_(step)(state, masks, at, quoting, collapsing);
}

INDEX_TARGET INLINE ck_index_counts INDEX_(all)(const uint8_t *bytes, uint32_t start, uint32_t end,
                                                ck_dialect dialect, uint32_t *positions,
                                                uint32_t *line_ends, int quoting,
                                                int collapsing) {
  index_state state = {positions, line_ends, 0, 0, 0, 0, 0};
  uint32_t at = start & ~63u;  // Whole cache lines are loaded, also where only a part is text.
  if (at < start) {
    INDEX_(edge)(&state, bytes, start, end, at, dialect, quoting, collapsing);
    at += 64;
  }
  for (; at + 64 <= end; at += 64) {
    const ck_masks masks = INDEX_(load)(bytes + at, dialect.separator, dialect.quote);
    state.nuls |= masks.nuls;
    INDEX_(step)(&state, masks, at, quoting, collapsing);
  }
  if (at < end) INDEX_(edge)(&state, bytes, start, end, at, dialect, quoting, collapsing);
  if (end > start && bytes[end - 1] != '\n') {
    line_ends[state.line_count++] = state.position_count | (state.inside ? CK_ODD_QUOTES : 0);
    positions[state.position_count++] = end;
  }
  return (ck_index_counts){state.position_count, state.line_count, state.nuls != 0};
}

// Each dialect has code of its own, without what it does not need.
INDEX_TARGET static ck_index_counts INDEX_(index)(const uint8_t *bytes, uint32_t start,
                                                  uint32_t end, ck_dialect dialect,
                                                  uint32_t *positions, uint32_t *line_ends) {
  const int quoting = dialect.quote != dialect.separator;
  if (quoting && dialect.collapses)
    return INDEX_(all)(bytes, start, end, dialect, positions, line_ends, 1, 1);
  if (quoting) return INDEX_(all)(bytes, start, end, dialect, positions, line_ends, 1, 0);
  if (dialect.collapses)
    return INDEX_(all)(bytes, start, end, dialect, positions, line_ends, 0, 1);
  return INDEX_(all)(bytes, start, end, dialect, positions, line_ends, 0, 0);
}

// `first` is rare in text, so that most bytes are compared with it alone, 256 of them at a time.
INDEX_TARGET static size_t INDEX_(lines)(const uint8_t *bytes, uint32_t start, uint32_t end,
                                         uint8_t first, uint32_t *offsets, size_t room) {
  size_t count = 0;
  for (uint32_t at = start; at < end; at += 64) {
    while (end - at >= 256 &&
           !(INDEX_(match)(bytes + at, first) | INDEX_(match)(bytes + at + 64, first) |
             INDEX_(match)(bytes + at + 128, first) | INDEX_(match)(bytes + at + 192, first)))
      at += 256;
    if (at >= end) break;
    uint64_t found = INDEX_(match)(bytes + at, first);
    for (; __builtin_expect(found != 0, 0); found &= found - 1) {
      const uint32_t offset = at + (uint32_t)__builtin_ctzll(found);
      if (offset >= end || count == room) return count;
      if (offset == start || bytes[offset - 1] == '\n') offsets[count++] = offset;
    }
  }
  return count;
}
