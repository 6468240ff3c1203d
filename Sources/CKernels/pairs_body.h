// Pairs of key and value; compiled once per instruction set, see cutting.c.

typedef struct {
  uint32_t start, end;  // The key, without quotes around it.
  uint32_t value;       // Behind the pair's byte.
  uint32_t before;      // Where what stands before the key ends.
  uint16_t place;       // Where it is kept.
  uint8_t slot;
} CUT_(key);

// Whether `pair` belongs to the key that followed the one before, in the line before.
CUT_TARGET INLINE int CUT_(is_next_key)(const uint8_t *bytes, uint32_t from, uint32_t pair,
                                        const ck_pairs *pairs, const ck_layout *layout,
                                        uint16_t before, CUT_(key) *key) {
  const uint16_t place = layout->keys[before].next;
  const ck_key *next = &layout->keys[place];
  const uint32_t length = next->length, start = pair - length;
  if (length == 0 || pair - from <= length || bytes[start - 1] != pairs->separators[0] ||
      !is_key(next, bytes + start, length))
    return 0;
  if (start - 1 > from &&
      (is_blank(bytes[start - 2]) || is_separator(bytes[start - 2], pairs)))
    return 0;
  *key = (CUT_(key)){start, pair, pair + 1, start - 1, place, next->slot};
  return 1;
}

// The slot of a key that was not foreseen; from now on it follows the one before.
CUT_TARGET INLINE void CUT_(name_key)(const uint8_t *bytes, ck_layout *layout, uint16_t before,
                                      CUT_(key) *key) {
  int is_new;
  const uint32_t length = key->end - key->start;
  key->place = keep_key(layout, bytes + key->start, length, 1, &is_new);
  ck_key *kept = &layout->keys[key->place];
  key->slot = is_new ? name_slot(bytes + key->start, length, &layout->names) : kept->slot;
  if (key->place == KEY_UNKEPT) return;
  kept->slot = key->slot;
  layout->keys[before].next = key->place;
}

// The first key at or behind `from`: it follows a separator and any blanks, or, where `is_first`,
// nothing. 0: none.
CUT_TARGET INLINE int CUT_(find_key)(CUT_(window) *window, uint32_t from, uint32_t end,
                                     int is_first, const ck_pairs *pairs, ck_layout *layout,
                                     uint16_t last, CUT_(key) *key) {
  const uint8_t *bytes = window->bytes;
  uint32_t at = from;
  for (;;) {
    const uint32_t pair = CUT_(next)(window, at, end, CUT_(FIRST));
    if (pair >= end) return 0;
    if (CUT_(is_next_key)(bytes, from, pair, pairs, layout, last, key)) return 1;
    const uint32_t quoted = pair > from + 1 && bytes[pair - 1] == '"';
    const uint32_t key_end = pair - quoted;
    uint32_t start = CUT_(key_start)(bytes, from, key_end, pairs);
    at = pair + 1;
    if (start == key_end || (quoted && (start == from || bytes[start - 1] != '"'))) continue;
    uint32_t key_start = start;
    start -= quoted;
    uint32_t before = start;
    if (start == from || !is_separator(bytes[start - 1], pairs)) {
      while (before > from && is_blank(bytes[before - 1])) before--;
      const int follows = before > from ? is_separator(bytes[before - 1], pairs) : is_first;
      if (!follows) {
        before = quoted ? from : words_start(bytes, from, start, pairs);
        if (before > from) {
          start = before;
          key_start = start;
        } else {
          // A host, or what else a syslog header left, stands in front of the first key.
          const uint32_t length = key_end - start;
          if (!is_first || quoted ||
              name_slot(bytes + start, length, &layout->names) == CK_NO_SLOT)
            continue;
          before = start;
        }
      }
    }
    while (before > from && (is_separator(bytes[before - 1], pairs) || is_blank(bytes[before - 1])))
      before--;
    *key = (CUT_(key)){key_start, key_end, pair + 1, before, 0, 0};
    CUT_(name_key)(bytes, layout, last, key);
    return 1;
  }
}

