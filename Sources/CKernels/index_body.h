// The algorithm of the structural index, compiled once per instruction set.
//
// 64 bytes at a time become three bit masks (separators, newlines, quotes). A carry-less multiply
// of the quotes by all ones is their running parity: bits that lie inside quotes. What is left of
// the separators, and every newline, is written out bit by bit.
//
// The including file defines INDEX_NAME, LINES_NAME, INDEX_TARGET, INDEX_LOAD (the masks of 64
// bytes) and INDEX_MATCH (the mask of one byte value).

INDEX_TARGET
static ck_index_counts INDEX_NAME(const uint8_t *bytes, uint32_t start, uint32_t end,
                                  ck_dialect dialect, uint32_t *positions,
                                  uint32_t *line_ends) {
  uint32_t *position = positions;
  uint32_t *line_end = line_ends;
  const uint64_t quoting = dialect.quote == dialect.separator ? 0 : ~0ull;
  const uint64_t collapsing = dialect.collapses ? ~0ull : 0;
  uint64_t inside = 0;            // All ones while a quote is open.
  uint64_t separator_before = 0;  // Bit 0: the byte before this one was a separator.
  uint64_t nuls = 0;
  for (uint32_t at = start; at < end; at += 64) {
    ck_masks masks = INDEX_LOAD(bytes + at, dialect.separator, dialect.quote);
    if (end - at < 64) {
      const uint64_t valid = ~0ull >> (64 - (end - at));
      masks.separators &= valid;
      masks.newlines &= valid;
      masks.quotes &= valid;
      masks.nuls &= valid;
    }
    nuls |= masks.nuls;
    uint64_t quoted = INDEX_PARITY(masks.quotes & quoting) ^ inside;
    uint64_t odd = masks.newlines & quoted;
    uint64_t odd_lines = 0;
    while (odd) {  // A newline inside quotes: the quoting ends there.
      odd_lines |= odd & -odd;
      quoted ^= ~0ull << __builtin_ctzll(odd);
      odd = masks.newlines & quoted & ~(odd_lines | (odd_lines - 1));
    }
    inside = (uint64_t)((int64_t)quoted >> 63);
    const uint64_t following = masks.separators << 1 | separator_before;
    separator_before = masks.separators >> 63;
    uint64_t structure =
        (masks.separators & ~quoted & ~(following & collapsing)) | masks.newlines;
    for (uint64_t ends = masks.newlines; ends; ends &= ends - 1) {
      const uint64_t bit = ends & -ends;
      const uint32_t place =
          (uint32_t)(position - positions) + (uint32_t)__builtin_popcountll(structure & (bit - 1));
      *line_end++ = place | (odd_lines & bit ? CK_ODD_QUOTES : 0);
    }
    const int count = __builtin_popcountll(structure);
    for (int written = 0; written < count; written += 8)
      for (int slot = 0; slot < 8; slot++) {  // Writing a few too many is cheaper than a branch.
        position[written + slot] = at + (uint32_t)_tzcnt_u64(structure);
        structure &= structure - 1;
      }
    position += count;
  }
  if (end > start && bytes[end - 1] != '\n') {
    *line_end++ = (uint32_t)(position - positions) | (inside ? CK_ODD_QUOTES : 0);
    *position++ = end;
  }
  return (ck_index_counts){(size_t)(position - positions), (size_t)(line_end - line_ends),
                           nuls != 0};
}

INDEX_TARGET
static size_t LINES_NAME(const uint8_t *bytes, uint32_t start, uint32_t end, uint8_t first,
                         uint32_t *offsets, size_t room) {
  size_t count = 0;
  uint64_t newline_before = 1;  // Bit 0: the byte before this one ended a line.
  for (uint32_t at = start; at < end; at += 64) {
    uint64_t newlines = INDEX_MATCH(bytes + at, '\n');
    uint64_t starts = INDEX_MATCH(bytes + at, first) & (newlines << 1 | newline_before);
    newline_before = newlines >> 63;
    if (end - at < 64) starts &= ~0ull >> (64 - (end - at));
    for (; starts && count < room; starts &= starts - 1)
      offsets[count++] = at + (uint32_t)__builtin_ctzll(starts);
  }
  return count;
}