// The quote that ends a value: a separator or the end of the message follows it. 0: there is none.
CUT_TARGET INLINE uint32_t CUT_(closing_quote)(CUT_(window) *window, uint32_t at, uint32_t end,
                                               const ck_pairs *pairs) {
  const uint8_t *bytes = window->bytes;
  for (;;) {
    const uint32_t quote = CUT_(next)(window, at, end, CUT_(SECOND));
    if (quote >= end) return 0;
    uint32_t slashes = 0;
    while (quote - slashes > at && bytes[quote - slashes - 1] == '\\') slashes++;
    const int ends = quote + 1 == end || is_separator(bytes[quote + 1], pairs) ||
                     is_blank(bytes[quote + 1]) || bytes[quote + 1] == ']' ||
                     bytes[quote + 1] == '\r';
    if (ends && slashes % 2 == 0) return quote;
    at = quote + 1;
  }
}

// Cuts pairs as long as the keys are those that were foreseen, and nothing else is out of the
// ordinary: most of most lines. Then `last` is the last key, whose value was not cut yet.
CUT_TARGET static void CUT_(cut_foreseen)(CUT_(window) *marks, uint32_t end,
                                          const ck_pairs *pairs, const ck_layout *layout,
                                          ck_range *values, CUT_(key) *last) {
  CUT_(window) window = *marks;
  const uint8_t *bytes = window.bytes, separator = pairs->separators[0], quoted = pairs->quoted;
  const ck_key *keys = layout->keys, *key = &keys[last->place];
  uint32_t from = last->value;
  uint8_t slot = last->slot;
  for (;;) {
    const ck_key *next = &keys[key->next];
    uint32_t value = from, stop, start;
    if (next->length == 0) break;
    if (quoted && bytes[from] == '"' && from < end) {
      stop = CUT_(next)(&window, ++value, end, CUT_(SECOND));
      start = stop + 2;
      if (start + next->length >= end || bytes[stop - 1] == '\\' ||
          bytes[stop + 1] != separator || bytes[start + next->length] != pairs->pair)
        break;
    } else {
      const uint32_t pair = CUT_(next)(&window, from, end, CUT_(FIRST));
      if (pair >= end || pair - from <= next->length) break;
      start = pair - next->length;
      stop = start - 1;
      if (bytes[stop] != separator) break;
      if (stop > from) {
        const uint8_t byte = bytes[stop - 1];
        if (bytes[from] == ' ' || byte == '\r' || is_blank(byte) || is_separator(byte, pairs))
          break;
      }
    }
    if (!is_key(next, bytes + start, next->length)) break;
    if (slot != CK_NO_SLOT) put_value(values + slot, value, stop);
    key = next;
    slot = next->slot;
    from = start + next->length + 1;
  }
  *marks = window;
  last->place = (uint16_t)(key - keys);
  last->slot = slot;
  last->value = from;
}

CUT_TARGET static void CUT_(cut_pairs)(const uint8_t *bytes, ck_range message,
                                       const ck_pairs *pairs, ck_layout *layout,
                                       ck_range *values) {
  const uint32_t end = message.end;
  uint32_t start = message.start;
  if (start < end && bytes[start] == '<') {  // A syslog priority right before the first key.
    for (start++; start < end && (uint8_t)(bytes[start] - '0') < 10;) start++;
    start = start < end && bytes[start] == '>' ? start + 1 : message.start;
  }
  CUT_(window) window = CUT_(open)(bytes, start, pairs->pair, '"');
  CUT_(key) key, next;
  if (!CUT_(find_key)(&window, start, end, 1, pairs, layout, KEY_START, &key)) return;
  for (;;) {
    CUT_(cut_foreseen)(&window, end, pairs, layout, values, &key);
    const uint8_t slot = key.slot;
    uint32_t value = key.value, behind = key.value;
    while (value < end && bytes[value] == ' ') value++;
    uint32_t close = 0;
    if (pairs->quoted && value < end && bytes[value] == '"')
      close = CUT_(closing_quote)(&window, value + 1, end, pairs);
    if (close) {
      if (slot != CK_NO_SLOT) put_value(values + slot, value + 1, close);
      behind = close + 1;
    }
    const int has_next =
        CUT_(find_key)(&window, behind, end, 0, pairs, layout, key.place, &next);
    if (!close && slot != CK_NO_SLOT) {
      uint32_t stop = has_next ? next.before : end;
      while (stop > value && (is_blank(bytes[stop - 1]) || bytes[stop - 1] == '\r')) stop--;
      if (!has_next && stop > value && is_separator(bytes[stop - 1], pairs)) stop--;
      put_value(values + slot, value, stop > value ? stop : value);
    }
    if (!has_next) return;
    key = next;
  }
}

// Cuts `count` header fields, each up to an unescaped bar; where the rest starts, or 0.
CUT_TARGET INLINE uint32_t CUT_(cut_header)(const uint8_t *bytes, uint32_t at, uint32_t end,
                                            const uint8_t *slots, size_t count,
                                            ck_range *values) {
  CUT_(window) window = CUT_(open)(bytes, at, '|', '\\');
  for (size_t field = 0; field < count; field++) {
    uint32_t bar = CUT_(next)(&window, at, end, CUT_(EITHER));
    while (bar < end && bytes[bar] == '\\')
      bar = CUT_(next)(&window, bar + 2, end, CUT_(EITHER));
    if (bar >= end) return 0;
    if (slots[field] != CK_NO_SLOT) put_value(values + slots[field], at, bar);
    at = bar + 1;
  }
  return at;
}

CUT_TARGET static int CUT_(cut_cef)(uint8_t *bytes, ck_range line, ck_layout *layout,
                                    ck_range *values) {
  uint32_t start;
  if (!find_version(bytes, line, "CEF:", &start)) return 0;
  const ck_event_header *header = &layout->header;
  const uint8_t slots[7] = {CK_NO_SLOT,    header->vendor, header->product, header->version,
                            header->event, header->name,   header->severity};
  start = CUT_(cut_header)(bytes, start, line.end, slots, 7, values);
  if (!start) return 0;
  CUT_(cut_pairs)(bytes, (ck_range){start, line.end}, &layout->pairs, layout, values);
  if (CUT_(find_byte)(bytes, start, line.end, '\\') < line.end)
    for (uint32_t slot = 0; slot < layout->slot_count; slot++)
      if (CUT_(find_byte)(bytes, values[slot].start, values[slot].end, '\\') < values[slot].end)
        values[slot] = ck_undo(bytes, values[slot], CK_UNDO_BACKSLASH);
  return 1;
}

CUT_TARGET static int CUT_(cut_leef)(uint8_t *bytes, ck_range line, ck_layout *layout,
                                     ck_range *values) {
  uint32_t start;
  if (!find_version(bytes, line, "LEEF:", &start)) return 0;
  const int is_second = bytes[start] == '2';
  const ck_event_header *header = &layout->header;
  const uint8_t slots[5] = {CK_NO_SLOT, header->vendor, header->product, header->version,
                            header->event};
  start = CUT_(cut_header)(bytes, start, line.end, slots, 5, values);
  if (!start) return 0;
  ck_pairs pairs = layout->pairs;
  const uint8_t delimiter = find_delimiter(bytes, &start, line.end, is_second);
  pairs.key_low[delimiter & 15] &= (uint8_t)~(1u << (delimiter >> 4 & 7));
  memset(pairs.separators, delimiter, 4);
  CUT_(cut_pairs)(bytes, (ck_range){start, line.end}, &pairs, layout, values);
  return 1;
}
